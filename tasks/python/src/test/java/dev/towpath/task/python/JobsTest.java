package dev.towpath.task.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.JobRunner.Context;
import dev.towpath.spi.JobRunner.Job;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Redaction;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.python.environment.ProjectPython;
import dev.towpath.testing.Venv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in real interpreters; notebooks in real kernels. */
@Tag("integration")
class JobsTest {
  @TempDir private Path folder;
  private Path root;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @BeforeEach
  void project() throws IOException {
    root = Files.createDirectories(folder.resolve("project")).toRealPath();
    write("towpath.yml", "project: p\n");
  }

  private void write(String file, String... text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, String.join("\n", text) + "\n");
  }

  private ProjectPython python(String program) {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.put("TOWPATH_PYTHON", program);
    return new ProjectPython(root, folder.resolve("cache"), variables, lines::add);
  }

  private static Job job(Path root, Map<String, Object> options) {
    return new Job(
        "j", "jobs/j.yml", root, options, Map.of("memory", new Location("jobs/j.yml", 3, 1)));
  }

  private void run(Map<String, Object> options) {
    run(new ScriptRunner(() -> python("python3")), options);
  }

  private void run(JobRunner runner, Map<String, Object> options) {
    assertThat(runner.check(job(root, options))).isEmpty();
    runner.run(
        job(root, options),
        new Context(
            Map.of("TOWPATH_RUN", "r1", "TOWPATH_START", "2026-01-01T06:00:00Z"),
            root.resolve("kept"),
            lines::add));
  }

  private Problem failure(Map<String, Object> options) {
    return failure(() -> run(options));
  }

  private static Problem failure(Runnable work) {
    TowpathException failed = catchThrowableOfType(TowpathException.class, () -> work.run());
    assertThat(failed).as("it fails").isNotNull();
    return failed.problems().getFirst();
  }

  @Test
  void aScriptHasItsArgumentsParametersAndVariables() throws IOException {
    write("helper.py", "WORD = 'of the project'");
    write("scripts/beside.py", "WORD = 'beside the script'");
    write(
        "scripts/tell.py",
        "import os, sys, beside, helper, towpath",
        "if __name__ == '__main__':",
        "    t = towpath.context()",
        "    print(sys.argv[1:], os.getcwd() == os.environ['TOWPATH_PROJECT'])",
        "    print(os.environ['TOWPATH_RUN'], os.environ['GREETING'], os.environ['TOWPATH_JOB'])",
        "    print(t.param('limit') + 1, t.param('other', 'none'), t.start.isoformat())",
        "    t.log('told', 'warning')",
        "    print(beside.WORD, helper.WORD)",
        "    print('to stderr, without an end', end='', file=sys.stderr)");
    run(
        Map.of(
            "script", "scripts/tell.py",
            "arguments", List.of("--day", 3L),
            "params", Map.of("limit", 5L),
            "env", Map.of("GREETING", "hello")));
    assertThat(lines)
        .containsExactly(
            "['--day', '3'] True",
            "r1 hello j",
            "6 none 2026-01-01T06:00:00+00:00",
            "warning: told",
            "beside the script of the project",
            "to stderr, without an end");
  }

  @Test
  void itHandsOnValuesAndSeesThoseOfItsFlow() throws IOException {
    write(
        "hand.py",
        "import os, subprocess, towpath",
        "t = towpath.context()",
        "t.output('least', t.param('least') + 1)",
        "t.output('day', t.param('day'))",
        "t.output('own', t.param('own'))",
        "t.output('half', 0.5)",
        "t.output('ok', True)",
        "t.output('text', 'a\\nb=c')",
        "t.output('text', 'last')",
        "subprocess.run('echo shell=1 >> $TOWPATH_OUTPUT', shell=True, check=True)",
        "print(t.param('end', 'no end'), t.param('at').isoformat())",
        "for wrong in (None, [1], float('nan')):",
        "    try:",
        "        t.output('wrong', wrong)",
        "    except (TypeError, ValueError) as e:",
        "        print(e)");
    Map<String, Object> outputs = new java.util.TreeMap<>();
    new ScriptRunner(() -> python("python3"))
        .run(
            job(root, Map.of("script", "hand.py", "params", Map.of("own", "mine"))),
            new Context(
                Map.of("TOWPATH_RUN", "r1"),
                Map.of(
                    "least",
                    3L,
                    "day",
                    "2026-01-02",
                    "own",
                    "hidden",
                    "end",
                    java.time.Instant.EPOCH,
                    "at",
                    java.time.Instant.parse("2026-01-02T03:00:00Z")),
                root.resolve("kept"),
                lines::add,
                outputs::put));
    assertThat(outputs)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "least", 4L,
                "day", "2026-01-02",
                "own", "mine",
                "half", new java.math.BigDecimal("0.5"),
                "ok", true,
                "text", "last",
                "shell", "1"));
    assertThat(lines.getFirst()).isEqualTo("no end 2026-01-02T03:00:00+00:00");
    assertThat(lines).hasSize(4);
  }

  @Test
  void aModuleRunsAsMain() throws IOException {
    write("pack/__init__.py", "");
    write("pack/report.py", "import sys", "print(__name__, sys.argv[1:])");
    run(Map.of("module", "pack.report", "arguments", List.of("x")));
    assertThat(lines).containsExactly("__main__ ['x']");
    assertThat(failure(Map.of("module", "pack.reprot")).message()).contains("pack.reprot");
  }

  @Test
  void aFailureNamesTheUsersOwnLine() throws IOException {
    write("helper.py", "import json", "def load(text):", "    return json.loads(text)");
    write("fails.py", "import helper", "print('before')", "", "helper.load('{x')");
    Problem problem = failure(Map.of("script", "fails.py"));
    assertThat(problem.location()).isEqualTo(new Location("helper.py", 3, 1));
    assertThat(problem.message()).startsWith("JSONDecodeError: ");
    assertThat(problem.hint()).contains("called by fails.py:4 in <module>");
    assertThat(lines)
        .contains("before", "    helper.load('{x')")
        .noneMatch(l -> l.contains("json/") || l.contains("_job.py") || l.contains("runpy"));

    write("syntax.py", "a = 1", "b = = 2");
    problem = failure(Map.of("script", "syntax.py"));
    assertThat(problem.location()).isEqualTo(new Location("syntax.py", 2, 1));
    assertThat(problem.message()).startsWith("SyntaxError: ");

    write(
        "cython.py",
        "source = compile('def inner():\\n    raise KeyError(1)', 'lib/index.pyx', 'exec')",
        "exec(source)",
        "inner()");
    problem = failure(Map.of("script", "cython.py"));
    assertThat(problem.location()).isEqualTo(new Location("cython.py", 3, 1));

    write("lacks.py", "import no_such_package");
    problem = failure(Map.of("script", "lacks.py"));
    assertThat(problem.hint().orElseThrow()).contains("requirements.txt");
  }

  @Test
  void exitCodesCount() throws IOException {
    write("exits.py", "import sys", "sys.exit(eval(sys.argv[1]))");
    run(Map.of("script", "exits.py", "arguments", List.of("0")));
    run(Map.of("script", "exits.py", "arguments", List.of("None")));
    assertThat(failure(Map.of("script", "exits.py", "arguments", List.of("3"))).message())
        .isEqualTo("it ended with exit code 3");
    assertThat(failure(Map.of("script", "exits.py", "arguments", List.of("'no data'"))).message())
        .isEqualTo("no data");
    write("crashes.py", "import ctypes", "ctypes.string_at(0)");
    Problem problem = failure(Map.of("script", "crashes.py"));
    assertThat(problem.message()).contains("SIGSEGV");
    assertThat(problem.location()).isEqualTo(new Location("crashes.py", 2, 1));
  }

  @Test
  void itsThreadsAndItsLastWordsAreWaitedFor() throws IOException {
    write(
        "threads.py",
        "import atexit, threading, time",
        "def late():",
        "    time.sleep(0.5)",
        "    print('late', flush=True)",
        "atexit.register(print, 'last words')",
        "threading.Thread(target=late).start()");
    run(Map.of("script", "threads.py"));
    assertThat(lines).containsExactly("late", "last words");
  }

  @Test
  void memoryIsLimitedOverAllProcesses() throws IOException {
    write(
        "takes.py",
        "import subprocess, sys",
        "subprocess.run([sys.executable, '-c',",
        "  'x = bytearray(400_000_000); import time; time.sleep(60)'], start_new_session=True)");
    Problem problem = failure(Map.of("script", "takes.py", "memory", 200_000_000L));
    assertThat(problem.message()).contains("more than its \"memory\" of 200 MB");
    assertThat(problem.location()).isEqualTo(new Location("jobs/j.yml", 3, 1));
  }

  /** As tables are that are read batch by batch: the system takes their pages back. */
  @Test
  void pagesOfMappedFilesAreNotItsMemory() throws IOException {
    write(
        "maps.py",
        "import mmap",
        "with open('large', 'wb') as file:",
        "    file.truncate(600_000_000)",
        "with open('large', 'rb') as file:",
        "    pages = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)",
        "    print(sum(pages[i] for i in range(0, len(pages), 4096)))",
        "    import time; time.sleep(0.5)",
        "    rss = int(open('/proc/self/statm').read().split()[1]) * 4096",
        "    print(rss > 500_000_000)");
    run(Map.of("script", "maps.py", "memory", 200_000_000L));
    assertThat(lines).containsExactly("0", "True");
  }

  @Test
  void stoppingEndsAllItsProcesses() throws Exception {
    write(
        "hangs.py",
        "import os, signal, subprocess, sys",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "child = subprocess.Popen(['sleep', '300'], start_new_session=True)",
        "open('pids.part', 'w').write('%d %d' % (os.getpid(), child.pid))",
        "os.rename('pids.part', 'pids')",
        "while True: pass");
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                run(Map.of("script", "hangs.py"));
              } catch (Throwable e) {
                end.set(e);
              }
            });
    Path pids = root.resolve("pids");
    Instant patience = Instant.now().plus(Duration.ofSeconds(60));
    while (!Files.exists(pids)) {
      assertThat(Instant.now()).isBefore(patience);
      Thread.sleep(20);
    }
    thread.interrupt();
    thread.join(30_000);
    assertThat(end.get()).isInstanceOf(CancelledException.class);
    for (String pid : Files.readString(pids).split(" ")) {
      assertGone(Long.parseLong(pid));
    }
  }

  @Test
  void whatItLeavesBehindEndsWithIt() throws Exception {
    write(
        "leaves.py",
        "import subprocess",
        "print(subprocess.Popen(['sleep', '300'], start_new_session=True).pid)");
    run(Map.of("script", "leaves.py"));
    assertGone(Long.parseLong(lines.getFirst()));
  }

  /** One that has left its group and its parent, and knows nothing of us. */
  @Test
  void aDaemonWithoutItsEnvironmentEndsWithIt() throws Exception {
    write(
        "leaves.py",
        "import subprocess, time, os, sys",
        "a = subprocess.Popen(['sleep', '300'], start_new_session=True, env={})",
        "subprocess.run(['sh', '-c', 'env -i setsid sleep 300 & echo $! > pid'], env=dict(os.environ))",
        "print(a.pid, open('pid').read().strip(), flush=True)",
        "time.sleep(1)",
        "if sys.argv[1:]:",
        "    os._exit(3)");
    run(Map.of("script", "leaves.py"));
    assertThat(failure(Map.of("script", "leaves.py", "arguments", List.of("dies"))).message())
        .contains("exit code 3");
    for (String line : lines.stream().filter(l -> l.matches("\\d+ \\d+")).toList()) {
      for (String pid : line.split(" ")) {
        assertGone(Long.parseLong(pid));
      }
    }
    assertThat(lines).hasSize(2);
  }

  @Test
  void theShellsOwnPythonPathIsNotThere() {
    Map<String, String> environment = new HashMap<>(Map.of("PYTHONPATH", "/x", "HOME", "/h"));
    Surroundings.clean(environment);
    assertThat(environment).containsOnlyKeys("HOME");
  }

  @Test
  void whatIsWrongIsSaidBefore() throws IOException {
    ScriptRunner scripts = new ScriptRunner(() -> python("python3"));
    NotebookRunner notebooks = new NotebookRunner(() -> python("python3"), text -> text);
    assertThat(messages(scripts, Map.of()))
        .containsExactly("a python job needs a \"script\" or a \"module\"");
    assertThat(messages(scripts, Map.of("script", "x.py", "module", "a-b", "arguments", "a")))
        .containsExactly(
            "a job runs a \"script\" or a \"module\", not both",
            "there is no file x.py",
            "\"a-b\" is no name of a module",
            "\"arguments\" must be a list of values");
    write("broken.ipynb", "{");
    assertThat(
            messages(
                notebooks,
                Map.of("notebook", "broken.ipynb", "params", Map.of("a b", 1L), "env", "x")))
        .containsExactly(
            "broken.ipynb is no notebook: it cannot be read as JSON",
            "\"a b\" is no name of a Python variable",
            "\"env\" must be a map of names and values");
  }

  private List<String> messages(JobRunner runner, Map<String, Object> options) {
    return runner.check(job(root, options)).stream().map(Problem::message).toList();
  }

  /** A notebook as Jupyter writes it; a cell that starts with # is text. */
  private void notebook(String file, String... cells) throws IOException {
    List<String> all = new ArrayList<>();
    for (String cell : cells) {
      boolean text = cell.startsWith("# ");
      List<String> source = new ArrayList<>();
      for (String line : cell.split("(?<=\n)")) {
        source.add("    \"" + line.replace("\"", "\\\"").replace("\n", "\\n") + "\"");
      }
      all.add(
          """
            {
             "cell_type": "%s",
             "id": "c%d",
             "metadata": {"tags": [%s]},%s
             "source": [
          %s
             ]
            }\
          """
              .formatted(
                  text ? "markdown" : "code",
                  all.size(),
                  cell.contains("the default") ? "\"parameters\"" : "",
                  text ? "" : "\n   \"execution_count\": null,\n   \"outputs\": [],",
                  String.join(",\n", source)));
    }
    write(
        file,
        "{",
        " \"cells\": [",
        String.join(",\n", all),
        " ],",
        " \"metadata\": {\"kernelspec\": {\"display_name\": \"Mine\", \"language\": \"python\","
            + " \"name\": \"of-my-machine\"}},",
        " \"nbformat\": 4,",
        " \"nbformat_minor\": 5",
        "}");
  }

  private NotebookRunner kernels() throws Exception {
    Venv venv = Venv.with(List.of("nbclient==0.11.0", "ipykernel==7.4.0"));
    return new NotebookRunner(
        () -> python(venv.python().toString()),
        new Redaction(
                Map.of("s3cret", "***", "a\"b\\c'd", "${PW}", "first line\nsecond line", "${PEM}"))
            ::apply);
  }

  @Test
  void aNotebookIsExecutedWithItsParameters() throws Exception {
    write("helper.py", "def double(x):", "    return 2 * x");
    write("notebooks/data.txt", "beside");
    notebook(
        "notebooks/report.ipynb",
        "# Report",
        "day = None  # the default\nlimit = 1",
        "import helper, towpath\nprint(day, helper.double(limit), open('data.txt').read().strip())",
        "towpath.context().log(towpath.context().start)\nlimit + 1");
    run(
        kernels(),
        Map.of(
            "notebook",
            "notebooks/report.ipynb",
            "params",
            Map.of("day", "2026-01-01 s3cret", "limit", 4L)));
    assertThat(lines)
        .containsExactly(
            "2026-01-01 s3cret 8 beside", // masked by the job's log
            "info: 2026-01-01 06:00:00+00:00",
            "5",
            "the executed notebook is in kept/job.j.ipynb");
    String kept = Files.readString(root.resolve("kept/job.j.ipynb"));
    assertThat(kept).contains("injected-parameters", "limit = 4", "***").doesNotContain("s3cret");
    assertThat(kept.indexOf("# the default")).isLessThan(kept.indexOf("limit = 4"));
    assertThat(Files.readString(root.resolve("notebooks/report.ipynb")))
        .as("the notebook itself is left alone")
        .doesNotContain("injected");
  }

  /** However a notebook's JSON, or Python's own way to show a text, spells them. */
  @Test
  void anExecutedCopyHoldsNoSecret() throws Exception {
    notebook(
        "pw.ipynb",
        "pw = None  # the default\npem = ''",
        "print('got', pw)\nprint(pem)\n[pw, pem]",
        "raise ValueError(pw)");
    NotebookRunner runner = kernels();
    failure(() ->
        run(
            runner,
            Map.of(
                "notebook",
                "pw.ipynb",
                "params",
                Map.of("pw", "a\"b\\c'd", "pem", "first line\nsecond line"))));
    String kept = Files.readString(root.resolve("kept/job.j.ipynb"));
    assertThat(kept)
        .contains("pw = '${PW}'", "got ${PW}", "\"evalue\": \"${PW}\"", "${PEM}")
        .doesNotContain("\\c'd", "\\c\\'d", "first line", "second line");
    assertThat(new com.fasterxml.jackson.databind.ObjectMapper().readTree(kept).path("cells"))
        .as("a notebook still")
        .hasSize(4);
  }

  @Test
  void aCellThatFailsIsNamed() throws Exception {
    notebook(
        "bad.ipynb",
        "# Text",
        "def ratio(x):\n    y = 1\n    return y / x",
        "print('before')\nint('x')",
        "print('never')");
    NotebookRunner runner = kernels();
    Problem problem = failure(() -> run(runner, Map.of("notebook", "bad.ipynb")));
    assertThat(problem.message())
        .isEqualTo("cell 3, line 2: ValueError: invalid literal for int() with base 10: 'x'");
    assertThat(line("bad.ipynb", problem.location().line())).contains("int('x')");
    assertThat(lines).contains("before").doesNotContain("never");
    assertThat(Files.readString(root.resolve("kept/job.j.ipynb"))).contains("ValueError");

    notebook("deep.ipynb", "def ratio(x):\n    y = 1\n    return y / x", "\nratio(0)");
    problem = failure(() -> run(runner, Map.of("notebook", "deep.ipynb")));
    assertThat(problem.message())
        .isEqualTo("cell 2, in cell 1, line 3: ZeroDivisionError: division by zero");
    assertThat(line("deep.ipynb", problem.location().line())).contains("return y / x");

    write("helper.py", "def fail():", "    raise KeyError('k')");
    notebook("module.ipynb", "import helper\nhelper.fail()");
    problem = failure(() -> run(runner, Map.of("notebook", "module.ipynb")));
    assertThat(problem.location()).isEqualTo(new Location("helper.py", 2, 1));
    assertThat(problem.message()).isEqualTo("cell 1, line 2: KeyError: 'k'");

    notebook("syntax.ipynb", "a = = 1");
    problem = failure(() -> run(runner, Map.of("notebook", "syntax.ipynb")));
    assertThat(problem.message()).isEqualTo("cell 1, line 1: SyntaxError: invalid syntax");

    notebook("dies.ipynb", "import os\nos._exit(3)");
    problem = failure(() -> run(runner, Map.of("notebook", "dies.ipynb")));
    assertThat(problem.message()).startsWith("cell 1: ").containsIgnoringCase("kernel died");
  }

  private String line(String file, int line) throws IOException {
    return Files.readAllLines(root.resolve(file)).get(line - 1);
  }

  @Test
  void aKernelEndsWithItsJob() throws Exception {
    notebook(
        "hangs.ipynb",
        "import os\nopen('pid.part', 'w').write(str(os.getpid()))\nos.rename('pid.part', 'pid')",
        "while True: pass");
    NotebookRunner runner = kernels();
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                run(runner, Map.of("notebook", "hangs.ipynb"));
              } catch (Throwable e) {
                end.set(e);
              }
            });
    Path pid = root.resolve("pid");
    Instant patience = Instant.now().plus(Duration.ofSeconds(60));
    while (!Files.exists(pid)) {
      assertThat(Instant.now()).isBefore(patience);
      Thread.sleep(20);
    }
    thread.interrupt();
    thread.join(30_000);
    assertThat(end.get()).isInstanceOf(CancelledException.class);
    assertGone(Long.parseLong(Files.readString(pid)));
  }

  @Test
  void withoutJupyterItSaysWhatToAdd() throws Exception {
    notebook("any.ipynb", "1");
    Venv bare = Venv.with(List.of("wheel==0.45.1"));
    NotebookRunner runner =
        new NotebookRunner(() -> python(bare.python().toString()), text -> text);
    Problem problem = failure(() -> run(runner, Map.of("notebook", "any.ipynb")));
    assertThat(problem.message()).isEqualTo("a notebook needs the packages nbclient and ipykernel");
    assertThat(problem.hint()).contains("add to requirements.txt the lines: nbclient, ipykernel");
  }

  @Test
  void anInterpreterThatIsNotThereIsSaid() {
    assertThatThrownBy(() ->
            new ScriptRunner(() -> python("/no/such/python"))
                .run(job(root, Map.of("script", "x.py")), new Context(Map.of(), root, lines::add)))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("TOWPATH_PYTHON is /no/such/python");
  }

  private static void assertGone(long pid) throws Exception {
    Instant patience = Instant.now().plus(Duration.ofSeconds(20));
    while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
      assertThat(Instant.now()).isBefore(patience);
      Thread.sleep(20);
    }
  }
}
