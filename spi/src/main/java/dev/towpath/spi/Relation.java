package dev.towpath.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that a query can read under a table's name. */
public sealed interface Relation {

  /**
   * A state of a table in the lake.
   *
   * @param whole whether hidden columns are there too, {@link #FILE} and {@link #ROW}
   */
  record Lake(TableFiles files, boolean whole) implements Relation {
    /** Name of a column that says which file a row is in, as {@link DataFile#path} does. */
    public static final String FILE = "towpath_file";

    /**
     * Name of a column that says how many rows are written before a row in its file; NULL where
     * that cannot be told.
     */
    public static final String ROW = "towpath_row";

    /** A state as people read it. */
    public Lake(TableFiles files) {
      this(files, false);
    }
  }

  /** A view: the query is expanded where it is read. */
  record View(String sql) implements Relation {}

  /** Rows given in place, as text in the form that a CAST to the column's type accepts. */
  record Inline(Schema schema, List<List<@Nullable String>> rows) implements Relation {
    // Spelled out, because a compact constructor loses the annotation in class files.
    public Inline(Schema schema, List<List<@Nullable String>> rows) {
      this.schema = schema;
      this.rows = List.copyOf(rows);
    }
  }
}
