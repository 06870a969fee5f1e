package dev.towpath.task.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner.Context;
import dev.towpath.spi.JobRunner.Job;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellRunnerTest {
  @TempDir private Path folder;
  private final ShellRunner runner = new ShellRunner();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Job job(String script) {
    return new Job(
        "j",
        "jobs/j.yml",
        folder,
        Map.of("run", script, "env", Map.of("GREETING", "hello there")),
        Map.of());
  }

  private void run(String script) {
    runner.run(job(script), new Context(Map.of("TOWPATH_RUN", "r1"), folder, lines::add));
  }

  @Test
  void outputVariablesAndTheFolderAreTheJobs() throws Exception {
    run("echo $GREETING; echo in $TOWPATH_RUN >&2; pwd; cat");
    assertThat(lines).containsExactly("hello there", "in r1", folder.toRealPath().toString());
  }

  /** It comes in parts, none of which is large. */
  @Test
  void aLineWithoutEndIsReadInParts() {
    run("head -c 3000000 /dev/zero | tr '\\0' x; printf '\\nend\\rreturn\\r\\nlast'");
    assertThat(lines).allMatch(line -> line.length() <= 64 << 10).endsWith("end", "return", "last");
    assertThat(lines.stream().mapToInt(String::length).sum()).isEqualTo(3_000_000 + 13);
  }

  /** Were it not read on, the script would wait for ever. */
  @Test
  void aLogThatFailsHindersNothing() {
    runner.run(
        job("yes | head -c 1000000"),
        new Context(
            Map.of(),
            folder,
            _ -> {
              throw new IllegalStateException("full");
            }));
  }

  @Test
  void aFailureEndsTheScript() {
    assertThatThrownBy(() -> run("false\necho not reached"))
        .isInstanceOf(TowpathException.class)
        .hasMessage("it ended with exit code 1");
    assertThatThrownBy(() -> run("exit 7")).hasMessage("it ended with exit code 7");
    assertThatThrownBy(() -> run("kill -SEGV $$")).hasMessageContaining("SIGSEGV");
    assertThat(lines).doesNotContain("not reached");
  }

  @Test
  void whatItLeavesBehindIsKilled() throws Exception {
    Path mark = folder.resolve("pid");
    run("sleep 300 & echo $! > pid");
    long pid = Long.parseLong(Files.readString(mark).strip());
    assertGone(pid);
  }

  @Test
  void aDaemonIsKilled() throws Exception {
    Path mark = folder.resolve("pid");
    run(
        "setsid sh -c 'trap \"\" HUP TERM; echo $$ > pid; sleep 300' >/dev/null 2>&1 & "
            + "while ! test -s pid; do sleep 0.02; done");
    assertGone(Long.parseLong(Files.readString(mark).strip()));
  }

  /** While a process puts another program in its place it has no environment for a moment. */
  @Test
  void aDaemonThatHasJustBeenStartedIsKilled() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 600; i++) {
        int wait = i * 7 % 4_000; // some hundred nanoseconds each
        threads.execute(() ->
            run(
                "setsid sleep 300 >/dev/null 2>&1 & i=0; while test $i -lt "
                    + wait
                    + "; do i=$((i+1)); done"));
      }
    }
    Path here = folder.toRealPath();
    assertThat(ProcessHandle.allProcesses().filter(p -> worksIn(p, here))).isEmpty();
  }

  private static boolean worksIn(ProcessHandle process, Path folder) {
    Path link = Path.of("/proc", Long.toString(process.pid()), "cwd");
    try {
      return Files.readSymbolicLink(link).equals(folder);
    } catch (IOException e) {
      return false; // it has ended, or is another user's
    }
  }

  @Test
  void stoppingEndsAlsoWhatIgnoresIt() throws Exception {
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                run("trap '' TERM; echo $$ > pid; while true; do sleep 0.1; done");
              } catch (Throwable e) {
                end.set(e);
              }
            });
    Path mark = folder.resolve("pid");
    Instant patience = Instant.now().plus(Duration.ofSeconds(30));
    while (!Files.exists(mark) || Files.readString(mark).isBlank()) {
      assertThat(Instant.now()).isBefore(patience);
      Thread.sleep(20);
    }
    thread.interrupt();
    thread.join(30_000);
    assertThat(end.get()).isInstanceOf(CancelledException.class);
    assertGone(Long.parseLong(Files.readString(mark).strip()));
  }

  private Map<String, Object> outputs(String script) {
    Map<String, Object> outputs = new TreeMap<>();
    runner.run(
        job(script),
        new Context(
            Map.of("TOWPATH_ITEM_REGION", "N"),
            Map.of("day", "2026-01-02", "least", new BigDecimal("1E+3"), "region", "N", "end", 1L),
            folder,
            lines::add,
            outputs::put));
    return outputs;
  }

  @Test
  void itHandsOnWhatItWritesIntoItsOutputFile() {
    assertThat(outputs("echo rows=1 >> $TOWPATH_OUTPUT; echo 'a_b= x=y ' >> $TOWPATH_OUTPUT"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("rows", "1", "a_b", " x=y "));
    assertThat(outputs("echo rows=1 > $TOWPATH_OUTPUT; echo rows=2 >> $TOWPATH_OUTPUT"))
        .containsEntry("rows", "2");
    assertThat(outputs("rm $TOWPATH_OUTPUT")).isEmpty();
    assertThatThrownBy(() -> outputs("echo >> $TOWPATH_OUTPUT; echo done >> $TOWPATH_OUTPUT"))
        .hasMessage("line 2 of $TOWPATH_OUTPUT is not name=value");
    assertThatThrownBy(() -> outputs("head -c 2000000 /dev/zero > $TOWPATH_OUTPUT"))
        .hasMessage("it handed on more than a megabyte of outputs");
    outputs("echo $TOWPATH_OUTPUT");
    assertThat(Path.of(lines.getLast())).doesNotExist();
  }

  @Test
  void valuesAreVariables() {
    outputs("env | grep TOWPATH_PARAM | sort");
    assertThat(lines).containsExactly("TOWPATH_PARAM_DAY=2026-01-02", "TOWPATH_PARAM_LEAST=1000");
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThat(runner.check(new Job("j", "jobs/j.yml", folder, Map.of("env", "x"), Map.of())))
        .extracting(p -> p.message())
        .containsExactly("a shell job needs \"run\"", "\"env\" must be a map of names and values");
  }

  private static void assertGone(long pid) throws Exception {
    Instant patience = Instant.now().plus(Duration.ofSeconds(20));
    while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
      assertThat(Instant.now()).isBefore(patience);
      Thread.sleep(20);
    }
  }
}
