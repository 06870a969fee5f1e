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
}
