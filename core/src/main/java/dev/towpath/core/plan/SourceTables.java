package dev.towpath.core.plan;

import dev.towpath.spi.TableName;

/** The name that ingestion adds: the companion table of rejected rows. */
public final class SourceTables {
  /** Ending of the table that holds the rows set aside by {@code on_bad_row: reject}. */
  public static final String REJECTED = "__rejected";

  private SourceTables() {}

  /** The companion of a table. */
  public static TableName rejected(TableName table) {
    return new TableName(table.schema(), table.table() + REJECTED);
  }
}
