package dev.towpath.core.plan;

import dev.towpath.spi.Column;
import dev.towpath.spi.TableName;
import java.util.List;

/** Names that ingestion adds: hidden columns, and the companion table of rejected rows. */
public final class SourceTables {
  /** Ending of the table that holds the rows set aside by {@code on_bad_row: reject}. */
  public static final String REJECTED = "__rejected";

  /** Columns that every ingested row keeps and that readers do not see. */
  public static final List<Column> HIDDEN =
      List.of(
          Column.of("_file", "VARCHAR"), Column.of("_row", "BIGINT"), Column.of("_run", "VARCHAR"));

  private SourceTables() {}

  /** Whether a column is one of {@link #HIDDEN}. */
  public static boolean isHidden(String column) {
    return HIDDEN.stream().anyMatch(c -> c.name().equals(column));
  }

  /** The companion of a table. */
  public static TableName rejected(TableName table) {
    return new TableName(table.schema(), table.table() + REJECTED);
  }
}
