package dev.towpath.importer.dbt;

import dev.towpath.spi.Problem;
import java.nio.file.Path;
import java.util.List;

/**
 * What an import made.
 *
 * @param target the new project's folder
 * @param files all that was written, relative to it
 * @param notes errors were not done, warnings were done differently; by place in the dbt project
 */
public record Imported(
    Path target, int models, int seeds, int sources, List<String> files, List<Problem> notes) {
  public Imported {
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }
}
