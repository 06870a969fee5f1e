package dev.towpath.task.python.environment;

import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for programs: the Python that {@code TOWPATH_PYTHON} names, else the one of the project's
 * own {@code .venv}, else the first on the PATH that is new enough.
 */
final class Search {
  private final Map<String, String> variables;
  private final Path root;
  private final Known known;

  /**
   * A search.
   *
   * @param known keeps what programs said of themselves
   */
  Search(Map<String, String> variables, Path root, Known known) {
    this.variables = variables;
    this.root = root;
    this.known = known;
  }

  /**
   * The Python to use.
   *
   * @param own whether the project's {@code .venv} counts: not when its packages are to be built
   * @throws TowpathException when there is none
   */
  Interpreter python(boolean own) {
    String given = variables.getOrDefault("TOWPATH_PYTHON", "");
    if (!given.isEmpty()) {
      Path program =
          named(given)
              .orElseThrow(() ->
                  new TowpathException(
                      "TOWPATH_PYTHON is " + given + ", which is no program",
                      "set it to the path of a Python 3.9 or newer"));
      return known.interpreter(program, "TOWPATH_PYTHON", root);
    }
    Path venv = root.resolve(".venv").resolve("bin").resolve("python");
    if (own && Files.exists(root.resolve(".venv"))) {
      if (!Files.isExecutable(venv)) { // another Python would be without its packages
        throw new TowpathException(
            "the project's .venv has no bin/python that runs",
            "make it again: python3 -m venv --clear .venv, or remove it to use python3 of the PATH");
      }
      return known.interpreter(venv, ".venv/bin/python", root);
    }
    List<TowpathException> refused = new ArrayList<>();
    for (String name : List.of("python3", "python")) {
      for (Path program : onPath(name)) {
        try {
          return known.interpreter(program, name, root);
        } catch (TowpathException e) {
          refused.add(e); // a newer one may come later on the path
        }
      }
    }
    if (!refused.isEmpty()) {
      throw refused.getFirst();
    }
    throw new TowpathException(
        "there is no Python on the PATH",
        "install Python 3.9 or newer, or set TOWPATH_PYTHON to one");
  }

  /** uv, when it is there. */
  Optional<Path> uv() {
    return onPath("uv").stream().findFirst();
  }

  private Optional<Path> named(String given) {
    if (!given.contains("/")) {
      return onPath(given).stream().findFirst();
    }
    Path path = root.resolve(given);
    return Files.isExecutable(path) && !Files.isDirectory(path)
        ? Optional.of(path)
        : Optional.empty();
  }

  private List<Path> onPath(String name) {
    List<Path> found = new ArrayList<>();
    for (String folder : variables.getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty()) {
        Path file = root.resolve(folder).resolve(name);
        if (Files.isExecutable(file) && !Files.isDirectory(file)) {
          found.add(file);
        }
      }
    }
    return found;
  }
}
