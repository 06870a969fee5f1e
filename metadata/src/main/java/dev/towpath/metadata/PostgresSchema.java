package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * The store's tables in PostgreSQL. They come of the same {@link Migrations} as SQLite's, under the
 * same numbers, with the types put into PostgreSQL's words; table {@code towpath_version} counts
 * the steps taken, table {@code node} tells who is alive, and table {@code writer} which
 * transaction each process last committed.
 */
final class PostgresSchema {
  private static final int OLDEST_SERVER = 15;

  /** What only PostgreSQL has; {@code rowid} is what SQLite's tables have by themselves. */
  private static final String OWN =
      """
      ALTER TABLE check_result ADD COLUMN rowid BIGINT GENERATED ALWAYS AS IDENTITY;
      CREATE TABLE node (
        incarnation TEXT PRIMARY KEY, name TEXT NOT NULL, host TEXT NOT NULL, pid BIGINT NOT NULL,
        started TIMESTAMPTZ NOT NULL, expires TIMESTAMPTZ NOT NULL
      );
      CREATE TABLE writer (
        session TEXT PRIMARY KEY, number BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL
      ) WITH (fillfactor = 50);
      """;

  private final PostgresAddress address;
  private final List<String> steps;

  PostgresSchema(PostgresAddress address, List<String> steps) {
    this.address = address;
    this.steps = steps;
  }

  /** Whether somebody has made the store's tables. */
  boolean exists(Link link) throws SQLException {
    return Sql.number(
            link,
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = ? AND tablename = 'towpath_version'",
            address.schema())
        > 0;
  }

  /** Number of the lock that every writing transaction takes. */
  long lock() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(("towpath " + address.schema()).getBytes(StandardCharsets.UTF_8));
      return java.nio.ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Makes the tables or brings them up to date, if they are not. */
  void migrate(Link link) throws SQLException {
    requireServer(link);
    if (exists(link) && version(link) == steps.size()) {
      return;
    }
    link.run("BEGIN");
    link.run("SELECT pg_advisory_xact_lock(" + lock() + ")");
    boolean made = exists(link); // another process may have taken the steps while this one waited
    if (!made) {
      make(link);
    }
    for (int step = version(link); step < steps.size(); step++) {
      SqliteDatabase.script(link, translated(steps.get(step)));
      if (step == 0) {
        SqliteDatabase.script(link, translated(OWN));
        Sql.update(link, "INSERT INTO store VALUES (?)", UUID.randomUUID().toString());
      }
      Sql.update(link, "UPDATE towpath_version SET number = ?", step + 1);
    }
    link.run("COMMIT");
  }

  private void requireServer(Link link) throws SQLException {
    long version =
        Sql.number(link, "SELECT CAST(current_setting('server_version_num') AS BIGINT)") / 10_000;
    if (version < OLDEST_SERVER) {
      throw new TowpathException(
          address.name() + " runs on PostgreSQL " + version,
          "PostgreSQL " + OLDEST_SERVER + " or newer is needed");
    }
  }

  private void make(Link link) throws SQLException {
    String schema = address.schema();
    if (Sql.number(link, "SELECT COUNT(*) FROM pg_namespace WHERE nspname = ?", schema) == 0) {
      link.run("CREATE SCHEMA \"" + schema + "\"");
    }
    if (Sql.number(
            link,
            "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
            schema)
        > 0) {
      throw new TowpathException(
          "the schema \"" + schema + "\" of " + address.name() + " holds tables of others",
          "name another one in metadata:, such as postgres://.../"
              + address.database()
              + "?schema=towpath");
    }
    link.run("CREATE TABLE towpath_version (number BIGINT NOT NULL)");
    link.run("INSERT INTO towpath_version VALUES (0)");
  }

  /** Number of the steps taken; throws when these are more than this program knows. */
  private int version(Link link) throws SQLException {
    int version = (int) Sql.number(link, "SELECT number FROM towpath_version");
    if (version > steps.size()) {
      throw newer(version);
    }
    return version;
  }

  /** The exception for a store that a newer program has brought up to date. */
  TowpathException newer(long version) {
    return new TowpathException(
        address.name()
            + " has version "
            + version
            + ", and this towpath knows versions up to "
            + steps.size(),
        "use the towpath that wrote it, or a newer one");
  }

  /** Number of the steps that this program knows. */
  int known() {
    return steps.size();
  }

  /** Texts sort by their bytes, as SQLite's do; a state's record can be looked into. */
  private static String translated(String step) {
    return step.replaceAll(
            "\\bINTEGER PRIMARY KEY( AUTOINCREMENT)?",
            "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY")
        .replaceAll("\\bINTEGER\\b", "BIGINT")
        .replaceAll("\\bBLOB\\b", "BYTEA")
        .replaceAll("\\brecord TEXT\\b", "record JSON")
        .replaceAll("\\bTEXT\\b", "TEXT COLLATE \"C\"")
        .replaceAll("\\)\\s*WITHOUT ROWID", ")");
  }
}
