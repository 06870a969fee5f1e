package dev.towpath.spi;

import java.util.List;
import java.util.function.Supplier;

/** What is to be written into a table: a query, files from outside, or rows from outside. */
public sealed interface Extract {

  /** The result of a query over exposed tables. */
  record Query(Statement statement) implements Extract {}

  /** Files read as they are. */
  record Files(FileScan scan) implements Extract {}

  /**
   * Rows that a reader hands over.
   *
   * @param parts one supplier per part that may be read in parallel; each is opened once
   */
  record Rows(Schema schema, List<Supplier<RowReader>> parts) implements Extract {
    public Rows {
      parts = List.copyOf(parts);
    }
  }
}
