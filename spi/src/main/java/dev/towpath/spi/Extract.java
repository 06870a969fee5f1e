package dev.towpath.spi;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What is to be written into a table: a query, files from outside, or rows from outside. */
public sealed interface Extract {

  /**
   * The result of a query over exposed tables.
   *
   * @param instead when not empty, all tables that the query may read: under each name the exposed
   *     table behind it, so that one query can see only a part of what the name stands for
   *     elsewhere
   */
  record Query(Statement statement, Map<TableName, TableName> instead) implements Extract {
    public Query {
      instead = Map.copyOf(instead);
    }

    /** A query that reads tables under their own names. */
    public Query(Statement statement) {
      this(statement, Map.of());
    }
  }

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

  /**
   * Rows that a reader writes as lines of CSV, for sources whose values come as text: they pass
   * without becoming objects.
   *
   * @param columns what stands in each line, in order
   * @param parts may be written in parallel, each by a thread of its own; each is run once
   */
  record Csv(List<CsvColumn> columns, List<CsvPart> parts) implements Extract {
    public Csv {
      columns = List.copyOf(columns);
      parts = List.copyOf(parts);
    }
  }

  /**
   * Rows that another process hands over as one stream in Arrow's IPC format. Their columns have
   * the names of {@code schema} in its order, and types that a CAST makes of its types.
   *
   * @param stream opened once; closed when the work is to stop
   */
  record Arrow(Schema schema, Supplier<java.nio.channels.ReadableByteChannel> stream)
      implements Extract {}
}
