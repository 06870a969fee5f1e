package dev.towpath.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finding and running the machine's programs. */
final class Programs {
  private Programs() {}

  /** The first of some paths or names on the PATH that can be run. */
  static Path find(String debianPackage, String... candidates) {
    for (String candidate : candidates) {
      for (Path path : places(candidate)) {
        if (Files.isExecutable(path)) {
          return path;
        }
      }
    }
    throw new IllegalStateException(
        "the tests need %s: apt-get install %s".formatted(candidates[0], debianPackage));
  }

  private static List<Path> places(String candidate) {
    if (candidate.startsWith("/")) {
      return newestFirst(candidate);
    }
    return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
        .map(folder -> Path.of(folder, candidate))
        .toList();
  }

  /** Fills a star in a path, which stands for one folder. */
  private static List<Path> newestFirst(String pattern) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return List.of(Path.of(pattern));
    }
    Path parent = Path.of(pattern.substring(0, star));
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(parent)) {
      return folders
          .sorted(Comparator.reverseOrder())
          .map(folder -> Path.of(folder + pattern.substring(star + 1)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this process may do anything, which database servers refuse to run with. */
  static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** The command as that user, when this one is root. */
  static List<String> as(String user, List<String> command) {
    if (!root()) {
      return command;
    }
    List<String> all =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--"));
    all.addAll(command);
    return all;
  }

  /** Runs a command to its end, which must be good. */
  static String run(Path directory, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (await(process) != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a process ended. */
  static int await(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A folder that the user owns. */
  static Path directory(String prefix, String user) {
    try {
      Path directory = Files.createTempDirectory(prefix);
      if (root()) {
        run(directory, List.of("chown", user, directory.toString()));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port of the loopback interface that nobody listens at. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a folder and all in it. */
  static void remove(Path directory) {
    run(Path.of("/"), List.of("rm", "-rf", directory.toString()));
  }
}
