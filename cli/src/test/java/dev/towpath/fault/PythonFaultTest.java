package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Python models that fail in every way they can: a message with a place, no orphan, no rows. */
@Tag("integration")
class PythonFaultTest {
  @TempDir private Path folder;
  private Cli project;

  @BeforeEach
  void prepare() throws Exception {
    project = Pythons.in(folder);
    project.here().run("run", "raw.orders").good();
  }

  @AfterEach
  void leaveTheEnvironment() throws IOException {
    Files.deleteIfExists(folder.resolve(".venv")); // it is other tests', too
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(
            "an exception at import",
            "TABLE = {}\nPRICE = TABLE[\"price\"]\ndef build(t):\n    return None\n",
            "models/marts/worth.py:4:1: KeyError: 'price'"),
        Arguments.of(
            "a package that is not there",
            "import nosuchpackage\ndef build(t):\n    return None\n",
            "models/marts/worth.py:3:1: ModuleNotFoundError: No module named 'nosuchpackage'"),
        Arguments.of(
            "an exception in a library, below the user's own function",
            """
            def inner(df):
                return df.groupby("regoin").sum()
            def build(t):
                return inner(t.read("raw.orders").to_pandas())
            """,
            "models/marts/worth.py:4:5: KeyError: 'regoin'"),
        Arguments.of(
            "an exit",
            "import os\ndef build(t):\n    os._exit(3)\n",
            "the Python process ended with exit code 3 before it was done"),
        Arguments.of(
            "an exit that seems well",
            "import os\ndef build(t):\n    os._exit(0)\n",
            "the Python process ended with exit code 0 before it was done"),
        Arguments.of(
            "sys.exit",
            "import sys\ndef build(t):\n    sys.exit(\"no\")\n",
            "models/marts/worth.py:5:5: SystemExit: it called sys.exit('no')"),
        Arguments.of(
            "a crash",
            "import ctypes\ndef build(t):\n    ctypes.string_at(0)\n",
            "models/marts/worth.py:5:5: the Python process was ended by SIGSEGV"),
        Arguments.of(
            "a kill from outside",
            "import os, signal\ndef build(t):\n    os.kill(os.getpid(), signal.SIGKILL)\n",
            "the Python process was ended by SIGKILL"),
        Arguments.of(
            "an exit among the rows",
            """
            import os, pyarrow as pa
            def build(t):
                yield pa.record_batch({"id": [1], "amount": [1.0]})
                os._exit(0)
            """,
            "the Python process ended with exit code 0 before it was done"),
        Arguments.of(
            "an exception among the rows",
            """
            import pyarrow as pa
            def build(t):
                for i in range(50):
                    yield pa.record_batch({"id": [i] * 9999, "amount": [1.0] * 9999})
                raise ValueError("late")
            """,
            "models/marts/worth.py:7:5: ValueError: late"),
        Arguments.of(
            "a closed line to the host",
            """
            import os
            def build(t):
                os.closerange(3, 200)
                import pyarrow as pa
                return pa.table({"id": [1], "amount": [1.0]})
            """,
            "the Python process ended with exit code 1 before it was done"),
        Arguments.of(
            "no rows at all",
            "def build(t):\n    pass\n",
            "models/marts/worth.py:2:5: build returned nothing"),
        Arguments.of(
            "a missing column",
            "import pandas as pd\ndef build(t):\n    return pd.DataFrame({\"id\": [1]})\n",
            "models/marts/worth.py:2:27: build returned no column \"amount\", which is declared"),
        Arguments.of(
            "a column too many",
            """
            import pandas as pd
            def build(t):
                return pd.DataFrame({"id": [1], "amount": [1.0], "more": [1]})
            """,
            "\"more\""),
        Arguments.of(
            "a column twice",
            """
            import pandas as pd
            def build(t):
                return pd.DataFrame([[1, 1.0, 2.0]], columns=["id", "amount", "amount"])
            """,
            "\"amount\""),
        Arguments.of(
            "a wrong type in one row",
            """
            import pandas as pd
            def build(t):
                return pd.DataFrame({"id": [1, 2, 3], "amount": [1.0, "many", 2.0]})
            """,
            "models/marts/worth.py:2:27: column \"amount\", row 1 (the first is 0): \"many\" is text"),
        Arguments.of(
            "a table that the model does not name",
            """
            NAME = "raw.orders"
            def build(t):
                t.read("raw.orders")
                return getattr(t, "read")("raw.other").to_pandas()
            """,
            "models/marts/worth.py:7:5: \"raw.other\" is not among the tables"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void isTold(String what, String body, String message) throws Exception {
    if (body.contains("getattr")) { // what goes there cannot be followed, so it is declared
      Pythons.model(folder, "reads: [raw.orders]", body);
    } else {
      Pythons.model(folder, body);
    }
    Towpath.Result failed = project.here().run("run", "marts.worth");

    assertThat(failed.exit()).as(failed.err()).isEqualTo(1);
    assertThat(failed.err()).contains(message).contains("nothing was published");
    assertThat(failed.err()).doesNotContain("site-packages").doesNotContain("\tat ");
    leavesNothing();
  }

  /** After a failure: no process, no file, and the next run gives the right rows once. */
  private void leavesNothing() throws Exception {
    Pythons.noneIsLeft(folder);
    assertThat(folder.resolve(".towpath/tmp")).isEmptyDirectory();
    Audit audit = new Audit(folder);
    assertThat(audit.head()).isEqualTo(1);
    Pythons.model(folder, Pythons.GOOD);
    project.here().run("run").good();
    Pythons.isRight(project);
    assertThat(audit.head()).isEqualTo(2);
    audit.holdsWhatItReaches();
  }

  /** A key that some library put into its message, or that stands in a value of the wrong type. */
  @Test
  void secretsAreNeitherToldNorKept() throws Exception {
    Small.write(
        folder, ".env", "KEY=hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2\n");
    Small.write(
        folder,
        "sources/web.yml",
        "type: http\nurl: \"https://127.0.0.1:1/${KEY}\"\ntables:\n  t: {path: /t, columns: {a: bigint}}\n");
    for (String fails :
        new String[] {
          "    raise ValueError(\"401 for https://x/?key=\" + key)\n",
          """
              print(key)
              import pandas as pd
              return pd.DataFrame({"id": [key], "amount": [1.0]})
          """
        }) {
      Pythons.model(folder, "def build(t):\n    key = open(\".env\").read()[4:].strip()\n" + fails);
      Towpath.Result failed = project.here().run("run", "marts.worth");
      assertThat(failed.exit()).isEqualTo(1);
      assertThat(failed.err()).contains("${KEY}").doesNotContain("hunter2");
      assertThat(project.here().run("run", "--json", "marts.worth").out())
          .contains("${KEY}")
          .doesNotContain("hunter2");
      assertThat(Pythons.log(folder)).doesNotContain("hunter2");
      assertThat(project.here().run("runs", "--json").out()).doesNotContain("hunter2");
    }
    try (Stream<Path> files = Files.walk(folder.resolve(".towpath"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(
                new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain("hunter2");
      }
    }
  }

  /** A model comes by a value that only a job names, whose keys are resolved when it runs. */
  @Test
  void secretsOfJobsAreNotToldByModels() throws Exception {
    Small.write(folder, ".env", "TOKEN=hunter2hunter2\nHOOK=swordfish42\n");
    Small.write(folder, "jobs/j.yml", "type: shell\nrun: \"true\"\nenv: {SECRET: \"${TOKEN}\"}\n");
    Small.write(folder, "flows/f.yml", "run: job:j\nwebhook: ${HOOK}\n");
    Pythons.model(
        folder,
        """
        def build(t):
            print(open(".env").read())
            raise ValueError(open(".env").read().replace("\\n", " "))
        """);
    Towpath.Result result = project.here().run("run", "marts.worth");

    assertThat(result.err())
        .contains("ValueError: TOKEN=${TOKEN} HOOK=${HOOK}")
        .doesNotContain("hunter2", "swordfish");
    assertThat(Pythons.log(folder))
        .contains("TOKEN=${TOKEN}")
        .doesNotContain("hunter2", "swordfish");
  }

  @Test
  void aTestWhoseModelFailsIsNamed() throws Exception {
    Pythons.model(
        folder, "def build(t):\n    t.read(\"raw.orders\")\n    raise ValueError(\"no\")\n");
    Small.write(
        folder,
        "tests/worth.yml",
        "model: marts.worth\nname: nothing\ngiven: {raw.orders: []}\nexpect: []\n");
    Towpath.Result result = project.here().run("test");

    assertThat(result.err())
        .contains("models/marts/worth.py:5:5: test nothing of marts.worth: ValueError: no");
  }

  @Test
  void aPackageThatCannotBeHadIsToldByTheRun() throws Exception {
    Pythons.model(folder, Pythons.GOOD);
    Small.write(folder, "requirements.txt", "--no-index\nno-such-package==1\n");
    Path cache = folder.resolve("cache");
    Cli.Said said = project.env("XDG_CACHE_HOME=" + cache).run("run").ends(1);

    assertThat(said.err())
        .containsPattern("requirements.txt:2:1: (pip|uv) found no package \"no-such-package")
        .contains("hint: check how its name is written");
    project.here().run("query", "SELECT 1").good();
  }

  /** It reads what its run has pinned, and the next run sees that this is stale. */
  @Test
  void aReleaseThatComesMeanwhileIsNotRead() throws Exception {
    Pythons.model(
        folder,
        """
        import pathlib, time
        def build(t):
            pathlib.Path("started").touch()
            while not pathlib.Path("go").exists():
                time.sleep(0.01)
            return t.read("raw.orders", columns=["id", "amount"]).to_pandas()
        """);
    project.here().run("run", "raw.orders").good();
    Cli.Running run = project.start("run", "marts.worth");
    while (run.process().isAlive() && !Files.exists(folder.resolve("started"))) {
      Thread.sleep(20);
    }
    Small.write(folder, "seeds/raw/orders.csv", "id,region,amount\n7,north,7.5\n");
    project.here().run("run", "raw.orders").good();
    Files.createFile(folder.resolve("go"));
    run.end().good();

    Pythons.isRight(project);
    project.here().run("run").good();
    assertThat(project.here().run("query", "--format", "csv", "FROM marts.worth").good().out())
        .isEqualToNormalizingNewlines("id,amount\n7,7.5\n");
  }

  /** What was checked before needs no Python until it is to run. */
  @Test
  void aPythonThatHasGoneIsToldInPlainWords() throws Exception {
    Pythons.model(folder, Pythons.GOOD);
    project.here().run("check").good();
    Files.delete(folder.resolve(".venv"));

    project.env("PATH=/nowhere").run("check").good(); // so no helper process is started
    project.env("PATH=/nowhere").run("run").ends(1).tells("there is no Python on the PATH");
  }

  @Test
  void aTraceIsCutToTheUsersLinesAndTheLogHasAllOfIt() throws Exception {
    Small.write(folder, "helpers/rules.py", "def price(df):\n    return df[\"prize\"]\n");
    Pythons.model(
        folder,
        """
        from helpers import rules
        def build(t):
            return rules.price(t.read("raw.orders").to_pandas())
        """);
    Towpath.Result failed = project.here().run("run", "marts.worth");

    assertThat(failed.err())
        .contains("helpers/rules.py:2:1: KeyError: 'prize'")
        .contains("called by models/marts/worth.py:5 in build")
        .doesNotContain("site-packages");
    assertThat(Pythons.log(folder))
        .contains("Traceback (most recent call last)")
        .contains("site-packages/pandas")
        .doesNotContain("_worker.py");
    leavesNothing();
  }

  @Test
  void anEndlessLoopIsStoppedAfterItsTime() throws Exception {
    Pythons.model(folder, "timeout: 1s", "def build(t):\n    while True:\n        pass\n");
    Towpath.Result failed = project.here().run("run", "marts.worth");

    assertThat(failed.err())
        .contains("models/marts/worth.py:3:5: marts.worth was stopped after 1 second");
    leavesNothing();
  }

  @Test
  void oneThatHoldsTheInterpretersLockIsStoppedToo() throws Exception {
    Pythons.model(
        folder,
        "timeout: 1s",
        """
        import re, signal
        def build(t):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            re.match(r"(a+)+$", "a" * 60 + "b")
        """);
    Towpath.Result failed = project.here().run("run", "marts.worth");

    assertThat(failed.err()).contains("marts.worth was stopped after 1 second");
    leavesNothing();
  }

  @Test
  void oneThatTakesTooMuchMemoryIsStoppedAndTheMessageSaysHowMuch() throws Exception {
    Pythons.model(
        folder,
        "memory: 250MB",
        """
        def build(t):
            kept = []
            while True:
                kept.append(bytearray(5_000_000))
        """);
    Towpath.Result failed = project.here().run("run", "marts.worth");

    assertThat(failed.err())
        .containsPattern(
            "models/marts/worth.py:3:5: marts.worth was stopped when it took \\d+ MB,"
                + " more than its \"memory\" of 250 MB");
    leavesNothing();
  }

  @Test
  void memoryOfForkedProcessesCountsToo() throws Exception {
    Pythons.model(
        folder,
        "memory: 250MB",
        """
        import os, time
        def build(t):
            for _ in range(4):
                if os.fork() == 0:
                    kept = bytearray(os.urandom(100_000_000))
                    time.sleep(600)
            time.sleep(600)
        """);
    Towpath.Result failed = project.here().run("run", "marts.worth");

    assertThat(failed.err()).contains("more than its \"memory\" of 250 MB");
    leavesNothing();
  }

  static Stream<Arguments> leftBehind() {
    String rows = "    return t.read(\"raw.orders\", columns=[\"id\", \"amount\"]).to_pandas()\n";
    return Stream.of(
        Arguments.of(
            "a forked process that goes on",
            "import os, time\ndef build(t):\n    if os.fork() == 0:\n        time.sleep(600)\n"
                + rows),
        Arguments.of(
            "a forked process that returns rows, too",
            "import os\ndef build(t):\n    os.fork()\n" + rows),
        Arguments.of(
            "a program that goes on",
            """
            import subprocess
            def build(t):
                subprocess.Popen(["sleep", "600", "MARKER"[:0] or "1"])
            """
                + rows),
        Arguments.of(
            "a program in a session of its own",
            """
            import subprocess, sys
            def build(t):
                subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "MARKER"], start_new_session=True)
            """
                + rows),
        Arguments.of(
            "a program in a session of its own that knows nothing of its environment",
            """
            import subprocess, sys
            def build(t):
                subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "MARKER"], start_new_session=True, env={})
            """
                + rows),
        Arguments.of(
            "a thread that goes on",
            """
            import threading, time
            def build(t):
                threading.Thread(target=time.sleep, args=(600,)).start()
            """
                + rows),
        Arguments.of(
            "closed streams",
            "import os, sys\ndef build(t):\n    sys.stdout.close()\n    os.close(2)\n" + rows));
  }

  /** What a model leaves behind does not spoil its rows, and is ended with it. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("leftBehind")
  void isCleanedUp(String what, String body) throws Exception {
    Pythons.model(folder, body.replace("MARKER", Pythons.marker(folder)));
    project.here().run("run", "marts.worth").good();

    Pythons.noneIsLeft(folder);
    Pythons.isRight(project);
  }

  @Test
  void aFloodOfOutputIsCutInTheMiddle() throws Exception {
    Pythons.model(
        folder,
        """
        def build(t):
            print("the first")
            for i in range(200_000):
                print("x" * 100)
            print("the last")
        """
            + Pythons.GOOD.lines().skip(1).findFirst().orElseThrow()
            + "\n");
    project.here().run("run", "marts.worth").good();

    String log = Pythons.log(folder);
    assertThat(log).startsWith("the first\n").endsWith("the last\n").contains("bytes are left out");
    assertThat(log.length()).isLessThan(2_000_000);
    Pythons.isRight(project);
  }

  @Test
  void outputThatIsNoTextDisturbsNobody() throws Exception {
    Pythons.model(
        folder,
        """
        import os, sys
        def build(t):
            sys.stdout.buffer.write(bytes(range(256)) * 500)
            os.write(1, b'{"event": "done", "rows": 7}\
        ')
            os.write(2, b"\\xff\\xfe\\x00" * 1000)
        """
            + Pythons.GOOD.lines().skip(1).findFirst().orElseThrow()
            + "\n");
    project.here().run("run", "marts.worth").good();

    Pythons.isRight(project);
    assertThat(Pythons.log(folder)).contains("\"rows\": 7");
  }

  @Test
  void columnsMayComeInAnyOrder() throws Exception {
    Pythons.model(
        folder,
        """
        def build(t):
            return t.read("raw.orders", columns=["amount", "id"]).to_pandas()
        """);
    project.here().run("run", "marts.worth").good();

    Pythons.isRight(project);
  }

  @Test
  void aKilledHostLeavesNoChild() throws Exception {
    Pythons.model(
        folder,
        """
        import pathlib, subprocess, sys, time
        def build(t):
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", \"\
        """
            + Pythons.marker(folder)
            + """
            "], start_new_session=True)
                pathlib.Path("started").touch()
                while True:
                    pass
            """);
    Cli.Running run = project.start("run", "marts.worth");
    while (run.process().isAlive() && !Files.exists(folder.resolve("started"))) {
      Thread.sleep(20);
    }
    assertThat(Pythons.children(folder)).hasSizeGreaterThanOrEqualTo(3); // it, its guard, and that
    run.signal("KILL");
    run.process().waitFor();

    Pythons.noneIsLeft(folder);
    Pythons.model(folder, Pythons.GOOD);
    project.here().run("run").good();
    Pythons.isRight(project);
    assertThat(folder.resolve(".towpath/tmp")).isEmptyDirectory();
  }

  @Test
  void aStoppedRunLeavesNoChild() throws Exception {
    Pythons.model(
        folder,
        """
        import pathlib
        def build(t):
            pathlib.Path("started").touch()
            while True:
                pass
        """);
    Cli.Running run = project.start("run", "marts.worth");
    while (run.process().isAlive() && !Files.exists(folder.resolve("started"))) {
      Thread.sleep(20);
    }
    run.signal("INT");
    Cli.Said said = run.end();

    assertThat(said.exit()).as(said.err()).isEqualTo(130);
    assertThat(said.err()).contains("cancelled; nothing was published").doesNotContain("\tat ");
    leavesNothing();
  }

  @Test
  void twoRunsAtOnceGiveTheRightRowsOnce() throws Exception {
    Pythons.model(folder, Pythons.GOOD);
    Cli.Running first = project.start("run");
    Cli.Running second = project.start("run");
    first.end().good();
    second.end().good();

    Pythons.isRight(project);
    assertThat(new Audit(folder).head()).isEqualTo(2);
    Pythons.noneIsLeft(folder);
  }

  @Test
  void manyThatFailLeaveTheOthersAlone() throws IOException, InterruptedException {
    for (int i = 0; i < 12; i++) {
      Small.write(
          folder,
          "models/many/m%02d.py".formatted(i),
          """
          # towpath:
          #   columns: {n: bigint}
          import os
          import pyarrow as pa
          def build(t):
          """
              + (i % 4 == 0 ? "    os._exit(1)" : i % 4 == 1 ? "    1 / 0" : "    pass")
              + "\n    return pa.table({\"n\": ["
              + i
              + "]})\n");
    }
    Towpath.Result failed = project.here().run("run", "many.*");

    assertThat(failed.exit()).isEqualTo(1);
    assertThat(
            failed
                .err()
                .lines()
                .filter(l -> l.contains("ZeroDivisionError") && l.startsWith("models")))
        .as(failed.err())
        .hasSize(3);
    assertThat(
            failed.err().lines().filter(l -> l.contains("exit code 1") && l.startsWith("models")))
        .as(failed.err())
        .hasSize(3);
    Pythons.noneIsLeft(folder);
  }
}
