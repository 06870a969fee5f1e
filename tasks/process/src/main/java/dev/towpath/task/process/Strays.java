package dev.towpath.task.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Processes that left their process group, as daemons do, and are known by a variable of their
 * environment, which they inherited. Found where there is {@code /proc}, which is on Linux.
 */
public final class Strays {
  private static final Path PROCESSES = Path.of("/proc");

  /** While one is looked for it may start another. */
  private static final int MOST_LOOKS = 5;

  private static final Duration UNTIL_BARE = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofMillis(1);

  /** Processes that have no environment at all, which are not waited for again. */
  private static final Set<ProcessHandle> BARE = ConcurrentHashMap.newKeySet();

  private Strays() {}

  /**
   * What one look found.
   *
   * @param unclear those that have no environment now: they may be putting another program in their
   *     place, and keep it
   */
  private record Found(List<ProcessHandle> marked, List<ProcessHandle> unclear) {
    boolean isEmpty() {
      return marked.isEmpty() && unclear.isEmpty();
    }
  }

  /** Kills all processes of this user whose environment has a variable with that very value. */
  public static void kill(String variable, String value) {
    String wanted = '\0' + variable + '=' + value + '\0';
    Found found = find(wanted);
    for (int look = 0; !found.isEmpty() && look < MOST_LOOKS; look++) {
      found.marked().forEach(ProcessHandle::destroyForcibly);
      awaitPrograms(found.unclear());
      found = find(wanted);
    }
  }

  private static Found find(String wanted) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    if (!Files.isDirectory(PROCESSES)) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        String environment = environment(process);
        if (environment.contains(wanted)) {
          handle(process).ifPresent(found.marked()::add);
        } else if (environment.isEmpty() && isProgram(process)) {
          handle(process).filter(p -> !BARE.contains(p)).ifPresent(found.unclear()::add);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return found; // what cannot be listed cannot be killed
    }
    return found;
  }

  private static Optional<ProcessHandle> handle(Path process) {
    return ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
  }

  /** The environment, each variable between zeros; empty if it has none, has ended or is hidden. */
  private static String environment(Path process) {
    // a channel would refuse to read on a thread that is told to stop
    try (InputStream bytes = new FileInputStream(process.resolve("environ").toFile())) {
      String text = new String(bytes.readAllBytes(), ISO_8859_1);
      return text.isEmpty() ? text : '\0' + text;
    } catch (IOException e) {
      return ""; // it has ended, or is another user's
    }
  }

  /** Whether it runs a program that may be looked at: not the kernel's, ended or another user's. */
  private static boolean isProgram(Path process) {
    try {
      Files.readSymbolicLink(process.resolve("exe"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void awaitPrograms(List<ProcessHandle> unclear) {
    long until = System.nanoTime() + UNTIL_BARE.toNanos();
    for (ProcessHandle process : unclear) {
      Path path = PROCESSES.resolve(Long.toString(process.pid()));
      while (environment(path).isEmpty() && isProgram(path)) {
        if (System.nanoTime() >= until) {
          BARE.removeIf(p -> !p.isAlive());
          BARE.add(process);
          break;
        }
        LockSupport.parkNanos(PAUSE.toNanos()); // also on a thread that is told to stop
      }
    }
  }
}
