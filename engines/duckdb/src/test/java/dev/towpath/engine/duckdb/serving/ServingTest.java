package dev.towpath.engine.duckdb.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServingTest {
  private static final Schema NUMBER = Schema.of("n", "BIGINT");

  @TempDir private Path folder;
  private Serving serving;
  private Serving.Catalog catalog;

  @BeforeEach
  void open() {
    serving =
        new DuckDbServing(
            new Serving.Options(
                folder.resolve("lake"), folder.resolve("tmp"), 256L << 20, 64L << 20, 0, 0, 2));
    catalog = serving.catalog(List.of("CREATE MACRO twice(x) AS x * 2"));
  }

  @AfterEach
  void close() {
    serving.close();
  }

  private static List<List<@Nullable Object>> rows(Serving.Result result, Schema columns) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (result) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        for (int row = 0; row < batch.rows(); row++) {
          List<@Nullable Object> values = new ArrayList<>();
          for (int column = 0; column < columns.columns().size(); column++) {
            values.add(batch.column(column).value(row));
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  private List<List<@Nullable Object>> rows(String sql, Schema columns) {
    return rows(catalog.run(Statement.of(sql), columns, Slice.ALL), columns);
  }

  /**
   * 32 GB at once, which few systems promise: to DuckDB an "internal error", after which a database
   * is done.
   */
  @Test
  void aMistakeOfTheEngineEndsOneQuestion() {
    try {
      rows(
          "SELECT reservoir_quantile(i::HUGEINT, 0.5, 2147483647)::BIGINT AS n FROM range(9) t(i)",
          NUMBER);
    } catch (TowpathException e) {
      assertThat(e).hasMessageContaining("memory");
    }
    assertThat(rows("SELECT 1 AS n", NUMBER)).isEqualTo(List.of(List.of(1L)));
  }

  private @Nullable Object value(String expression, String type) {
    Schema one = new Schema(List.of(new Column("v", DataType.parse(type))));
    return rows("SELECT (" + expression + ")::" + type + " AS v", one).getFirst().getFirst();
  }

  @Test
  void everyTypeIsReadAsJavaHasIt() {
    assertThat(value("true", "BOOLEAN")).isEqualTo(true);
    assertThat(value("-128", "TINYINT")).isEqualTo(-128L);
    assertThat(value("255", "UTINYINT")).isEqualTo(255L);
    assertThat(value("65535", "USMALLINT")).isEqualTo(65_535L);
    assertThat(value("4294967295", "UINTEGER")).isEqualTo(4_294_967_295L);
    assertThat(value("9223372036854775807", "BIGINT")).isEqualTo(Long.MAX_VALUE);
    assertThat(value("18446744073709551615", "UBIGINT"))
        .isEqualTo(new BigInteger("18446744073709551615"));
    assertThat(value("-170141183460469231731687303715884105728", "HUGEINT"))
        .isEqualTo(new BigInteger("-170141183460469231731687303715884105728"));
    assertThat(value("340282366920938463463374607431768211455", "UHUGEINT"))
        .isEqualTo(new BigInteger("340282366920938463463374607431768211455"));
    assertThat(value("0.5", "FLOAT")).isEqualTo(0.5);
    assertThat(value("'NaN'", "DOUBLE")).isEqualTo(Double.NaN);
    assertThat(value("1.20", "DECIMAL(4,2)")).isEqualTo(new BigDecimal("1.20"));
    assertThat(value("-0.01", "DECIMAL(38,2)")).isEqualTo(new BigDecimal("-0.01"));
    assertThat(value("'ü\uD83D\uDE00'", "VARCHAR")).isEqualTo("ü\uD83D\uDE00");
    assertThat(value("'\\x00\\xFF'", "BLOB")).isEqualTo(new byte[] {0, (byte) 0xFF});
    assertThat(value("'2026-02-28'", "DATE")).isEqualTo(LocalDate.of(2026, 2, 28));
    assertThat(value("'infinity'", "DATE")).isEqualTo("infinity");
    assertThat(value("'12:30:00.5'", "TIME")).isEqualTo(LocalTime.of(12, 30, 0, 500_000_000));
    assertThat(value("'24:00:00'", "TIME")).isEqualTo("24:00:00");
    assertThat(value("'1969-12-31 23:59:59.999999'", "TIMESTAMP"))
        .isEqualTo(LocalDateTime.parse("1969-12-31T23:59:59.999999"));
    assertThat(value("'-infinity'", "TIMESTAMP")).isEqualTo("-infinity");
    assertThat(value("'2026-01-01 00:00:00.000000001'", "TIMESTAMP_NS"))
        .isEqualTo(LocalDateTime.parse("2026-01-01T00:00:00.000000001"));
    assertThat(value("'2026-01-01'", "TIMESTAMP_S"))
        .isEqualTo(LocalDateTime.parse("2026-01-01T00:00"));
    assertThat(value("'2026-01-01 00:00:00.123'", "TIMESTAMP_MS"))
        .isEqualTo(LocalDateTime.parse("2026-01-01T00:00:00.123"));
    assertThat(value("'2026-01-01 12:00:00+02'", "TIMESTAMPTZ"))
        .isEqualTo(OffsetDateTime.parse("2026-01-01T10:00Z"));
    assertThat(value("'12:00:00+02'", "TIMETZ")).isEqualTo("12:00:00+02");
    assertThat(value("'1 month 2 days'", "INTERVAL")).isEqualTo("1 month 2 days");
    assertThat(value("'0101'", "BIT")).isEqualTo("0101");
    assertThat(value("'a'", "ENUM('a', 'b')")).isEqualTo("a");
    assertThat(value("'00000000-0000-0000-0000-00000000000a'", "UUID"))
        .isEqualTo("00000000-0000-0000-0000-00000000000a");
    assertThat(value("'{\"a\": 1}'", "JSON")).isEqualTo("{\"a\": 1}");
    assertThat(value("NULL", "INTEGER")).isNull();
  }

  @Test
  void nestedTypesAreListsAndMaps() {
    assertThat(value("[1, NULL, 3]", "INTEGER[]")).isEqualTo(Arrays.asList(1L, null, 3L));
    assertThat(value("[1.5, 2.5]", "DOUBLE[2]")).isEqualTo(List.of(1.5, 2.5));
    assertThat(value("[['a'], []]", "VARCHAR[][]")).isEqualTo(List.of(List.of("a"), List.of()));
    Map<String, Object> struct = new LinkedHashMap<>();
    struct.put("day", LocalDate.of(2026, 1, 1));
    struct.put("tags", List.of("x", "y"));
    assertThat(
            value(
                "{'day': DATE '2026-01-01', 'tags': ['x', 'y']}",
                "STRUCT(\"day\" DATE, tags ENUM('x', 'y')[])"))
        .isEqualTo(struct);
    assertThat(value("MAP {'a': 1, 'b': 2}", "MAP(VARCHAR, INTEGER)"))
        .isEqualTo(Map.of("a", 1L, "b", 2L));
  }

  @Test
  void rowsComeInBatchesUpToAsManyAsAreWanted() {
    assertThat(rows("SELECT range AS n FROM range(50000) ORDER BY n", NUMBER))
        .hasSize(50_000)
        .last()
        .isEqualTo(List.of(49_999L));
    assertThat(
            rows(
                catalog.run(
                    Statement.of("FROM range(50000) AS r(n) -- all"), NUMBER, Slice.first(3)),
                NUMBER))
        .hasSize(3);
    assertThat(rows("SELECT range AS n FROM range(0)", NUMBER)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT strlen(repeat('x', 2000000000)) AS n",
        "SELECT strlen(lpad('x', 2000000000, 'y')) AS n FROM range(10)",
        "SELECT strlen(rpad('x', 2000000000, 'y')) AS n",
        "SELECT strlen(replace(repeat('x', 100000), 'x', repeat('y', 100000))) AS n",
        "SELECT len(list_resize([1], 1000000000)) AS n",
        "SELECT len(list_transform(range(300000000), lambda x: x + 1)) AS n",
        "SELECT len(generate_series(1, 300000000, 2)) AS n",
        "SELECT len(range(DATE '0001-01-01', DATE '9000-01-01', INTERVAL 1 MINUTE)) AS n",
        "SELECT strlen(printf('%300000000d', 1)) AS n",
        "SELECT strlen(printf('%*d', 300000000, 1)) AS n",
        "SELECT strlen(format('{:>300000000}', 'x')) AS n",
        "SELECT strlen(format('{:>{}}', 'x', 300000000)) AS n",
        "SELECT strlen(regexp_replace(repeat('x', 2000), 'x', repeat('y', 2000), 'g')) AS n",
        "SELECT bit_count(bitstring('1', 1000000000)) AS n"
      })
  void noFunctionMakesMuchOfLittle(String sql) {
    assertThatThrownBy(() -> rows(sql, NUMBER))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("would make a value of more than");
  }

  @Test
  void functionsThatAreGuardedDoWhatTheyDid() {
    Schema texts = Schema.of("a", "VARCHAR", "b", "VARCHAR", "c", "VARCHAR", "d", "VARCHAR");
    assertThat(
            rows(
                "SELECT repeat('ab', 2) AS a, lpad('x', 3, '-') AS b, replace('aXa', 'X', '') AS"
                    + " c, repeat(NULL, 3) AS d",
                texts))
        .isEqualTo(List.of(Arrays.asList("abab", "--x", "aa", null)));
  }

  @Test
  void aStatementIsUsedAgainWithOtherValuesAndOtherTables() {
    String sql = "SELECT $n + 1 AS n";
    for (long n = 0; n < 5; n++) {
      Statement statement =
          new Statement(
              sql, Map.of("n", new Statement.Bound(Long.toString(n), DataType.parse("BIGINT"))));
      assertThat(rows(catalog.run(statement, NUMBER, Slice.ALL), NUMBER))
          .isEqualTo(List.of(List.of(n + 1)));
    }
    Statement wrong =
        new Statement(sql, Map.of("n", new Statement.Bound("x", DataType.parse("BIGINT"))));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> rows(catalog.run(wrong, NUMBER, Slice.ALL), NUMBER))
          .isInstanceOf(SqlException.class)
          .hasMessageContaining("'x'");
    }
    Statement right =
        new Statement(sql, Map.of("n", new Statement.Bound("1", DataType.parse("BIGINT"))));
    assertThat(rows(catalog.run(right, NUMBER, Slice.ALL), NUMBER)).hasSize(1);
    for (int i = 0; i < 60; i++) {
      assertThat(rows("SELECT " + i + "::BIGINT AS n", NUMBER)).hasSize(1);
    }
  }

  @Test
  void slicesFollowEachOtherWithoutGapsWhateverTheOrder() {
    Schema columns = Schema.of("a", "DOUBLE", "b", "VARCHAR", "n", "BIGINT");
    String sql =
        "SELECT CASE WHEN n % 5 > 0 THEN (n % 5) / 4 END::DOUBLE AS a, CASE WHEN n % 7 > 0 THEN"
            + " 'k' || (n % 7) END AS b, n FROM range($most) AS r(n)";
    Statement query =
        new Statement(sql, Map.of("most", new Statement.Bound("100", DataType.parse("BIGINT"))));
    List<Slice.Key> by =
        List.of(new Slice.Key(0, true), new Slice.Key(1, false), new Slice.Key(2, true));
    List<List<@Nullable Object>> all =
        rows(catalog.run(query, columns, new Slice(1000, by, List.of())), columns);
    assertThat(all).hasSize(100);
    List<List<@Nullable Object>> paged = new ArrayList<>();
    List<Optional<Statement.Bound>> after = List.of();
    while (true) {
      List<List<@Nullable Object>> page =
          rows(catalog.run(query, columns, new Slice(7, by, after)), columns);
      paged.addAll(page);
      if (page.size() < 7) {
        break;
      }
      after = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        DataType type = columns.columns().get(i).type();
        after.add(
            Optional.ofNullable(page.getLast().get(i))
                .map(v -> new Statement.Bound(v.toString(), type)));
      }
    }
    assertThat(paged).isEqualTo(all);
  }

  @Test
  void parametersAreBoundWhateverIsInThem() {
    List<String> texts = List.of("a,b", "\"", "\\", "]", "NULL", "", " x ", "'", "ä\n", "{[(");
    DataType.ListOf type = new DataType.ListOf(DataType.parse("VARCHAR"));
    Statement statement =
        new Statement(
            "SELECT twice($n) AS n, $l AS l, $o AS o",
            Map.of(
                "n",
                new Statement.Bound("21", DataType.parse("BIGINT")),
                "l",
                Statement.Bound.list(texts, type),
                "o",
                Optional.empty()));
    Schema columns =
        new Schema(
            List.of(Column.of("n", "BIGINT"), new Column("l", type), Column.of("o", "INTEGER")));
    assertThat(rows(catalog.run(statement, columns, Slice.ALL), columns))
        .isEqualTo(List.of(Arrays.asList(42L, texts, null)));
  }

  @Test
  void aMistakeIsToldAtItsPlace() {
    Statement statement =
        new Statement(
            "SELECT 1 AS n\nWHERE $x = 2",
            Map.of("x", new Statement.Bound("one", DataType.parse("INTEGER"))));
    Serving.Result result = catalog.run(statement, NUMBER, Slice.first(10));
    assertThatThrownBy(result::next)
        .isInstanceOfSatisfying(SqlException.class, e -> assertThat(e.offset()).isEqualTo(20));
    result.close();
    Serving.Result late =
        catalog.run(
            Statement.of(
                "SELECT CASE WHEN range > 90000 THEN error('late') ELSE range END AS n"
                    + " FROM range(100000)"),
            NUMBER,
            Slice.ALL);
    assertThatThrownBy(() -> rows(late, NUMBER))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("late");
  }

  @Test
  void aQueryIsStoppedFromAnotherThreadAndByAnInterrupt() throws Exception {
    Statement endless =
        Statement.of("SELECT count(*) AS n FROM range(100000000000) a, range(1000000) b");
    Serving.Result result = catalog.run(endless, NUMBER, Slice.ALL);
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread reader =
        Thread.startVirtualThread(() -> {
          try {
            result.next();
          } catch (RuntimeException e) {
            seen.set(e);
          }
        });
    Thread.sleep(200);
    result.cancel();
    reader.join(30_000);
    assertThat(seen.get()).isInstanceOf(CancelledException.class);
    result.close();
    Serving.Result other = catalog.run(endless, NUMBER, Slice.ALL);
    Thread interrupted =
        Thread.startVirtualThread(() -> {
          try {
            other.next();
          } catch (RuntimeException e) {
            seen.set(e);
          }
        });
    seen.set(null);
    Thread.sleep(200);
    interrupted.interrupt();
    interrupted.join(30_000);
    assertThat(seen.get()).isInstanceOf(CancelledException.class);
    other.close();
    assertThat(rows("SELECT 1::BIGINT AS n", NUMBER)).hasSize(1);
  }

  @Test
  void aResultThatIsNotReadTakesLittleMemoryAndHindersNobody() {
    Serving.Result[] open = new Serving.Result[50];
    for (int i = 0; i < open.length; i++) {
      open[i] =
          catalog.run(Statement.of("SELECT range AS n FROM range(1000000000)"), NUMBER, Slice.ALL);
      assertThat(open[i].next()).isNotNull();
    }
    assertThat(rows("SELECT 1::BIGINT AS n", NUMBER)).hasSize(1);
    for (Serving.Result result : open) {
      result.close();
    }
  }

  /** An aggregate that cannot leave the memory. */
  @Test
  void memoryIsBounded() {
    assertThatThrownBy(() ->
            rows(
                "SELECT len(list(repeat(md5(range::VARCHAR), 10)))::BIGINT AS n"
                    + " FROM range(20000000)",
                NUMBER))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("memory")
        .hasMessageNotContaining("temporary files");
    assertThat(rows("SELECT 1::BIGINT AS n", NUMBER)).hasSize(1);
  }

  /** A sort has memory enough to go on by way of the disk, and not enough of that. */
  @Test
  void theDiskIsBounded() throws Exception {
    Path spilled = folder.resolve("spilled");
    long limit = 32L << 20;
    try (Serving other =
            new DuckDbServing(
                new Serving.Options(folder.resolve("lake"), spilled, 512L << 20, limit, 0, 0, 2));
        Serving.Catalog tables = other.catalog(List.of())) {
      Schema two = Schema.of("h", "VARCHAR", "n", "BIGINT");
      try (Serving.Result sorted =
          tables.run(
              Statement.of(
                  "SELECT repeat(md5(range::VARCHAR), 10) AS h, range AS n FROM range(20000000)"
                      + " ORDER BY h"),
              two,
              Slice.ALL)) {
        assertThatThrownBy(sorted::next)
            .isInstanceOf(TowpathException.class)
            .hasMessageContaining("temporary files");
      }
      assertThat(rows(tables.run(Statement.of("SELECT 1::BIGINT AS n"), NUMBER, Slice.ALL), NUMBER))
          .hasSize(1);
    }
    assertThat(spilled).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) AS n FROM read_text('/etc/passwd')",
        "SELECT count(*) AS n FROM glob('/etc/*')",
        "SELECT count(*) AS n FROM '/etc/passwd'"
      })
  void theEngineItselfReachesNothingOutside(String sql) {
    assertThatThrownBy(() -> rows(sql, NUMBER))
        .isInstanceOf(TowpathException.class)
        .hasMessageMatching("(?s).*(disabled|ermission|does not exist).*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY (SELECT 1) TO '/tmp/towpath-stolen'",
        "ATTACH '/tmp/towpath-stolen.db'",
        "SET threads = 1",
        "SET GLOBAL enable_external_access = true",
        "INSTALL httpfs",
        "LOAD httpfs"
      })
  void theEngineItselfCannotBeChanged(String sql) {
    assertThatThrownBy(() -> rows(catalog.run(Statement.of(sql), NUMBER, Slice.ALL), NUMBER))
        .isInstanceOf(TowpathException.class);
    assertThat(Path.of("/tmp/towpath-stolen")).doesNotExist();
    assertThat(Path.of("/tmp/towpath-stolen.db")).doesNotExist();
  }

  @Test
  void catalogsDoNotSeeEachOther() {
    TableName t = new TableName("s", "T");
    Schema one = Schema.of("v", "VARCHAR");
    try (Serving.Catalog other = serving.catalog(List.of())) {
      catalog.expose(t, new Relation.Inline(one, List.of(List.of("a"))));
      other.expose(t, new Relation.Inline(one, List.of(List.of("b"))));
      TableName view = new TableName("s", "v");
      catalog.expose(view, new Relation.View("SELECT v || '!' AS v FROM s.t"));
      assertThat(rows("FROM s.v", one)).isEqualTo(List.of(List.of("a!")));
      assertThat(rows(other.run(Statement.of("FROM s.t"), one, Slice.first(10)), one))
          .isEqualTo(List.of(List.of("b")));
    }
    assertThat(rows("FROM " + Names.quote("S") + ".t", one)).isEqualTo(List.of(List.of("a")));
  }

  @Test
  void aCatalogThatIsClosedStopsItsQueries() {
    Serving.Result result =
        catalog.run(Statement.of("SELECT range AS n FROM range(1000000000)"), NUMBER, Slice.ALL);
    assertThat(result.next()).isNotNull();
    catalog.close();
    assertThatThrownBy(result::next).isInstanceOf(CancelledException.class);
    result.close();
  }

  @Test
  void arrowAndParquetHoldTheRows() throws Exception {
    Schema two = Schema.of("n", "BIGINT", "e", "ENUM('a', 'b')");
    String sql = "SELECT range AS n, 'a'::ENUM('a', 'b') AS e FROM range(40000)";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Serving.Result result = catalog.run(Statement.of(sql), two, Slice.ALL)) {
      Batch batch = result.next();
      Batch.Writer writer = result.arrow(bytes);
      for (; batch != null; batch = result.next()) {
        writer.write(batch);
      }
      writer.end();
    }
    int count = 0;
    try (RootAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator)) {
      while (reader.loadNextBatch()) {
        count += reader.getVectorSchemaRoot().getRowCount();
        assertThat(reader.getVectorSchemaRoot().getVector("e").getObject(0)).hasToString("a");
      }
    }
    assertThat(count).isEqualTo(40_000);
    Path file = folder.resolve("tmp").resolve("r.parquet");
    try (Serving.Result result =
        catalog.parquet(
            new Statement(
                "SELECT $n AS n", Map.of("n", new Statement.Bound("7", DataType.parse("BIGINT")))),
            Schema.of("n", "BIGINT"),
            Slice.ALL,
            file)) {
      assertThat(result.next()).isNull();
    }
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .startsWith("PAR1");
  }

  @Test
  void otherProgramsGetWholeNumbersAsTheyAre() throws Exception {
    Schema sum = Schema.of("s", "HUGEINT");
    Statement query =
        Statement.of("SELECT sum(n) AS s FROM (VALUES (9007199254740992), (1)) AS v(n)");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Serving.Result result = catalog.handOver(query, sum, Slice.ALL)) {
      Batch batch = result.next();
      assertThat(batch).isNotNull();
      Batch.Writer writer = result.arrow(bytes);
      writer.write(batch);
      writer.end();
    }
    try (RootAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator)) {
      assertThat(reader.loadNextBatch()).isTrue();
      assertThat(reader.getVectorSchemaRoot().getVector("s").getObject(0))
          .isEqualTo(new BigDecimal("9007199254740993"));
    }
    Path file = folder.resolve("tmp").resolve("s.parquet");
    try (Serving.Result result = catalog.parquet(query, sum, Slice.ALL, file)) {
      assertThat(result.next()).isNull();
    }
    try (Connection reader = DriverManager.getConnection("jdbc:duckdb:");
        ResultSet rows =
            reader
                .createStatement()
                .executeQuery("SELECT CAST(s AS VARCHAR) FROM read_parquet('" + file + "')")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("9007199254740993");
    }
  }

  /** With threads that write behind its back, DuckDB waits for ever after some dozens of these. */
  @Tag("integration")
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  @Test
  void aFileWhoseQueryFailsEnds() {
    Schema columns = Schema.of("m", "VARCHAR");
    for (int run = 0; run < 70; run++) {
      Statement query =
          Statement.of(
              "SELECT md5(range::VARCHAR) || CASE WHEN range = %d THEN error('stop') ELSE '' END"
                      .formatted(200_000 + run * 37_777 % 800_000)
                  + " AS m FROM range(1500000)");
      Path file = folder.resolve("tmp").resolve("f" + run + ".parquet");
      try (Serving.Result result = catalog.parquet(query, columns, Slice.ALL, file)) {
        assertThatThrownBy(result::next).hasMessageContaining("stop");
      }
    }
  }
}
