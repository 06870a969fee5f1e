package dev.towpath.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.SourceContract;
import dev.towpath.source.Tables;
import dev.towpath.source.TestEngine;
import dev.towpath.spi.Extract;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Probe;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SqliteSourceTest extends SourceContract {
  private static final String DB = "data/reference.sqlite";
  private static final Probe ROWS_CHANGED =
      new Probe.Changed("its rows changed in data/reference.sqlite");

  @Override
  protected SourceReader reader() {
    return new SqliteSource(Duration.ofMillis(300), 1L << 20);
  }

  @Override
  protected SourceTable given() throws Exception {
    if (!Files.exists(project.resolve(DB))) {
      run(
          "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, price DECIMAL(10,2), weight REAL,"
              + " made DATE, seen DATETIME, ok BOOLEAN, raw BLOB)",
          "INSERT INTO things VALUES (1, 'Ünï', 19.99, 0.5, '2013-01-31', '2013-01-31 10:00:00', 1,"
              + " x'00ff'), (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (3, '', -1, 2,"
              + " '0001-01-01', '2013-01-31T10:00:00.123456', 0, x'')");
    }
    return table().table();
  }

  @Override
  protected SourceTable change(SourceTable table) throws Exception {
    run("INSERT INTO things (id, name) VALUES (4, 'new')");
    return table;
  }

  @Override
  protected SourceTable missing() {
    return Tables.of("sqlite", project).sourceKey("path", "data/nowhere.sqlite").table();
  }

  private Tables table() {
    return Tables.of("sqlite", project).sourceKey("path", DB);
  }

  private void run(String... statements) throws Exception {
    Files.createDirectories(project.resolve("data"));
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + project.resolve(DB));
  }

  private Schema contact(SourceTable table) {
    return reader().contact(table, TestEngine::infer);
  }

  private Reading read(SourceTable table) {
    return reader().read(table, Optional.empty(), contact(table), TestEngine::infer, new Shared());
  }

  private List<String> rows(SourceTable table) {
    try (Reading reading = read(table)) {
      return TestEngine.bag(reading);
    }
  }

  private static Optional<SourceState> state(Reading reading) {
    try (reading) {
      TestEngine.bag(reading);
      return Optional.of(reading.finish());
    }
  }

  @Test
  void declaredTypesBecomeOurs() throws Exception {
    assertThat(contact(given()))
        .isEqualTo(
            Schema.of(
                "id",
                "BIGINT",
                "name",
                "VARCHAR",
                "price",
                "DECIMAL(10,2)",
                "weight",
                "DOUBLE",
                "made",
                "DATE",
                "seen",
                "TIMESTAMP",
                "ok",
                "BOOLEAN",
                "raw",
                "BLOB"));
    assertThat(rows(given()))
        .containsExactly(
            "[1, Ünï, 19.99, 0.5, 2013-01-31, 2013-01-31T10:00, true, [0, -1]]",
            "[2, null, null, null, null, null, null, null]",
            "[3, , -1.00, 2.0, 0001-01-01, 2013-01-31T10:00:00.123456, false, []]");
  }

  @Test
  void aColumnWithoutATypeGoesByItsValues() throws Exception {
    run(
        "CREATE TABLE things AS SELECT 1 AS a, 1.5 AS b, 'x' AS c, x'00' AS d, NULL AS e",
        "INSERT INTO things VALUES (2, 2, 'y', x'01', 'z')",
        "CREATE VIEW sums AS SELECT c, count(*) AS n, sum(b) AS total FROM things GROUP BY c");
    assertThat(contact(table().table()))
        .isEqualTo(
            Schema.of("a", "BIGINT", "b", "DOUBLE", "c", "VARCHAR", "d", "BLOB", "e", "VARCHAR"));
    SourceTable view = table().key("table", "sums").table();
    assertThat(contact(view))
        .isEqualTo(Schema.of("c", "VARCHAR", "n", "BIGINT", "total", "DOUBLE"));
    assertThat(rows(view)).containsExactly("[x, 1, 1.5]", "[y, 1, 2.0]");
  }

  @Test
  void aValueThatDoesNotFitIsNamed() throws Exception {
    given();
    run(
        "UPDATE things SET id = 40 WHERE id = 3",
        "UPDATE things SET price = 'cheap' WHERE id = 40");
    assertThatThrownBy(() -> rows(table().table()))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining(
            "\"data/reference.sqlite\", table \"things\", rowid 40: \"cheap\" in column \"price\""
                + " does not fit DECIMAL(10,2)")
        .hasMessageContaining("hint: ");
  }

  @Test
  void aTableWithoutRowidsNamesTheRow() throws Exception {
    run(
        "CREATE TABLE things (k TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID",
        "INSERT INTO things VALUES ('a', 1), ('b', 'two')");
    assertThatThrownBy(() -> rows(table().table()))
        .hasMessageContaining("table \"things\", row 2: \"two\" in column \"n\"");
  }

  @Test
  void declaredColumnsAreReadAsSaid() throws Exception {
    run(
        "CREATE TABLE things (a, b TEXT, c)",
        "INSERT INTO things VALUES (1, '12.50', '2024-02-29'), ('2', '3', NULL)");
    SourceTable table = table().declaring("c", "date", "b", "decimal(6,2)", "a", "hugeint").table();
    assertThat(rows(table)).containsExactly("[2024-02-29, 12.50, 1]", "[null, 3.00, 2]");
  }

  @Test
  void aQueryIsASource() throws Exception {
    given();
    SourceTable table =
        table().key("query", "SELECT id, upper(name) AS loud FROM things WHERE id < 3;").table();
    assertThat(contact(table)).isEqualTo(Schema.of("id", "BIGINT", "loud", "VARCHAR"));
    assertThat(rows(table)).containsExactly("[1, ÜNï, ]".replace(", ]", "]"), "[2, null]");
    assertThatThrownBy(() -> contact(table().key("query", "DROP TABLE things").table()))
        .hasMessageContaining("the query cannot be read")
        .hasMessageContaining("hint: write one SELECT");
    assertThat(rows(table().table())).hasSize(3);
  }

  @Test
  void driftIsToldOrTaken() throws Exception {
    SourceTable table = given();
    Schema before = contact(table);
    run("ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red'");
    assertThatThrownBy(
            () -> reader().read(table, Optional.empty(), before, TestEngine::infer, new Shared()))
        .hasMessageContaining("has a new column \"colour\"")
        .hasMessageContaining("on_new_column: add");
    SourceTable adding = table().key("on_new_column", "add").table();
    try (Reading reading =
        reader().read(adding, Optional.empty(), before, TestEngine::infer, new Shared())) {
      assertThat(reading.schema().names()).endsWith("raw", "colour");
      assertThat(TestEngine.bag(reading).getFirst()).endsWith("red]");
    }
    run("ALTER TABLE things DROP COLUMN raw");
    assertThatThrownBy(
            () -> reader().read(table, Optional.empty(), before, TestEngine::infer, new Shared()))
        .hasMessageContaining("has no column \"raw\"");
    try (Reading reading =
        reader().read(adding, Optional.empty(), before, TestEngine::infer, new Shared())) {
      assertThat(TestEngine.bag(reading).getFirst()).endsWith("null, red]");
    }
  }

  @Test
  void aMissingTableIsToldWithTheNearest() throws Exception {
    given();
    assertThatThrownBy(() -> contact(table().key("table", "thing").table()))
        .hasMessageContaining("has no table \"thing\"")
        .hasMessageContaining("did you mean \"things\"?");
  }

  @Test
  void noDatabaseIsEverMade() {
    assertThatThrownBy(() -> contact(table().table()))
        .hasMessageContaining("there is no database \"data/reference.sqlite\"");
    assertThat(project.resolve(DB)).doesNotExist();
  }

  @Test
  void whatIsNoDatabaseIsTold() throws Exception {
    Path file = Files.createDirectories(project.resolve("data")).resolve("reference.sqlite");
    Files.writeString(file, "id,name\n1,a\n".repeat(500));
    assertThatThrownBy(() -> contact(table().table()))
        .hasMessageContaining("is no SQLite database, or it is encrypted");
    Files.writeString(file, "");
    assertThatThrownBy(() -> contact(table().table())).hasMessageContaining("is empty");
    Files.delete(file);
    Files.createDirectory(file);
    assertThatThrownBy(() -> contact(table().table())).hasMessageContaining("is a folder");
  }

  @Test
  void aDamagedDatabaseIsTold() throws Exception {
    run(
        "PRAGMA page_size = 1024",
        "CREATE TABLE things (id INTEGER PRIMARY KEY, t TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
            + " INSERT INTO things SELECT i, 'text ' || i FROM n");
    byte[] bytes = Files.readAllBytes(project.resolve(DB));
    for (int i = bytes.length / 2; i < bytes.length / 2 + 20_000; i++) {
      bytes[i] = (byte) 0xA5;
    }
    Files.write(project.resolve(DB), bytes);
    assertThatThrownBy(() -> rows(table().table())).hasMessageContaining("is damaged");
  }

  @Test
  void aLockedDatabaseIsToldAfterSomePatience() throws Exception {
    given();
    try (Connection writer = connect();
        Statement statement = writer.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      assertThatThrownBy(() -> contact(table().table()))
          .hasMessageContaining("is locked by another program");
      statement.execute("ROLLBACK");
    }
    assertThat(rows(table().table())).hasSize(3);
  }

  @Test
  void aReadingSeesOneMomentOfABusyDatabase() throws Exception {
    given();
    run("PRAGMA journal_mode = WAL");
    try (Connection writer = connect();
        Statement statement = writer.createStatement()) {
      statement.execute("UPDATE things SET name = 'before'");
      try (Reading reading = read(table().table())) {
        statement.execute("UPDATE things SET name = 'after'");
        statement.execute("DELETE FROM things WHERE id = 2");
        assertThat(TestEngine.bag(reading)).hasSize(3).allMatch(row -> row.contains("before"));
        Optional<SourceState> state = Optional.of(reading.finish());
        assertThat(reader().probe(table().table(), state)).isInstanceOf(Probe.Changed.class);
      }
      assertThat(rows(table().table())).hasSize(2).allMatch(row -> row.contains("after"));
    }
  }

  @Test
  void rowsInTheLogAloneAreAChange() throws Exception {
    given();
    run("PRAGMA journal_mode = WAL");
    try (Connection writer = connect();
        Statement statement = writer.createStatement()) {
      statement.execute("UPDATE things SET name = 'a'");
      Optional<SourceState> state = state(read(table().table()));
      assertThat(reader().probe(table().table(), state)).isEqualTo(new Probe.Unchanged());
      statement.execute("UPDATE things SET name = 'b'");
      assertThat(reader().probe(table().table(), state)).isEqualTo(ROWS_CHANGED);
    }
  }

  @Test
  void aChangeInAnotherTableIsNone() throws Exception {
    SourceTable table = given();
    run("CREATE TABLE others (id INTEGER)");
    Optional<SourceState> state = state(read(table));
    run("INSERT INTO others VALUES (1)");
    assertThat(reader().probe(table, state)).isEqualTo(new Probe.Unchanged());
    run("UPDATE things SET rowid = 9 WHERE id = 1", "UPDATE things SET id = 1 WHERE id = 9");
    assertThat(reader().probe(table, state)).isEqualTo(new Probe.Unchanged());
    run("UPDATE things SET raw = x'01' WHERE id = 2");
    assertThat(reader().probe(table, state)).isEqualTo(ROWS_CHANGED);
    run("UPDATE things SET raw = NULL WHERE id = 2", "ALTER TABLE things ADD COLUMN more TEXT");
    assertThat(reader().probe(table, state))
        .isEqualTo(new Probe.Changed("its columns changed in data/reference.sqlite"));
  }

  @Test
  void aLargeDatabaseIsNotLookedThrough() throws Exception {
    SourceTable table = given();
    Optional<SourceState> state = state(read(table));
    run("CREATE TABLE others (id INTEGER)");
    SourceReader hasty = new SqliteSource(Duration.ofMillis(300), 1);
    assertThat(hasty.probe(table, state))
        .isEqualTo(
            new Probe.Unknown(
                "data/reference.sqlite changed, and is too large to look through for a plan"));
  }

  @Test
  void aTouchIsNoChange() throws Exception {
    SourceTable table = given();
    Optional<SourceState> state = state(read(table));
    Files.setLastModifiedTime(
        project.resolve(DB), FileTime.from(Instant.parse("2031-01-01T00:00:00Z")));
    assertThat(reader().probe(table, state)).isEqualTo(new Probe.Unchanged());
  }

  @Test
  void aRowChangedInPlaceIsNoticedEvenWithinOneTick() throws Exception {
    SourceTable table = given();
    Path file = project.resolve(DB);
    // A time to come stands for "just now": the test must not depend on the machine's speed.
    FileTime time = FileTime.from(Instant.parse("2099-01-01T00:00:00.5Z"));
    Files.setLastModifiedTime(file, time);
    Optional<SourceState> state = state(read(table));
    run("UPDATE things SET name = 'Äää' WHERE id = 1");
    Files.setLastModifiedTime(file, time);
    assertThat(reader().probe(table, state)).isEqualTo(ROWS_CHANGED);
  }

  @Test
  void aDatabaseOverwrittenWhileReadFailsTheReading() throws Exception {
    SourceTable table = given();
    Path file = project.resolve(DB);
    byte[] bytes = Files.readAllBytes(file);
    try (Reading reading = read(table)) {
      TestEngine.bag(reading);
      Thread.sleep(20);
      Files.write(file, bytes);
      assertThatThrownBy(reading::finish).hasMessageContaining("was overwritten while it was read");
    }
  }

  @Test
  void oddNamesAreFine() throws Exception {
    Path file = Files.createDirectories(project.resolve("d ä%20?#'")).resolve("x?y=1&z.db");
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + file.toUri().toASCIIString());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE \"select \"\"it\"\"\" (\"a b\" INT, \"Ünï\" TEXT, \"from\" TEXT)");
      statement.execute("INSERT INTO \"select \"\"it\"\"\" VALUES (1, 'x', 'y')");
    }
    assertThat(file).exists();
    SourceTable table =
        Tables.of("sqlite", project)
            .sourceKey("path", "d ä%20?#'/x?y=1&z.db")
            .key("table", "select \"it\"")
            .table();
    assertThat(contact(table).names()).containsExactly("a b", "Ünï", "from");
    assertThat(rows(table)).containsExactly("[1, x, y]");
  }

  @Test
  void manyRowsAreReadInAStream() throws Exception {
    run(
        "CREATE TABLE things (id INTEGER PRIMARY KEY, t TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
            + " INSERT INTO things SELECT i, 'text ' || i FROM n");
    try (Reading reading = read(table().table());
        RowReader rows = ((Extract.Rows) reading.extract()).parts().getFirst().get()) {
      long sum = 0;
      for (Object[] row = rows.next(); row != null; row = rows.next()) {
        sum += (Long) row[0];
      }
      assertThat(sum).isEqualTo(100_000L * 100_001 / 2);
    }
  }

  @Test
  void mistakesAreToldTogether() throws IOException {
    SourceTable table =
        Tables.of("sqlite", project)
            .key("table", "a")
            .key("query", "SELECT 1")
            .key("on_new_column", "ad")
            .table();
    List<String> problems = new ArrayList<>();
    reader().check(table).forEach(problem -> problems.add(problem.toString()));
    assertThat(problems).hasSize(3);
    assertThat(problems.toString())
        .contains("no \"path\"", "cannot both be given", "did you mean \"add\"?");
  }
}
