package dev.towpath.lake;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataFile.Stats;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake.Draft;
import dev.towpath.spi.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Stands in for an engine: files that say what they are, and are not Parquet. */
final class TestFiles {
  private TestFiles() {}

  /** A file that says which rows are gone. */
  static DataFile.Deletes deletes(ObjectStore objects, Draft draft, String name, long rows) {
    String path = draft.directory() + "/" + name + ".parquet";
    byte[] content = ("not really Parquet: " + name).getBytes(StandardCharsets.UTF_8);
    objects.stage(path, content);
    return new DataFile.Deletes(path, rows, content.length);
  }

  /** A file of all the draft's columns. */
  static DataFile file(
      ObjectStore objects,
      Draft draft,
      String name,
      long rows,
      Map<Integer, Stats> stats,
      Map<String, Optional<String>> partition) {
    String path = draft.directory() + "/" + name + ".parquet";
    byte[] content = ("not really Parquet: " + name).getBytes(StandardCharsets.UTF_8);
    objects.stage(path, content);
    return new DataFile(
        path,
        rows,
        content.length,
        draft.fields().stream().map(Field::id).toList(),
        stats,
        partition);
  }
}
