package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.cli.Towpath;
import dev.towpath.testing.BrokenWire;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.MariaDbServer;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The database that a run reads is lost, refuses or changes. The run says so at the table's place,
 * publishes nothing and moves no cursor; the next one is right.
 */
@Tag("integration")
class SourceFaultTest {
  private static final Map<Kind, DatabaseServer> SERVERS = new EnumMap<>(Kind.class);

  /** A kind of server, with what differs in its SQL. */
  enum Kind {
    POSTGRES(
        "postgres",
        "generate_series(1, 300000) AS s(i)",
        "i",
        "FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%wide%'"),
    MYSQL(
        "mysql",
        "seq_1_to_300000",
        "seq",
        "FROM information_schema.processlist WHERE info LIKE '%wide%' AND id <> connection_id()");

    private final String first;
    private final String many;
    private final String number;
    private final String reading;

    Kind(String first, String many, String number, String reading) {
      this.first = first;
      this.many = many;
      this.number = number;
      this.reading = reading;
    }

    DatabaseServer server() {
      return SERVERS.computeIfAbsent(
          this,
          kind -> {
            DatabaseServer server =
                switch (kind) {
                  case POSTGRES -> PostgresServer.create();
                  case MYSQL -> MariaDbServer.create();
                };
            server.sql(kind.first, "CREATE DATABASE shop");
            return server;
          });
    }

    void sql(String... statements) {
      server().sql("shop", statements);
    }

    /** A table of 60 MB. */
    String wide() {
      return "CREATE TABLE wide AS SELECT " + number + " AS id, repeat('x', 200) AS t FROM " + many;
    }

    /** What gives a user rights to two tables and not to the third. */
    void reader() {
      String on = this == MYSQL ? "@'127.0.0.1'" : "";
      String password = DatabaseServer.PASSWORD;
      sql(
          this == MYSQL
              ? "CREATE USER reader" + on + " IDENTIFIED BY '" + password + "'"
              : "CREATE ROLE reader LOGIN PASSWORD '" + password + "'",
          "GRANT SELECT ON orders TO reader" + on,
          "GRANT SELECT ON wide TO reader" + on);
    }

    /** A row beyond 256 MB, of as many columns as it takes. */
    static String large(int length) {
      return "CREATE OR REPLACE VIEW large AS SELECT 1 AS id, "
          + IntStream.range(0, 18)
              .mapToObj(i -> "repeat('x', " + length + ") AS c" + i)
              .collect(Collectors.joining(", "));
    }
  }

  @TempDir private Path folder;
  private Towpath towpath;

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(DatabaseServer::close);
  }

  private void source(Kind kind, String user, int port) throws IOException {
    towpath.write(
        "sources/shop.yml",
        """
        type: %s
        url: %1$s://%s@127.0.0.1:%d/shop
        password: ${PW}
        tables:
          orders: {mode: incremental, cursor: at, key: id}
          wide: {}
          large: {}
        """
            .formatted(kind.name().toLowerCase(Locale.ROOT), user, port));
  }

  private String orders() {
    String sql = "SELECT id FROM shop.orders ORDER BY id";
    return towpath.run("query", sql, "--format", "csv").good().out().replaceAll("\\s+", " ");
  }

  /** A run that fails at a line of the source, and leaves what was. */
  private void fails(Towpath.Result run, int line, String... words) {
    assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(1);
    assertThat(run.err())
        .contains("sources/shop.yml:" + line + ":3: ", "hint: ")
        .contains(words)
        .doesNotContain(DatabaseServer.PASSWORD, "Exception");
    assertThat(orders()).isEqualTo("id 1 2 ");
    assertThat(towpath.run("releases", "--json").good().out()).doesNotContain("\"release\":2");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aRunThatFailsMovesNothing(Kind kind) throws Exception {
    DatabaseServer server = kind.server();
    kind.sql(
        "CREATE TABLE orders (id int PRIMARY KEY, at timestamp NULL)",
        "INSERT INTO orders VALUES (1, '2024-01-01'), (2, '2024-01-02')",
        kind.wide(),
        Kind.large(1));
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: shop\n");
    towpath.write(".env", "PW=" + DatabaseServer.PASSWORD + "\n");
    source(kind, server.user(), server.port());
    towpath.run("run").good();
    kind.sql("INSERT INTO orders VALUES (9, '2024-01-09')"); // each run below reads it

    CompletableFuture<Towpath.Result> running =
        CompletableFuture.supplyAsync(() -> towpath.run("run"));
    untilWideIsRead(kind, running);
    server.kill();
    fails(running.get(), 6, "the connection was lost", "run again", "nothing was published");
    fails(towpath.run("run"), 6, "there is no connection");
    server.start();
    kind.sql("DELETE FROM orders WHERE id = 9", "INSERT INTO orders VALUES (9, '2024-01-09')");

    kind.sql("ALTER TABLE wide ADD COLUMN more int");
    fails(towpath.run("run"), 6, "has a new column \"more\"", "on_new_column: add");
    kind.sql("ALTER TABLE wide DROP COLUMN more, DROP COLUMN t");
    fails(towpath.run("run"), 6, "has no column \"t\"", "on_missing_column: fill");
    kind.sql("DROP TABLE wide", kind.wide());

    kind.sql(Kind.large(16_000_000));
    fails(towpath.run("run"), 7, "a row ");
    kind.sql(Kind.large(1));

    try (BrokenWire wire = new BrokenWire(server.port(), 5_000_000)) {
      source(kind, server.user(), wire.port());
      fails(towpath.run("run"), 6, "the connection was lost");
    }

    kind.reader();
    source(kind, "reader", server.port());
    fails(towpath.run("run"), 7, kind == Kind.MYSQL ? "no table \"large\"" : "permission denied");
    source(kind, server.user(), server.port());

    kind.sql("INSERT INTO orders VALUES (5, '2024-01-05')"); // before what the failed runs saw
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id 1 2 5 9 ");
    kind.sql("DROP TABLE orders, wide");
  }

  private static void untilWideIsRead(Kind kind, CompletableFuture<Towpath.Result> running)
      throws SQLException {
    try (Connection connection = kind.server().connect("shop");
        Statement statement = connection.createStatement()) {
      boolean reading = false;
      while (!reading) {
        assertThat(running).as("the run is over before it was seen to read").isNotDone();
        try (ResultSet row = statement.executeQuery("SELECT count(*) " + kind.reading)) {
          reading = row.next() && row.getInt(1) > 0;
        }
      }
    }
  }

  /** What is read by a cursor gets a column, and loses one, between its runs. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void columnsComeAndGoUnderACursor(Kind kind) throws Exception {
    kind.sql(
        "CREATE TABLE notes (id int PRIMARY KEY, at timestamp NULL, t varchar(9))",
        "INSERT INTO notes VALUES (1, '2024-01-01', 'a'), (2, '2024-01-02', 'b')");
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: shop\n");
    towpath.write(".env", "PW=" + DatabaseServer.PASSWORD + "\n");
    notes(kind, "");
    towpath.run("run").good();

    kind.sql(
        "ALTER TABLE notes ADD COLUMN more int",
        "INSERT INTO notes VALUES (3, '2024-01-03', 'c', 30)");
    Towpath.Result refused = towpath.run("run");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .contains("sources/shop.yml:5:3: ", "has a new column \"more\"", "on_new_column: add");
    notes(kind, ", on_new_column: ignore");
    towpath.run("run").good();
    assertThat(notes("* EXCLUDE (\"at\")")).isEqualTo("id,t 1,a 2,b 3,c ");
    notes(kind, ", on_new_column: add, on_missing_column: fill");
    towpath.run("run").good();
    assertThat(notes()).isEqualTo("id,t,more 1,a, 2,b, 3,c,30 ");

    kind.sql("ALTER TABLE notes DROP COLUMN t", "INSERT INTO notes VALUES (4, '2024-01-04', 40)");
    towpath.run("run").good(); // the third comes again, for its cursor was the last
    assertThat(notes()).isEqualTo("id,t,more 1,a, 2,b, 3,,30 4,,40 ");
    kind.sql("DROP TABLE notes");
  }

  private void notes(Kind kind, String keys) throws IOException {
    towpath.write(
        "sources/shop.yml",
        """
        type: %s
        url: %1$s://%s@127.0.0.1:%d/shop
        password: ${PW}
        tables:
          notes: {mode: incremental, cursor: at, key: id%s}
        """
            .formatted(
                kind.name().toLowerCase(Locale.ROOT),
                kind.server().user(),
                kind.server().port(),
                keys));
  }

  private String notes() {
    return notes("id, t, more");
  }

  private String notes(String columns) {
    String sql = "SELECT " + columns + " FROM shop.notes ORDER BY id";
    return towpath.run("query", sql, "--format", "csv").good().out().replaceAll("\\s+", " ");
  }

  /**
   * Somebody changes two tables together, over and over: a run never sees one without the other.
   */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void allTablesOfARunAreOfOneMoment(Kind kind) throws Exception {
    kind.sql("CREATE TABLE a AS SELECT 0 AS n", "CREATE TABLE b AS SELECT 0 AS n");
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: shop\n");
    towpath.write(".env", "PW=" + DatabaseServer.PASSWORD + "\n");
    towpath.write(
        "sources/shop.yml",
        "type: %s\nurl: %1$s://%s@127.0.0.1:%d/shop\npassword: ${PW}\ntables: {a: {}, b: {}}\n"
            .formatted(
                kind.name().toLowerCase(Locale.ROOT), kind.server().user(), kind.server().port()));
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Integer> writer =
        CompletableFuture.supplyAsync(() -> {
          int written = 0;
          for (; !stop.get(); written++) {
            kind.sql("BEGIN", "UPDATE a SET n = n + 1", "UPDATE b SET n = n + 1", "COMMIT");
          }
          return written;
        });
    try {
      for (int i = 0; i < 3; i++) {
        towpath.run("run").good();
        String sql = "SELECT a.n - b.n AS apart FROM shop.a, shop.b";
        assertThat(towpath.run("query", sql, "--format", "csv").good().out().replace("\r", ""))
            .isEqualTo("apart\n0\n");
      }
    } finally {
      stop.set(true);
    }
    assertThat(writer.get()).isGreaterThan(10);
  }
}
