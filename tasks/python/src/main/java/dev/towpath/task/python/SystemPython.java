package dev.towpath.task.python;

import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The Python that is installed, with the packages that it has. */
public final class SystemPython implements Interpreters {
  private final String path;
  private final Path cache;

  /**
   * The first one on a path.
   *
   * @param path the variable {@code PATH}
   * @param cache where the package is unpacked
   */
  public SystemPython(String path, Path cache) {
    this.path = path;
    this.cache = cache;
  }

  @Override
  public Path forParsing() {
    for (String folder : path.split(":", -1)) {
      for (String name : List.of("python3", "python")) {
        Path file = Path.of(folder).resolve(name);
        if (!folder.isEmpty() && Files.isExecutable(file)) {
          return file;
        }
      }
    }
    throw new TowpathException(
        "there is no Python on the PATH", "install Python 3.9 or newer, or uv");
  }

  @Override
  public Optional<Path> ready() {
    return Optional.of(forParsing());
  }

  @Override
  public Path python() {
    return forParsing();
  }

  @Override
  public Path home() {
    return Packaged.in(cache);
  }
}
