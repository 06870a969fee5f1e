package dev.towpath.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.Db;
import dev.towpath.source.Tables;
import dev.towpath.source.TestEngine;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader.Probe;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.testing.BrokenWire;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong outside, and values that do not fit. */
@Tag("integration")
class PostgresFaultsTest {
  private static final String MANY =
      "CREATE TABLE things AS SELECT i AS id, repeat('x', 200) AS t FROM generate_series(1, 300000) AS s(i)";

  @TempDir Path project;

  private final Db db =
      new Db(PostgresServer.shared(), new PostgresSource(), "postgres", "postgres");

  @BeforeEach
  void empty() {
    db.sql("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public");
  }

  private Tables table() {
    return db.table(project);
  }

  @Test
  void aKilledServerEndsTheReadingAndTheNextOneIsWhole() {
    try (PostgresServer server = PostgresServer.create()) {
      Db own = new Db(server, db.reader(), "postgres", "postgres");
      own.sql(MANY);
      SourceTable table = own.table(project).table();
      AtomicInteger rows = new AtomicInteger();
      try (Shared shared = new Shared()) {
        Reading reading = own.read(table, Optional.empty(), shared);
        assertThatThrownBy(() ->
                ((Extract.Csv) reading.extract())
                    .parts()
                    .getFirst()
                    .write((line, length) -> {
                      if (rows.incrementAndGet() == 1000) {
                        server.kill();
                      }
                    }))
            .hasMessageContaining(
                "PostgreSQL at 127.0.0.1:" + server.port() + "/postgres: the connection was lost")
            .hasMessageContaining("hint: run again");
        reading.close();
      }
      assertThatThrownBy(() -> own.contact(table)).hasMessageContaining("there is no connection");
      server.start();
      assertThat(own.rows(table)).hasSize(300_000);
    }
  }

  @Test
  void theOtherHostIsReadOnceTheFirstIsGone() {
    try (PostgresServer first = PostgresServer.create();
        PostgresServer other = PostgresServer.create()) {
      Db one = new Db(first, db.reader(), "postgres", "postgres");
      one.sql(MANY);
      new Db(other, db.reader(), "postgres", "postgres").sql(MANY);
      SourceTable table =
          one.table(project)
              .sourceKey(
                  "url",
                  "postgres://postgres@127.0.0.1:%d,127.0.0.1:%d/postgres?targetServerType=primary"
                      .formatted(first.port(), other.port()))
              .table();
      AtomicInteger rows = new AtomicInteger();
      try (Shared shared = new Shared()) {
        Reading reading = one.read(table, Optional.empty(), shared);
        assertThatThrownBy(() ->
                ((Extract.Csv) reading.extract())
                    .parts()
                    .getFirst()
                    .write((line, length) -> {
                      if (rows.incrementAndGet() == 1000) {
                        first.kill();
                      }
                    }))
            .hasMessageContaining("the connection was lost"); // never half of one and half of other
        reading.close();
      }
      assertThat(one.rows(table)).hasSize(300_000);
    }
  }

  @Test
  void aTableHasItsOwnTimeLimit() {
    db.sql(
        "CREATE TABLE things (id int)",
        "INSERT INTO things VALUES (1)",
        "CREATE VIEW slow AS SELECT id, pg_sleep(1)::text AS t FROM things");
    SourceTable patient = table().table();
    SourceTable hasty =
        table()
            .key("table", "slow")
            .key("statement_timeout", "100ms")
            .declaring("id", "int", "t", "varchar")
            .table();
    try (Shared shared = new Shared()) {
      try (Reading reading = db.read(patient, Optional.empty(), shared)) {
        assertThat(TestEngine.bag(reading)).containsExactly("[1]");
      }
      try (Reading reading = db.read(hasty, Optional.empty(), shared)) {
        assertThatThrownBy(() -> TestEngine.bag(reading)).hasMessageContaining("statement_timeout");
      }
    }
  }

  @Test
  void aCursorOfUuidsIsFollowed() {
    db.sql(
        "CREATE TABLE things (id int, u uuid)",
        "INSERT INTO things VALUES (1, '00000000-0000-7000-8000-000000000001'),"
            + " (2, '00000000-0000-7000-8000-000000000002')");
    SourceTable table = table().incremental("u", "id").table();
    var first = db.batch(table, Optional.empty());
    db.sql("INSERT INTO things VALUES (3, '00000000-0000-7000-8000-000000000003')");
    assertThat(db.batch(table, Optional.of(first.state())).rows()).hasSize(2);
  }

  @Test
  void aResetConnectionEndsTheWrite() {
    db.sql(MANY);
    try (BrokenWire wire = new BrokenWire(db.server().port(), 5_000_000)) {
      SourceTable table = table().sourceKey("url", db.url(wire.port())).table();
      assertThatThrownBy(() -> db.rows(table)).hasMessageContaining("the connection was lost");
    }
  }

  @Test
  void passwordsAreNeverTold() {
    SourceTable table =
        table()
            .sourceKey(
                "url",
                "postgres://postgres:s3cr3t-in-url@127.0.0.1:%d/postgres"
                    .formatted(db.server().port()))
            .sourceKey("password", "wr0ng-s3cr3t")
            .table();
    assertThatThrownBy(() -> db.contact(table))
        .hasMessageContaining("the server refuses the login: password authentication failed")
        .hasMessageNotContaining("s3cr3t");
    assertThatThrownBy(() ->
            db.contact(
                table()
                    .sourceKey(
                        "url",
                        "jdbc:postgresql://127.0.0.1:%d/nowhere?user=postgres"
                            .formatted(db.server().port()))
                    .table()))
        .hasMessageContaining("database \"nowhere\" does not exist");
  }

  @Test
  void oneTableThatMayNotBeReadLeavesTheOthers() {
    db.sql(
        "CREATE TABLE secrets (id int)",
        "CREATE TABLE things (id int)",
        "INSERT INTO things VALUES (1)",
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN PASSWORD '" + DatabaseServer.PASSWORD + "'",
        "GRANT USAGE ON SCHEMA public TO reader",
        "GRANT SELECT ON things TO reader");
    Db reader = new Db(db.server(), db.reader(), "postgres", "reader");
    SourceTable secrets =
        reader.table(project).key("table", "secrets").declaring("id", "int").table();
    SourceTable things = reader.table(project).declaring("id", "int").table();
    try (Shared shared = new Shared()) {
      assertThatThrownBy(() -> reader.read(secrets, Optional.empty(), shared))
          .hasMessageContaining("permission denied for table secrets")
          .hasMessageContaining("GRANT SELECT");
      try (Reading reading = reader.read(things, Optional.empty(), shared)) {
        assertThat(TestEngine.bag(reading)).containsExactly("[1]");
      }
    }
    db.sql("DROP OWNED BY reader", "DROP ROLE reader");
  }

  @Test
  void anInterruptEndsAReadingThatWaits() throws Exception {
    SourceTable table =
        table()
            .key("query", "SELECT 1 AS id, CAST(pg_sleep(600) AS text) AS t")
            .declaring("id", "int", "t", "varchar")
            .table();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                db.rows(table);
              } catch (RuntimeException e) {
                failure.set(e);
              }
            });
    while (thread.isAlive() && !running("pg_sleep")) {
      Thread.sleep(20);
    }
    thread.interrupt();
    thread.join(30_000);
    assertThat(failure.get()).isInstanceOf(CancelledException.class);
  }

  private boolean running(String text) throws Exception {
    try (var connection = db.server().connect("postgres");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%" + text + "%'")) {
      return rows.next() && rows.getInt(1) > 0;
    }
  }

  @Test
  void aStatementTakesNoLongerThanItMay() {
    SourceTable table =
        table()
            .sourceKey("statement_timeout", "200ms")
            .key("query", "SELECT 1 AS id, CAST(pg_sleep(600) AS text) AS t")
            .table();
    assertThatThrownBy(() -> db.rows(table))
        .hasMessageContaining("the statement was cancelled")
        .hasMessageContaining("statement_timeout");
  }

  @Test
  void aLargeRowIsReadOrTheEngineSaysThatItNeedsMemory() {
    db.sql("CREATE TABLE things AS SELECT 1 AS id, repeat('ab\"', 8000000) AS t");
    try (Shared shared = new Shared();
        Reading reading = db.read(table().table(), Optional.empty(), shared)) {
      assertThat(TestEngine.write(reading.extract(), reading.schema()).files())
          .hasSize(1)
          .allMatch(file -> file.rows() == 1);
    }
    db.sql("UPDATE things SET t = repeat('ab\"', 33000000)"); // a hundred, with 256 for the engine
    assertThatThrownBy(() -> db.rows(table().table()))
        .hasMessageContaining("the engine ran out of memory");
  }

  @Test
  void aRowThatIsTooLargeIsTold() {
    db.sql("CREATE TABLE things AS SELECT repeat('x', 280000000) AS t");
    assertThatThrownBy(() -> db.rows(table().table()))
        .hasMessageMatching("(?s).*(a row has 267 MB|a row is too large).*");
  }

  @Test
  void infiniteDatesFailUnlessTheyAreToBeNull() {
    db.sql(
        "CREATE TABLE things (id int, d date, t timestamptz)",
        "INSERT INTO things VALUES (1, 'infinity', '-infinity')");
    assertThatThrownBy(() -> db.rows(table().table()))
        .hasMessageContaining("column \"d\": \"infinity\" does not fit DATE");
    assertThat(db.rows(table().key("on_bad_date", "null").table()))
        .containsExactly("[1, null, null]");
    assertThatThrownBy(() -> db.rows(table().incremental("d", "id").table()))
        .hasMessageContaining("the \"cursor\" \"d\" is infinity in some row");
  }

  @Test
  void aCursorThatNothingCanFollowIsRefused() {
    for (String last : List.of("NaN", "Infinity")) {
      db.sql(
          "DROP TABLE IF EXISTS things",
          "CREATE TABLE things (id int, d float8)",
          "INSERT INTO things VALUES (1, 1.5), (2, '" + last + "')");
      assertThatThrownBy(() -> db.rows(table().incremental("d", "id").table()))
          .hasMessageContaining(
              "the \"cursor\" \"d\" is " + (last.equals("NaN") ? last : "infinity"));
    }
    db.sql(
        "DROP TABLE things",
        "CREATE TABLE things (id int, d text)",
        "INSERT INTO things VALUES (1, 'a'), (2, 'infinity')");
    assertThat(db.rows(table().incremental("d", "id").table())).hasSize(2);
  }

  @Test
  void numbersAreNeverRounded() {
    db.sql(
        "CREATE TABLE things (n numeric, a numeric[])",
        "INSERT INTO things VALUES (1.1234567890, NULL)");
    assertThat(db.rows(table().table())).containsExactly("[1.123456789, null]");
    db.sql("UPDATE things SET n = 1.12345678901");
    assertThatThrownBy(() -> db.rows(table().table()))
        .hasMessageContaining("column \"n\": \"1.12345678901\" does not fit DECIMAL(38,9)");
    db.sql("UPDATE things SET n = 'NaN'");
    assertThatThrownBy(() -> db.rows(table().table()))
        .hasMessageContaining("\"NaN\" does not fit DECIMAL(38,9)");
    assertThat(db.rows(table().declaring("n", "double", "a", "decimal(5,2)[]").table()))
        .containsExactly("[NaN, null]");
    db.sql("UPDATE things SET n = 1, a = '{1.23, 1.234}'");
    assertThatThrownBy(() -> db.rows(table().declaring("n", "int", "a", "decimal(5,2)[]").table()))
        .hasMessageContaining("column \"a\"");
    db.sql("UPDATE things SET a = '{{1},{2}}'");
    assertThatThrownBy(() -> db.rows(table().table())).hasMessageContaining("column \"a\"");
  }

  @Test
  void onlyWhatIsCertainIsCalledUnchanged() {
    db.sql(
        "CREATE TABLE things (id int)",
        "CREATE TABLE others (id int)",
        "CREATE VIEW v AS SELECT now() AS t");
    SourceTable table = table().table();
    Optional<SourceState> state = Optional.of(db.batch(table, Optional.empty()).state());
    assertThat(db.reader().probe(table, state)).isEqualTo(new Probe.Unchanged());
    SourceTable view = table().key("table", "v").table();
    Optional<SourceState> seen = Optional.of(db.batch(view, Optional.empty()).state());
    assertThat(db.reader().probe(view, seen)).isEqualTo(new Probe.Unknown());
    db.sql("INSERT INTO others VALUES (1)");
    assertThat(db.reader().probe(table, state)).isEqualTo(new Probe.Unknown());
  }

  @Test
  void tablesOfOtherSchemasAndOddNames() {
    db.sql(
        "DROP SCHEMA IF EXISTS sales CASCADE",
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.\"Odd \"\"Name\" (\"a b\" int, \"select\" text)",
        "INSERT INTO sales.\"Odd \"\"Name\" VALUES (1, 'x')");
    assertThat(db.rows(table().key("table", "sales.odd \"name").table())).containsExactly("[1, x]");
    assertThatThrownBy(() -> db.contact(table().key("table", "Odd \"Name").table()))
        .hasMessageContaining("did you mean table: sales.Odd \"Name?");
  }
}
