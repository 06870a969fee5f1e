package dev.towpath.source.postgres;

import dev.towpath.source.CursorContract;
import dev.towpath.source.Db;
import dev.towpath.testing.PostgresServer;
import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresCursorTest extends CursorContract {
  private final Db db =
      new Db(PostgresServer.shared(), new PostgresSource(), "postgres", "postgres");

  @Override
  protected Db db() {
    return db;
  }

  @Override
  protected boolean dividesQueries() {
    return true;
  }

  @Override
  protected void empty() {
    db.sql("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public");
  }
}
