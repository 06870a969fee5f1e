package dev.towpath.source.mysql;

import dev.towpath.source.jdbc.DatabaseSource;

/** Tables, views and queries of a MariaDB or MySQL database. */
public final class MysqlSource extends DatabaseSource {
  /** A reader. */
  public MysqlSource() {
    super(new MysqlDialect());
  }
}
