package dev.towpath.core.yaml;

import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What is wrong with a file, collected while it is read. Not thread-safe: one for each file. */
public final class Problems {
  private final List<Problem> problems = new ArrayList<>();

  /** Notes an error that says it all. */
  public void error(Location at, String message) {
    problems.add(Problem.error(at, message));
  }

  /** Notes an error and what to do. */
  public void error(Location at, String message, String hint) {
    problems.add(Problem.error(at, message, hint));
  }

  /** Notes an error whose hint may be missing. */
  public void error(Location at, String message, Optional<String> hint) {
    problems.add(new Problem(Problem.Severity.ERROR, at, message, hint));
  }

  /** Notes something that stops nothing. */
  public void warning(Location at, String message, String hint) {
    problems.add(Problem.warning(at, message, hint));
  }

  /** Everything noted so far, in the order it was noted. */
  public List<Problem> list() {
    return List.copyOf(problems);
  }

  /** A hint for a name that is not among the known ones: the nearest of them, or all. */
  public static Optional<String> knownNames(String name, Collection<String> known) {
    Optional<String> nearest = Names.nearest(name, known).map(n -> "did you mean \"" + n + "\"?");
    if (nearest.isPresent() || known.isEmpty() || known.size() > 40) {
      return nearest;
    }
    return Optional.of("use one of " + String.join(", ", new TreeSet<>(known)));
  }
}
