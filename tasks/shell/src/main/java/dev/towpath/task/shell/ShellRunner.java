package dev.towpath.task.shell;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.OutputFile;
import dev.towpath.task.process.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs a shell script in a process group of its own, in the project's folder.
 *
 * <p>Why nothing is left behind: the group is killed when the script has ended, whatever it started
 * meanwhile; and a guard in the group, which waits for the end of the host's pipe, kills it when
 * the host dies. Only what makes itself a session of its own escapes.
 */
public final class ShellRunner implements JobRunner {
  /** How long a script may take to end when it is asked to. */
  private static final long GRACE_SECONDS = 5;

  /** The guard reads the host's pipe; the script gets none of it. {@code $1} is the script. */
  private static final String GUARDED =
      """
      exec 3<&0 </dev/null
      { cat <&3 >/dev/null 2>&1; kill -9 0; } &
      exec 3<&-
      /bin/sh -euc "$1"
      """;

  @Override
  public String type() {
    return "shell";
  }

  @Override
  public Set<String> keys() {
    return Set.of("run", "env");
  }

  @Override
  public Set<String> verbatim() {
    return Set.of("run");
  }

  @Override
  public List<Problem> check(Job job) {
    List<Problem> problems = new ArrayList<>();
    if (job.text("run").filter(r -> !r.isBlank()).isEmpty()) {
      problems.add(
          Problem.error(job.at("run"), "a shell job needs \"run\"", "write run: and the command"));
    }
    if (!(job.options().getOrDefault("env", Map.of()) instanceof Map)) {
      problems.add(
          Problem.error(
              job.at("env"), "\"env\" must be a map of names and values", "write env: {NAME: x}"));
    }
    return problems;
  }

  @Override
  public void run(Job job, Context context) {
    try (OutputFile file = OutputFile.make()) {
      run(job, context, file);
      for (String line : file.lines()) {
        int equals = line.indexOf('=');
        if (equals < 1) {
          throw new TowpathException(
              "what it handed on is not name=value: \"" + line + "\"",
              "write echo \"count=3\" >> \"$TOWPATH_OUTPUT\"");
        }
        context.outputs().put(line.substring(0, equals).strip(), line.substring(equals + 1));
      }
    }
  }

  private static void run(Job job, Context context, OutputFile file) {
    ProcessBuilder builder =
        new ProcessBuilder("setsid", "/bin/sh", "-c", GUARDED, "sh", job.text("run").orElseThrow())
            .directory(job.project().toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(context.variables());
    builder.environment().put(OutputFile.VARIABLE, file.path().toString());
    if (job.options().get("env") instanceof Map<?, ?> env) {
      env.forEach(
          (name, value) -> builder.environment().put(String.valueOf(name), String.valueOf(value)));
    }
    Process process = start(builder);
    Thread reader = Thread.ofVirtual().start(() -> read(process, context.log()));
    try {
      int code = process.waitFor();
      Signals.killGroup(process.pid());
      reader.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
      if (code != 0) {
        String signal = Signals.name(code);
        throw new TowpathException(
            signal.isEmpty() ? "it ended with exit code " + code : "it was ended by " + signal,
            "its output is in its log");
      }
    } catch (InterruptedException e) {
      stop(process);
      throw new CancelledException(e);
    }
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new TowpathException(
          "the shell cannot be started: " + e.getMessage(), "setsid (util-linux) is needed", e);
    }
  }

  private static void read(Process process, Log log) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.line(line);
      }
    } catch (IOException e) {
      log.line("(its output broke off: " + e.getMessage() + ")");
    }
  }

  /** Asks the group to end, and makes it end. */
  private static void stop(Process process) {
    boolean interrupted = Thread.interrupted();
    try {
      Signals.endGroup(process.pid());
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        Signals.killGroup(process.pid());
        process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
      }
      Signals.killGroup(process.pid());
    } catch (InterruptedException e) {
      Signals.killGroup(process.pid());
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
