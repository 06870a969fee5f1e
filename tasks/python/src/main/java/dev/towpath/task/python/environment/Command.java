package dev.towpath.task.python.environment;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.python.Surroundings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a program to its end, and keeps what it printed without addresses, which may hold secrets.
 */
final class Command {
  private static final Pattern ADDRESS = Pattern.compile("\\w+://[^\\s,'\"`)>]+");

  private static final Pattern ASKED = Pattern.compile("/simple/[A-Za-z0-9._-]+/$");

  /** More than any tool prints that a person would read. */
  private static final int MOST_LINES = 5000;

  private static final long END_SECONDS = 5;

  private Command() {}

  /** How it ended, and its lines. */
  record Ended(int code, List<String> lines) {
    Ended {
      lines = List.copyOf(lines);
    }

    boolean good() {
      return code == 0;
    }

    String text() {
      return String.join("\n", lines);
    }
  }

  /**
   * Runs it.
   *
   * @param variables all that it sees; empty for those of this process
   * @param heard each line as it comes
   * @throws CancelledException when this thread was interrupted; then nothing is left running
   */
  static Ended run(
      Path directory, Map<String, String> variables, List<String> words, Consumer<String> heard) {
    List<String> lines = new ArrayList<>();
    Process process;
    try {
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"));
      if (!variables.isEmpty()) {
        builder.environment().clear();
        builder.environment().putAll(variables);
      }
      Surroundings.clean(builder.environment());
      process = builder.start();
    } catch (IOException e) {
      throw new TowpathException(
          "cannot start " + words.getFirst() + ": " + e.getMessage(), null, e);
    }
    Thread reader = Thread.startVirtualThread(() -> read(process, lines, heard));
    try {
      int code = process.waitFor();
      // what it left behind may hold the output open, and is not waited for
      reader.join(java.time.Duration.ofSeconds(5));
      synchronized (lines) {
        return new Ended(code, lines);
      }
    } catch (InterruptedException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      ended(process); // what it still writes would be in the way of whoever cleans up
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  private static void ended(Process process) {
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Some variables and more. */
  static Map<String, String> with(Map<String, String> variables, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(variables);
    all.putAll(more);
    return all;
  }

  /** The end of an index's address that names a package, which is no secret. */
  private static String asked(String address) {
    Matcher asked = ASKED.matcher(address);
    return asked.find() ? asked.group() : "";
  }

  private static void read(Process process, List<String> lines, Consumer<String> heard) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String shown =
            ADDRESS
                .matcher(line)
                .replaceAll(address -> "…" + asked(address.group()))
                .stripTrailing();
        synchronized (lines) {
          if (lines.size() < MOST_LINES) {
            lines.add(shown);
          }
        }
        heard.accept(shown);
      }
    } catch (IOException e) {
      synchronized (lines) {
        lines.add("(its output broke off: " + e.getMessage() + ")");
      }
    }
  }
}
