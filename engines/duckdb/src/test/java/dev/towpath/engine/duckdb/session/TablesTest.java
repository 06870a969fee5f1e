package dev.towpath.engine.duckdb.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataFile.Stats;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Field;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.PartitionField.Transform;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SortField;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.WriteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of the lake: what is written, what is known of it, and how older files are read. */
class TablesTest {
  @TempDir Path root;
  Session session;

  @BeforeEach
  void open() {
    session = new Session(root);
  }

  @AfterEach
  void close() {
    session.close();
  }

  private static Field field(int id, String name, String type) {
    return new Field(id, name, Column.of(name, type).type(), List.of());
  }

  @Test
  void statistics() {
    List<Field> fields =
        Session.fields(
            Schema.of(
                "n",
                "integer",
                "d",
                "double",
                "s",
                "struct(a varchar, b boolean[])",
                "\"q\" x",
                "blob",
                "t",
                "timestamptz",
                "e",
                "date"));
    List<DataFile> files =
        session
            .write(
                """
                SELECT * FROM (VALUES
                  (1, 'nan'::DOUBLE, {'a': 'x', 'b': [true, NULL]}, 'z'::BLOB, TIMESTAMPTZ '2013-01-01 00:00:00+00', NULL),
                  (NULL, -2.5, {'a': NULL, 'b': [false]}, NULL, NULL, NULL),
                  (-7, 3, {'a': 'yy', 'b': []}, 'a'::BLOB, NULL, NULL)) t(n, d, s, "q"" x", t, e)
                """
                    .replace("\"q\"\" x\"", "\"\"\"q\"\" x\""),
                fields)
            .files();
    assertThat(files).hasSize(1);
    DataFile file = files.getFirst();
    assertThat(file.rows()).isEqualTo(3);
    assertThat(file.bytes()).isEqualTo(root.resolve(file.path()).toFile().length());
    assertThat(file.path()).startsWith("data/0/").endsWith(".parquet");
    assertThat(file.fieldIds()).containsExactly(1, 2, 3, 7, 8, 9);
    assertThat(file.partition()).isEmpty();
    Map<Integer, Stats> stats = file.stats();
    assertThat(stats).containsOnlyKeys(1, 2, 4, 6, 7, 8, 9);
    assertStats(stats.get(1), 3, 1, false, "-7", "1");
    assertStats(stats.get(2), 3, 0, true, "-2.5", "3.0");
    assertStats(stats.get(4), 3, 1, false, "x", "yy");
    assertThat(stats.get(6).min()).hasValue("false");
    assertThat(stats.get(6).max()).hasValue("true");
    assertStats(stats.get(7), 3, 1, false, null, null);
    assertStats(stats.get(8), 3, 2, false, "2013-01-01 00:00:00+00", "2013-01-01 00:00:00+00");
    assertStats(stats.get(9), 3, 3, false, null, null);
    assertThat(stats.values()).allSatisfy(s -> assertThat(s.bytes()).isPositive());
  }

  private static void assertStats(
      Stats stats, long values, long nulls, boolean nans, String min, String max) {
    assertThat(stats.values()).isEqualTo(values);
    assertThat(stats.nulls()).isEqualTo(nulls);
    assertThat(stats.nans()).isEqualTo(nans);
    assertThat(stats.min()).isEqualTo(Optional.ofNullable(min));
    assertThat(stats.max()).isEqualTo(Optional.ofNullable(max));
  }

  @Test
  void fieldIdsAreInTheFile() {
    List<Field> fields =
        Session.fields(
            Schema.of("a 'b\" c", "integer", "s", "struct(x int, \"y.z\" map(varchar, int[]))"));
    DataFile file =
        session
            .write("SELECT 1 AS \"a 'b\"\" c\", {'x': 1, 'y.z': MAP {'k': [1]}} AS s", fields)
            .files()
            .getFirst();
    assertThat(
            session.rows(
                "SELECT name, field_id FROM parquet_schema('"
                    + root.resolve(file.path())
                    + "') WHERE field_id IS NOT NULL ORDER BY field_id"))
        .extracting(row -> String.join("=", row))
        .containsExactly("a 'b\" c=1", "s=2", "x=3", "y.z=4", "key=5", "value=6", "element=7");
  }

  @Test
  void noRowsNoFile() throws IOException {
    List<Field> fields = Session.fields(Schema.of("n", "integer"));
    assertThat(session.write("SELECT 1 AS n WHERE false", fields).files()).isEmpty();
    assertThat(
            session
                .write(
                    "SELECT 1 AS n WHERE false",
                    fields,
                    new PartitionField("n", Transform.IDENTITY))
                .files())
        .isEmpty();
    try (var files = Files.walk(root.resolve("data"))) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
    session.expose("a.t", fields, List.of());
    assertThat(session.engine.describe(Statement.of("FROM a.t")))
        .isEqualTo(Schema.of("n", "integer"));
  }

  @Test
  void partitions() {
    List<Field> fields =
        Session.fields(
            Schema.of("region", "varchar", "at", "timestamptz", "day", "date", "n", "bigint"));
    String sql =
        """
        SELECT CASE WHEN range % 3 = 0 THEN NULL WHEN range % 3 = 1 THEN 'a/b=%é' ELSE '' END AS region,
          TIMESTAMPTZ '2012-12-31 23:30:00+00' + INTERVAL (range) HOUR AS at,
          DATE '2012-12-31' + range::INTEGER AS day, range AS n FROM range(6)
        """;
    assertThat(partitions(sql, fields, new PartitionField("region", Transform.IDENTITY)))
        .containsExactlyInAnyOrder("{region=null}:2", "{region=a/b=%é}:2", "{region=}:2");
    assertThat(
            partitions(
                sql,
                fields,
                new PartitionField("at", Transform.HOUR),
                new PartitionField("n", Transform.IDENTITY)))
        .contains("{at_hour=2012-12-31-23, n=0}:1", "{at_hour=2013-01-01-04, n=5}:1")
        .hasSize(6);
    assertThat(partitions(sql, fields, new PartitionField("day", Transform.MONTH)))
        .containsExactlyInAnyOrder("{day_month=2012-12}:1", "{day_month=2013-01}:5");
    assertThat(partitions(sql, fields, new PartitionField("day", Transform.YEAR)))
        .containsExactlyInAnyOrder("{day_year=2012}:1", "{day_year=2013}:5");
    assertThat(partitions(sql, fields, new PartitionField("AT", Transform.DAY)))
        .containsExactlyInAnyOrder("{AT_day=2012-12-31}:1", "{AT_day=2013-01-01}:5");
  }

  private List<String> partitions(String sql, List<Field> fields, PartitionField... by) {
    List<DataFile> files = session.write(sql, fields, by).files();
    session.expose("a.t", fields, files);
    assertThat(session.rows("FROM a.t ORDER BY n")).isEqualTo(session.rows(sql + " ORDER BY n"));
    assertThat(session.engine.describe(Statement.of("FROM a.t"))).isEqualTo(Field.schema(fields));
    List<String> out = new ArrayList<>();
    for (DataFile file : files) {
      StringBuilder text = new StringBuilder();
      file.partition()
          .forEach((k, v) ->
              text.append(text.isEmpty() ? "" : ", ")
                  .append(k)
                  .append('=')
                  .append(v.orElse("null")));
      out.add("{" + text + "}:" + file.rows());
    }
    return out;
  }

  @Test
  void sorted() {
    List<Field> fields = Session.fields(Schema.of("n", "bigint"));
    List<DataFile> files =
        session
            .engine
            .write(
                new WriteRequest(
                    new Extract.Query(
                        Statement.of(
                            "SELECT hash(range)::HUGEINT % 1000000 AS n FROM range(500000)")),
                    fields,
                    session.directory(),
                    List.of(),
                    List.of(SortField.parse("n DESC")),
                    Optional.empty()),
                Monitor.NONE)
            .files();
    String path = "'" + root.resolve(files.getFirst().path()) + "'";
    assertThat(
            session.rows(
                "SELECT count(*) FROM (SELECT n, lag(n) OVER (ORDER BY file_row_number) AS p FROM read_parquet("
                    + path
                    + ")) WHERE p < n"))
        .containsExactly(List.of("0"));
  }

  @Test
  void anOrderInTheQueryIsKept() {
    List<Field> fields = Session.fields(Schema.of("n", "bigint"));
    DataFile file =
        session
            .write(
                "SELECT (hash(range) % 1000000)::BIGINT AS n FROM range(500000) ORDER BY n", fields)
            .files()
            .getFirst();
    assertThat(
            session.rows(
                "SELECT count(*) FROM (SELECT n, lag(n) OVER (ORDER BY file_row_number) AS p FROM read_parquet('"
                    + root.resolve(file.path())
                    + "')) WHERE p > n"))
        .containsExactly(List.of("0"));
  }

  @Test
  void filesOfOlderSchemas() {
    List<Field> first =
        List.of(field(1, "a", "integer"), field(2, "b", "tinyint"), field(3, "c", "varchar"));
    List<DataFile> files =
        new ArrayList<>(session.write("SELECT 1 AS a, 2 AS b, 'x' AS c", first).files());
    // b is dropped and comes back as another column; a becomes wider; c takes the name of b.
    List<Field> second =
        List.of(field(3, "b", "varchar"), field(1, "a", "bigint"), field(4, "c", "date"));
    files.addAll(
        session.write("SELECT 'y' AS b, 5000000000 AS a, DATE '2013-01-01' AS c", second).files());
    files.addAll(session.write("SELECT 7 AS a", List.of(field(1, "a", "bigint"))).files());
    session.expose("a.t", second, files);
    assertThat(session.engine.describe(Statement.of("FROM a.t"))).isEqualTo(Field.schema(second));
    assertThat(session.rows("FROM a.t ORDER BY a"))
        .containsExactly(
            List.of("x", "1", "null"),
            List.of("null", "7", "null"),
            List.of("y", "5000000000", "2013-01-01"));
    // Files of other writers say nothing in their names.
    List<DataFile> renamed = new ArrayList<>();
    for (DataFile file : files) {
      Path path = root.resolve(file.path());
      Path other = path.resolveSibling("part-" + renamed.size() + ".parquet");
      assertThat(path.toFile().renameTo(other.toFile())).isTrue();
      renamed.add(
          new DataFile(
              root.relativize(other).toString(),
              file.rows(),
              file.bytes(),
              file.fieldIds(),
              file.stats(),
              Map.of()));
    }
    session.expose("a.t", second, renamed);
    assertThat(session.rows("SELECT a, b FROM a.t ORDER BY a"))
        .containsExactly(List.of("1", "x"), List.of("7", "null"), List.of("5000000000", "y"));
  }

  @Test
  void numbersOfOlderFilesAreReadAsTheWiderType() {
    List<Field> narrow = List.of(field(1, "f", "float"), field(2, "d", "decimal(9,2)"));
    List<Field> between = List.of(field(1, "f", "double"), field(2, "d", "decimal(18,2)"));
    List<Field> wide = List.of(field(1, "f", "double"), field(2, "d", "decimal(30,2)"));
    List<DataFile> files =
        new ArrayList<>(
            session
                .write("SELECT 0.5::FLOAT AS f, -1234567.89::DECIMAL(9,2) AS d", narrow)
                .files());
    files.addAll(
        session.write("SELECT 0.7 AS f, 123456789012345.67::DECIMAL(18,2) AS d", between).files());
    files.addAll(
        session
            .write("SELECT 1e300 AS f, 1234567890123456789.01::DECIMAL(30,2) AS d", wide)
            .files());
    session.expose("a.t", wide, files);
    assertThat(session.engine.describe(Statement.of("FROM a.t"))).isEqualTo(Field.schema(wide));
    assertThat(session.rows("FROM a.t ORDER BY f"))
        .containsExactly(
            List.of("0.5", "-1234567.89"),
            List.of("0.7", "123456789012345.67"),
            List.of("1.0E300", "1234567890123456789.01"));
    assertThat(session.rows("SELECT f FROM a.t WHERE d = -1234567.89 AND f = 0.5")).hasSize(1);
  }

  @Test
  void namesThatOnlyQuotesAllow() {
    List<Field> fields =
        Session.fields(
            Schema.of(
                "select", "integer", "a b\"c", "varchar", "\u00c4", "date", "p_x", "int", "x",
                "int"));
    String sql =
        "SELECT 1 AS \"select\", 'v' AS \"a b\"\"c\", DATE '2013-01-01' AS \"\u00e4\", 2 AS p_x, 3 AS x";
    List<DataFile> files =
        session.write(sql, fields, new PartitionField("x", Transform.IDENTITY)).files();
    session.expose("group.order by", fields, files);
    assertThat(session.engine.describe(Statement.of("FROM \"group\".\"order by\"")))
        .isEqualTo(Field.schema(fields));
    assertThat(session.rows("FROM \"group\".\"order by\""))
        .containsExactly(List.of("1", "v", "2013-01-01", "2", "3"));
  }

  @Test
  void lostAndDamagedFiles() throws IOException {
    List<Field> fields = Session.fields(Schema.of("n", "bigint"));
    List<DataFile> files = session.write("SELECT range AS n FROM range(100000)", fields).files();
    session.expose("a.t", fields, files);
    Path path = root.resolve(files.getFirst().path());
    byte[] bytes = Files.readAllBytes(path);
    Files.delete(path);
    for (Runnable call :
        List.<Runnable>of(
            () -> session.rows("SELECT sum(n) FROM a.t"),
            () -> session.expose("a.u", fields, files))) {
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(call::run)
          .withMessage("the file " + path + " is missing");
    }
    Files.write(path, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> session.rows("SELECT sum(n) FROM a.t"))
        .withMessage("the file " + path + " is damaged");
    for (int i = 100; i < 60000; i++) {
      bytes[i] = (byte) (bytes[i] * 31 + 7);
    }
    Files.write(path, bytes);
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> session.rows("SELECT sum(n) FROM a.t"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").contains("damaged"));
  }

  @Test
  void aFailedWriteLeavesNothing() throws IOException {
    List<Field> fields = Session.fields(Schema.of("n", "bigint", "p", "bigint"));
    assertThatExceptionOfType(SqlException.class)
        .isThrownBy(() ->
            session.write(
                "SELECT CASE WHEN range = 2999999 THEN error('stop here') ELSE range END AS n, range % 7 AS p"
                    + " FROM range(3000000)",
                fields, new PartitionField("p", Transform.IDENTITY)))
        .withMessage("stop here");
    try (var files = Files.walk(root.resolve("data/0"))) {
      assertThat(files).containsExactly(root.resolve("data/0"));
    }
  }
}
