package dev.towpath.task.python.environment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Interpreters that were asked before, by path, size and time of the file: to ask again would cost
 * each command a start of Python. A script that starts one (a shim) may start another tomorrow, and
 * is asked each time.
 */
final class Known {
  private final Path folder;

  /** Kept in a folder, which need not be there. */
  Known(Path folder) {
    this.folder = folder;
  }

  /** What Python a program is; see {@link Interpreter#of}. */
  Interpreter interpreter(Path program, String from, Path directory) {
    Optional<Path> file = file(program);
    Optional<Interpreter> known = file.flatMap(Known::read);
    if (known.isPresent()) {
      return known.get();
    }
    Interpreter found = Interpreter.of(program, from, directory);
    file.ifPresent(f -> write(f, found));
    return found;
  }

  private Optional<Path> file(Path program) {
    try {
      Path real = program.toRealPath();
      try (InputStream in = Files.newInputStream(real)) {
        byte[] start = in.readNBytes(2);
        if (start.length == 2 && start[0] == '#' && start[1] == '!') {
          return Optional.empty();
        }
      }
      BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
      // A virtual environment's link is another Python than the file that it leads to.
      String identity =
          program.toAbsolutePath()
              + "\n"
              + real
              + "\n"
              + attributes.size()
              + "\n"
              + attributes.lastModifiedTime().toMillis();
      return Optional.of(folder.resolve(HexFormat.of().toHexDigits(hash(identity))));
    } catch (IOException e) {
      return Optional.empty(); // asking it will tell
    }
  }

  private static long hash(String text) {
    long hash = 1125899906842597L;
    for (int i = 0; i < text.length(); i++) {
      hash = 31 * hash + text.charAt(i);
    }
    return hash;
  }

  private static Optional<Interpreter> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() == 3 && Files.isExecutable(Path.of(lines.get(2)))) {
        return Optional.of(new Interpreter(Path.of(lines.get(2)), lines.get(0), lines.get(1)));
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // not asked before
    }
  }

  private void write(Path file, Interpreter found) {
    try {
      Files.createDirectories(folder);
      Path part = Files.createTempFile(folder, "part", "");
      Files.write(part, List.of(found.version(), found.platform(), found.executable().toString()));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      return; // it is only slower without
    }
  }
}
