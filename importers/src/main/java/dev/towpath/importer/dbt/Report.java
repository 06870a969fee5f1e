package dev.towpath.importer.dbt;

import dev.towpath.spi.Problem;
import java.util.List;

/** The file that says what is left to do by hand. */
final class Report {
  private Report() {}

  static String text(String project, List<Problem> notes) {
    StringBuilder out = new StringBuilder("# Import of the dbt project " + project + "\n");
    section("Not imported", notes.stream().filter(Problem::isError).toList(), out);
    section("Imported in another form", notes.stream().filter(n -> !n.isError()).toList(), out);
    if (notes.isEmpty()) {
      out.append("\nEverything was imported as it is. This file may be deleted.\n");
    } else {
      out.append("\nPlaces are those of the dbt project. This file may be deleted.\n");
    }
    return out.toString();
  }

  private static void section(String title, List<Problem> notes, StringBuilder out) {
    if (notes.isEmpty()) {
      return;
    }
    out.append("\n## ").append(title).append("\n");
    for (Problem note : notes) {
      out.append("- [ ] `").append(note.location()).append("` ").append(note.message());
      note.hint().ifPresent(h -> out.append(": ").append(h));
      out.append('\n');
    }
  }
}
