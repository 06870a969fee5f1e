package dev.towpath.task.shell;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.Inherited;
import dev.towpath.task.process.LineReader;
import dev.towpath.task.process.OutputFile;
import dev.towpath.task.process.Signals;
import dev.towpath.task.process.Strays;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs a shell script in a process group of its own, in the project's folder.
 *
 * <p>Why nothing is left behind: the group is killed when the script has ended, whatever it started
 * meanwhile; and a guard in the group, which waits for the end of the host's pipe, kills it when
 * the host dies. What makes itself a session of its own is found by its environment; only what
 * clears that, too, escapes.
 */
public final class ShellRunner implements JobRunner {
  /** How long a script may take to end when it is asked to. */
  private static final long GRACE_SECONDS = 5;

  /**
   * The guard reads the host's pipe; the script gets none of it. {@code $1} is the script, {@code
   * $2} the guard. The script leads the group itself, so that it is waited for when all are asked
   * to end: it may tidy up.
   */
  private static final String GUARDED =
      """
      exec 3<&0 </dev/null
      env -u TOWPATH_OUTPUT /bin/sh -c "$2" sh "$TOWPATH_OUTPUT" <&3 >/dev/null 2>&1 &
      exec 3<&-
      exec /bin/sh -euc "$1"
      """;

  /**
   * Waits for the host's end, then kills what the script started; is not taken for it itself. What
   * is putting another program in its place has no environment for a moment: it looks again.
   */
  private static final String GUARD =
      """
      trap '' TERM INT HUP
      cat
      for pause in 0 0.1 0.4; do
        sleep $pause
        for file in $(grep -lzxF -- "TOWPATH_OUTPUT=$1" /proc/[0-9]*/environ); do
          file=${file%/environ}
          kill -9 "${file#/proc/}"
        done
      done
      kill -9 0
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
    try (OutputFile outputs = OutputFile.make()) {
      run(job, context, outputs.path());
      outputs.handOn(context.outputs());
    }
  }

  private static void run(Job job, Context context, String outputs) {
    ProcessBuilder builder =
        new ProcessBuilder(
                "setsid", "/bin/sh", "-c", GUARDED, "sh", job.text("run").orElseThrow(), GUARD)
            .directory(job.project().toFile())
            .redirectErrorStream(true);
    Map<String, String> variables = builder.environment();
    Inherited.clean(variables);
    variables.putAll(values(context));
    variables.putAll(context.variables());
    if (job.options().get("env") instanceof Map<?, ?> env) {
      env.forEach((name, value) -> variables.put(String.valueOf(name), String.valueOf(value)));
    }
    variables.put(OutputFile.VARIABLE, outputs);
    variables.put("TOWPATH_FILES", job.files().toAbsolutePath().toString());
    Process process = start(builder);
    Thread reader = Thread.ofVirtual().start(() -> read(process, context.log()));
    try {
      int code = process.waitFor();
      clear(process, outputs);
      reader.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
      if (code != 0) {
        String signal = Signals.name(code);
        throw new TowpathException(
            signal.isEmpty() ? "it ended with exit code " + code : "it was ended by " + signal,
            "\"towpath logs\" shows its output");
      }
    } catch (InterruptedException e) {
      stop(process, outputs);
      last(reader);
      throw new CancelledException(e);
    }
  }

  /** Parameters as variables; a mapped job's columns have their own, and bounds theirs. */
  private static Map<String, String> values(Context context) {
    Map<String, String> variables = new HashMap<>();
    context
        .values()
        .forEach((name, value) -> {
          String upper = name.toUpperCase(Locale.ROOT);
          boolean other =
              upper.equals("START")
                  || upper.equals("END")
                  || context.variables().containsKey("TOWPATH_ITEM_" + upper);
          if (!other && !(value instanceof Optional)) {
            variables.put(
                "TOWPATH_PARAM_" + upper,
                value instanceof BigDecimal number ? number.toPlainString() : value.toString());
          }
        });
    return variables;
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
    try (InputStream out = process.getInputStream()) {
      LineReader.read(out, log);
    } catch (IOException e) {
      log.line("(its output broke off: " + e.getMessage() + ")");
    }
  }

  /** Lets what was printed get into the log, before that is closed. */
  private static void last(Thread reader) {
    boolean interrupted = Thread.interrupted();
    try {
      reader.join(TimeUnit.SECONDS.toMillis(GRACE_SECONDS));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the group to end, and makes it end. */
  private static void stop(Process process, String outputs) {
    boolean interrupted = Thread.interrupted();
    try {
      Signals.endGroup(process.pid());
      process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      clear(process, outputs);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Kills what a script has left. The group has the guard, who would do it if this host died now:
   * so it goes when the others have gone.
   */
  private static void clear(Process process, String outputs) {
    Strays.kill(OutputFile.VARIABLE, outputs);
    Signals.killGroup(process.pid());
    Strays.kill(OutputFile.VARIABLE, outputs); // what the group began meanwhile
  }
}
