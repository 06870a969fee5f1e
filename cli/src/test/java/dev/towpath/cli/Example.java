package dev.towpath.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A copy of an example project, and the commands run on it in this process. */
final class Example {
  private final Path root;

  Example(Path root) {
    this.root = root;
  }

  /** What a command printed and how it ended. */
  record Said(int code, String out, String err) {}

  /** Copies an example without what running it has left there. */
  static Example copy(String name, Path to) {
    Path from = Path.of("..", "examples", name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(f -> !f.toString().contains(".towpath")).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Example(to);
  }

  Path root() {
    return root;
  }

  /** Runs a command on the project. */
  Said run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-C", root.toString()));
    all.addAll(List.of(arguments));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int code = Main.run(all.toArray(new String[0]), console);
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
