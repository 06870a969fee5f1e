package dev.towpath.source.postgres;

import dev.towpath.source.jdbc.DatabaseSource;

/** Tables, views and queries of a PostgreSQL database. */
public final class PostgresSource extends DatabaseSource {
  /** A reader. */
  public PostgresSource() {
    super(new PostgresDialect());
  }
}
