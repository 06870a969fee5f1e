package dev.towpath.core.check;

import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Collects problems from all threads of a check. */
final class Problems {
  private final Queue<Problem> all = new ConcurrentLinkedQueue<>();

  void add(Problem problem) {
    all.add(problem);
  }

  void error(Location at, String message, Optional<String> hint) {
    all.add(new Problem(Problem.Severity.ERROR, at, message, hint));
  }

  void error(Location at, String message, String hint) {
    error(at, message, Optional.of(hint));
  }

  void mistake(String file, String text, Mistake mistake) {
    error(Location.at(file, text, mistake.offset()), mistake.message(), mistake.hint());
  }

  /** {@code did you mean "x"?} for the nearest candidate. */
  static Optional<String> didYouMean(String name, Collection<String> candidates) {
    return Names.nearest(name, candidates).map(n -> "did you mean \"" + n + "\"?");
  }

  List<Problem> sorted() {
    return all.stream().sorted().distinct().toList();
  }
}
