package dev.towpath.task.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that left their process group, as daemons do, and are known by a variable of their
 * environment, which they inherited. Found where there is {@code /proc}, which is on Linux.
 */
public final class Strays {
  private static final Path PROCESSES = Path.of("/proc");

  /** While one is looked for it may start another. */
  private static final int MOST_LOOKS = 5;

  private Strays() {}

  /** Kills all processes of this user whose environment has a variable with that very value. */
  public static void kill(String variable, String value) {
    String wanted = '\0' + variable + '=' + value + '\0';
    List<ProcessHandle> found = find(wanted);
    for (int look = 0; !found.isEmpty() && look < MOST_LOOKS; look++) {
      found.forEach(ProcessHandle::destroyForcibly);
      found = find(wanted);
    }
  }

  private static List<ProcessHandle> find(String wanted) {
    List<ProcessHandle> found = new ArrayList<>();
    if (!Files.isDirectory(PROCESSES)) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        if (environment(process).contains(wanted)) {
          ProcessHandle.of(Long.parseLong(process.getFileName().toString())).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      return found; // what cannot be listed cannot be killed
    }
    return found;
  }

  private static String environment(Path process) {
    try {
      return '\0' + new String(Files.readAllBytes(process.resolve("environ")), ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended, or is another user's
    }
  }
}
