package dev.towpath.engine.duckdb.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.spi.FileScan.Format;
import dev.towpath.spi.Monitor;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results as files. */
class ExportTest {
  private static final String SQL =
      """
      SELECT $one AS a, NULL AS b, '' AS "c d", 'q"x,' || chr(10) AS e, DATE '2013-01-02' AS f,
        TIMESTAMP '2013-01-02 03:04:05.5' AS g, 12345678901234567890.10::DECIMAL(30,2) AS h, [1, NULL] AS i,
        {'x': 'y'} AS j, true AS k, 1.0E25::DOUBLE AS l, 0.1::DOUBLE AS m, 1e-7::DOUBLE AS n,
        TIMESTAMPTZ '2013-01-02 03:04:05+00' AS o
      """;

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

  private String export(Format format, String name) throws IOException {
    Path target = root.resolve(name);
    session.engine.export(new Statement(SQL, Map.of("one", 1L)), format, target, Monitor.NONE);
    return Files.readString(target);
  }

  @Test
  void csv() throws IOException {
    assertThat(export(Format.CSV, "x.csv"))
        .isEqualTo(
            "a,b,c d,e,f,g,h,i,j,k,l,m,n,o\n"
                + "1,,\"\",\"q\"\"x,\n\",2013-01-02,2013-01-02 03:04:05.5,12345678901234567890.10,"
                + "\"[1, NULL]\",{'x': y},true,10000000000000000000000000.0,0.1,0.0000001,"
                + "2013-01-02 03:04:05+00\n");
  }

  @Test
  void json() throws IOException {
    String row = "{\"a\":1,\"b\":null,\"c d\":\"\",\"e\":\"q\\\"x,\\n\",\"f\":\"2013-01-02\",";
    assertThat(export(Format.NDJSON, "x.ndjson")).startsWith(row).endsWith("}\n").hasLineCount(1);
    assertThat(export(Format.JSON, "x.json")).startsWith("[\n\t" + row).endsWith("}\n]\n");
  }

  @Test
  void parquetAndCompression() throws IOException {
    session.engine.export(
        Statement.of("SELECT 1 AS n, INTERVAL 1 DAY AS i"),
        Format.PARQUET,
        root.resolve("x.parquet"),
        Monitor.NONE);
    assertThat(session.rows("SELECT n FROM read_parquet('" + root.resolve("x.parquet") + "')"))
        .containsExactly(List.of("1"));
    Map<String, int[]> magic =
        Map.of("x.csv.gz", new int[] {0x1f, 0x8b}, "x.csv.zst", new int[] {0x28, 0xb5, 0x2f, 0xfd});
    for (String name : magic.keySet()) {
      Path file = root.resolve(name);
      session.engine.export(Statement.of("SELECT 1 AS n"), Format.CSV, file, Monitor.NONE);
      assertThat(Files.readAllBytes(file)).startsWith(magic.get(name));
      assertThat(session.rows("FROM read_csv('" + file + "')")).containsExactly(List.of("1"));
    }
  }

  @Test
  void parquetHoldsWholeNumbersAsTheyAre() throws IOException {
    Path target = root.resolve("x.parquet");
    session.engine.export(
        Statement.of(
            "SELECT sum(n) AS s, [sum(n)] AS l, '101'::BIT AS b, 1 AS n"
                + " FROM (VALUES (9007199254740992), (1)) AS v(n) -- the end"),
        Format.PARQUET,
        target,
        Monitor.NONE);
    assertThat(session.rows("SELECT s, typeof(s), l[1], b, n FROM read_parquet('" + target + "')"))
        .containsExactly(
            List.of("9007199254740993", "DECIMAL(38,0)", "9007199254740993", "101", "1"));
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() ->
            session.engine.export(
                Statement.of("SELECT 170141183460469231731687303715884105727::HUGEINT AS n"),
                Format.PARQUET,
                target,
                Monitor.NONE))
        .withMessageContaining("DECIMAL(38,0)");
  }

  @Test
  void wholeOrNotAtAll() throws IOException {
    Path target = root.resolve("x.csv");
    Files.writeString(target, "before");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() ->
            session.engine.export(
                Statement.of(
                    "SELECT CASE WHEN range = 999999 THEN error('late') END AS n FROM range(1000000)"),
                Format.CSV,
                target,
                Monitor.NONE))
        .withMessage("late");
    assertThat(target).hasContent("before");
    try (var files = Files.list(root)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(target);
    }
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(
            () -> session.engine.export(Statement.of("SELECT 1"), Format.CSV, root, Monitor.NONE))
        .withMessage(root + " is a directory");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() ->
            session.engine.export(
                Statement.of("SELECT 1"), Format.CSV, root.resolve("no/where.csv"), Monitor.NONE))
        .withMessage("the directory " + root.resolve("no") + " does not exist");
  }
}
