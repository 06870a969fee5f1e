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

  @Override
  protected void moments() {
    db.sql(
        "CREATE TABLE moments (id int, at timestamptz)",
        "INSERT INTO moments VALUES (1, '2024-01-31 10:00:00+00')");
  }

  /** A driver tells the machine's zone when it connects, whatever the role's is. */
  @Override
  protected void india(boolean there) {
    db.sql("ALTER ROLE postgres " + (there ? "SET timezone = 'Asia/Kolkata'" : "RESET timezone"));
  }
}
