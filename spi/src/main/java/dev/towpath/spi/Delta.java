package dev.towpath.spi;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What changed in a table from one of its states to another. Rows of {@code added} that {@code
 * removed} lacks have come, those of {@code removed} that {@code added} lacks have gone, and an
 * updated row is one of each; rows in both were only moved from file to file.
 *
 * @param fields the columns as they are in the later state
 * @param added files that only the later state has, or of which other rows are gone in it
 * @param removed files that only the earlier state has, or of which other rows are gone in it
 */
public record Delta(List<Field> fields, List<DataFile> added, List<DataFile> removed) {
  public Delta {
    fields = List.copyOf(fields);
    added = List.copyOf(added);
    removed = List.copyOf(removed);
  }

  /** The difference of two states of one table. */
  public static Delta between(TableFiles from, TableFiles to) {
    Set<Object> before = new HashSet<>();
    from.files().forEach(f -> before.add(f.content()));
    List<DataFile> added = new ArrayList<>();
    Set<Object> kept = new HashSet<>();
    for (DataFile file : to.files()) {
      if (before.contains(file.content())) {
        kept.add(file.content());
      } else {
        added.add(file);
      }
    }
    List<DataFile> removed =
        from.files().stream().filter(f -> !kept.contains(f.content())).toList();
    return new Delta(to.fields(), added, removed);
  }
}
