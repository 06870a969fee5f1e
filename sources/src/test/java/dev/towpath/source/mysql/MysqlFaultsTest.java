package dev.towpath.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.Db;
import dev.towpath.source.Tables;
import dev.towpath.source.TestEngine;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceTable;
import dev.towpath.testing.BrokenWire;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.MariaDbServer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong outside. */
@Tag("integration")
class MysqlFaultsTest {
  private static final String MANY =
      "CREATE TABLE things AS SELECT seq AS id, repeat('x', 200) AS t FROM seq_1_to_300000";

  @TempDir Path project;

  private final Db db = new Db(MariaDbServer.shared(), new MysqlSource(), "shop", "admin");

  @BeforeEach
  void empty() {
    db.server().sql("mysql", "DROP DATABASE IF EXISTS shop", "CREATE DATABASE shop");
  }

  private Tables table() {
    return db.table(project);
  }

  @Test
  void aKilledServerEndsTheReadingAndTheNextOneIsWhole() {
    try (MariaDbServer server = MariaDbServer.create()) {
      server.sql("mysql", "CREATE DATABASE shop");
      Db own = new Db(server, db.reader(), "shop", "admin");
      own.sql(MANY);
      SourceTable table = own.table(project).table();
      AtomicInteger rows = new AtomicInteger();
      Shared shared = new Shared();
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
          .hasMessageContaining("the connection was lost")
          .hasMessageContaining("hint: run again");
      reading.close();
      shared.close();
      assertThatThrownBy(() -> own.contact(table)).hasMessageContaining("there is no connection");
      server.start();
      assertThat(own.rows(table)).hasSize(300_000);
    }
  }

  @Test
  void theOtherHostIsReadOnceTheFirstIsGone() {
    try (MariaDbServer first = MariaDbServer.create();
        MariaDbServer other = MariaDbServer.create()) {
      Db one = new Db(first, db.reader(), "shop", "admin");
      for (MariaDbServer server : new MariaDbServer[] {first, other}) {
        server.sql("mysql", "CREATE DATABASE shop");
        server.sql("shop", MANY);
      }
      SourceTable table =
          one.table(project)
              .sourceKey(
                  "url",
                  "mysql://admin@127.0.0.1:%d,127.0.0.1:%d/shop"
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
  void aTableHasItsOwnTimeLimitAndItsOwnFailure() {
    db.sql("CREATE TABLE things (id int)", "INSERT INTO things VALUES (1)");
    SourceTable patient = table().table();
    SourceTable hasty =
        table()
            .key("query", "SELECT id, SLEEP(3) AS t FROM things")
            .key("statement_timeout", "200ms")
            .declaring("id", "int", "t", "varchar")
            .table();
    try (Shared shared = new Shared()) {
      try (Reading reading = db.read(patient, Optional.empty(), shared)) {
        assertThat(TestEngine.bag(reading)).containsExactly("[1]");
      }
      Reading slow = db.read(hasty, Optional.empty(), shared);
      Reading later = db.read(patient, Optional.empty(), shared);
      assertThatThrownBy(() -> TestEngine.bag(slow)).hasMessageContaining("statement_timeout");
      assertThatThrownBy(() -> TestEngine.bag(later))
          .hasMessageContaining("reading another table failed")
          .hasMessageNotContaining("connection was lost");
      slow.close();
      later.close();
    }
  }

  @Test
  void aRowThatIsTooLargeIsTold() {
    String values =
        IntStream.range(0, 18)
            .mapToObj(i -> "repeat('x', 16000000) AS c" + i)
            .collect(Collectors.joining(", "));
    assertThatThrownBy(() -> db.rows(table().key("query", "SELECT " + values).table()))
        .hasMessageContaining("a row is too large");
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
    SourceTable table = table().sourceKey("password", "wr0ng-s3cr3t").table();
    assertThatThrownBy(() -> db.contact(table))
        .hasMessageContaining("the server refuses the login: access denied for user 'admin'")
        .hasMessageNotContaining("s3cr3t");
    String url = db.url(db.server().port()).replace("/shop", "/nowhere");
    assertThatThrownBy(() -> db.contact(table().sourceKey("url", url).table()))
        .hasMessageContaining("unknown database 'nowhere'");
  }

  @Test
  void rightsThatAreMissingAreTold() {
    db.sql(
        "CREATE TABLE secrets (id int PRIMARY KEY)",
        "CREATE TABLE things (id int PRIMARY KEY)",
        "INSERT INTO things VALUES (1), (2)",
        "CREATE OR REPLACE USER reader@'127.0.0.1' IDENTIFIED BY '" + DatabaseServer.PASSWORD + "'",
        "GRANT SELECT ON shop.things TO reader@'127.0.0.1'");
    Db reader = new Db(db.server(), db.reader(), "shop", "reader");
    SourceTable secrets =
        reader.table(project).key("table", "secrets").declaring("id", "int").table();
    SourceTable things = reader.table(project).declaring("id", "int").table();
    SourceTable parallel = reader.table(project).declaring("id", "int").key("parallel", 2).table();
    try (Shared shared = new Shared()) {
      // A table without any right is one that the user does not see.
      assertThatThrownBy(() -> reader.read(secrets, Optional.empty(), shared))
          .hasMessageContaining("there is no table \"secrets\"");
      assertThatThrownBy(() -> reader.read(parallel, Optional.empty(), shared))
          .hasMessageContaining("LOCK TABLES")
          .hasMessageContaining("or remove \"parallel\"");
      try (Reading reading = reader.read(things, Optional.empty(), shared)) {
        assertThat(TestEngine.bag(reading)).containsExactly("[1]", "[2]");
      }
    }
  }

  @Test
  void anInterruptEndsAReadingThatWaits() throws Exception {
    SourceTable table =
        table()
            .key("query", "SELECT 1 AS id, SLEEP(600) AS t FROM information_schema.tables LIMIT 3")
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
    while (thread.isAlive() && !running()) {
      Thread.sleep(20);
    }
    thread.interrupt();
    thread.join(30_000);
    assertThat(failure.get()).isInstanceOf(CancelledException.class);
  }

  private boolean running() throws Exception {
    try (var connection = db.server().connect("mysql");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*) FROM information_schema.processlist WHERE state = 'User sleep'")) {
      return rows.next() && rows.getInt(1) > 0;
    }
  }

  @Test
  void aStatementTakesNoLongerThanItMay() {
    SourceTable table =
        table()
            .sourceKey("statement_timeout", "300ms")
            .key(
                "query",
                "SELECT count(*) AS n FROM seq_1_to_99999 a, seq_1_to_99999 b WHERE a.seq < b.seq")
            .table();
    assertThatThrownBy(() -> db.rows(table))
        .hasMessageContaining("the statement was cancelled")
        .hasMessageContaining("statement_timeout");
  }
}
