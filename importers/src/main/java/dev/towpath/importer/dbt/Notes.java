package dev.towpath.importer.dbt;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import java.util.List;
import java.util.TreeSet;

/** What a person should know of an import: errors were not done, warnings were done differently. */
final class Notes {
  private final TreeSet<Problem> notes = new TreeSet<>();

  /** Something that was left out, and what to do by hand. */
  void missing(Location at, String what, String todo) {
    notes.add(Problem.error(at, what, todo));
  }

  /** Something that is there in another form. */
  void different(Location at, String what, String todo) {
    notes.add(Problem.warning(at, what, todo));
  }

  /** Takes over what reading a file found. */
  void all(List<Problem> problems) {
    notes.addAll(problems);
  }

  /** By place. */
  List<Problem> list() {
    return List.copyOf(notes);
  }
}
