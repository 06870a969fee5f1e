package dev.towpath.source.mysql;

import dev.towpath.source.CursorContract;
import dev.towpath.source.Db;
import dev.towpath.testing.MariaDbServer;
import org.junit.jupiter.api.Tag;

@Tag("integration")
class MysqlCursorTest extends CursorContract {
  private final Db db = new Db(MariaDbServer.shared(), new MysqlSource(), "shop", "admin");

  @Override
  protected Db db() {
    return db;
  }

  @Override
  protected boolean dividesQueries() {
    return false;
  }

  @Override
  protected void empty() {
    db.server().sql("mysql", "DROP DATABASE IF EXISTS shop", "CREATE DATABASE shop");
  }

  @Override
  protected void moments() {
    db.sql(
        "CREATE TABLE moments (id int, at timestamp)",
        "SET time_zone = '+00:00'",
        "INSERT INTO moments VALUES (1, '2024-01-31 10:00:00')");
  }

  @Override
  protected void india(boolean there) {
    db.sql("SET GLOBAL time_zone = " + (there ? "'+05:30'" : "DEFAULT"));
  }
}
