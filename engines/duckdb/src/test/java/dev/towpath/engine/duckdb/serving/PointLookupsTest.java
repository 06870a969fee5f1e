package dev.towpath.engine.duckdb.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointLookupsTest {
  private static final Schema ALL =
      Schema.of(
          "id",
          "BIGINT",
          "near",
          "INTEGER",
          "few",
          "SMALLINT",
          "code",
          "VARCHAR",
          "price",
          "DECIMAL(18,2)",
          "huge",
          "DECIMAL(38,4)",
          "real",
          "DOUBLE",
          "small",
          "FLOAT",
          "truth",
          "BOOLEAN",
          "day",
          "DATE",
          "clock",
          "TIME",
          "at",
          "TIMESTAMP",
          "seen",
          "TIMESTAMP WITH TIME ZONE",
          "bytes",
          "BLOB",
          "uuid",
          "UUID",
          "doc",
          "JSON",
          "list",
          "VARCHAR[]",
          "pair",
          "STRUCT(a INTEGER, b VARCHAR)",
          "map",
          "MAP(VARCHAR, INTEGER)",
          "tiny",
          "UTINYINT");
  private static final int ROWS = 200_000;

  /** Each column is NULL in some rows, and each key is in several or none. */
  private static final String SQL =
      """
      SELECT range AS id, (CASE WHEN range < 1000 THEN 7 ELSE range END)::INTEGER AS near,
        (range % 2)::SMALLINT AS few,
        CASE WHEN range % 50 = 0 THEN NULL WHEN range % 50 = 1 THEN '' ELSE 'c€' || range END AS code,
        CASE WHEN range % 3 > 0 THEN range / 7 END::DECIMAL(18,2) AS price,
        (range * 1000003.25)::DECIMAL(38,4) AS huge,
        CASE range % 4 WHEN 0 THEN 'nan' WHEN 1 THEN '-inf' WHEN 2 THEN NULL ELSE range::VARCHAR END::DOUBLE AS real,
        (range / 3)::FLOAT AS small, CASE WHEN range % 3 > 0 THEN range % 3 = 1 END AS truth,
        CASE WHEN range % 9 = 0 THEN 'infinity' ELSE (DATE '1960-01-01' + (range % 40000)::INTEGER)::VARCHAR END::DATE AS day,
        TIME '00:00:01' + to_seconds(range % 86000) AS clock,
        TIMESTAMP '1969-12-31 23:59:59.5' + to_seconds(range % 100) AS at,
        TIMESTAMPTZ '2024-01-01 00:00:00+02' + to_seconds(range % 100) AS seen,
        CASE WHEN range % 5 > 0 THEN encode('b' || range) END AS bytes,
        md5(range::VARCHAR)::UUID AS uuid, '{"a": ' || range || '}' AS doc,
        CASE WHEN range % 6 > 0 THEN ['x', NULL, range::VARCHAR] END AS list,
        CASE WHEN range % 7 > 0 THEN {'a': range::INTEGER, 'b': NULL} END AS pair,
        MAP {'k': range::INTEGER} AS map, (range % 256)::UTINYINT AS tiny
      FROM range(200000)
      """;

  @TempDir private Path folder;
  private @Nullable Serving serving;

  @AfterEach
  void close() {
    Serving open = serving;
    if (open != null) {
      open.close();
    }
    assertThat(folder.resolve("tmp")).doesNotExist();
  }

  private Serving.Catalog open(long memory) {
    Serving opened =
        new DuckDbServing(
            new Serving.Options(
                folder.resolve("lake"), folder.resolve("tmp"), memory, 1L << 30, 1L << 30, 0, 2));
    serving = opened;
    return opened.catalog(List.of());
  }

  private Relation.Lake table(String name, String sql, Schema columns, int rows)
      throws IOException {
    return new TestTables(folder).made(name, sql, columns, rows);
  }

  private Serving.Hot hot() {
    Serving open = serving;
    if (open == null) {
      throw new IllegalStateException("nothing is open");
    }
    return open.hot();
  }

  private static Statement asks(String sql, String value, String type) {
    return new Statement(sql, Map.of("v", new Statement.Bound(value, DataType.parse(type))));
  }

  private static List<List<@Nullable Object>> rows(Serving.Result result, int width) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (result) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        for (int row = 0; row < batch.rows(); row++) {
          List<@Nullable Object> values = new ArrayList<>();
          for (int column = 0; column < width; column++) {
            Object value = batch.column(column).value(row);
            values.add(value instanceof byte[] bytes ? Arrays.toString(bytes) : value);
            assertThat(batch.column(column).isNull(row)).isEqualTo(value == null);
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (!condition.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(10);
    }
  }

  /** Asks until the rows are at hand. */
  private static void untilKept(
      Serving.Catalog catalog, TableName table, Statement query, Schema columns) throws Exception {
    until(() -> {
      catalog.reading(Set.of(table));
      try (Serving.Result result = catalog.run(query, columns, Slice.ALL)) {
        return result instanceof KeyedResult;
      }
    });
  }

  private static Schema columns(String... names) {
    return new Schema(Arrays.stream(names).map(n -> ALL.column(n).orElseThrow()).toList());
  }

  @Test
  void areWhatTheEngineGives() throws Exception {
    try (Serving.Catalog catalog =
        open(3L << 30)) { // of which an eighth is for four times all rows
      TableName name = new TableName("s", "t");
      catalog.expose(name, table("t", SQL, ALL, ROWS));
      List<Statement> questions = new ArrayList<>();
      for (String value : List.of("0", "5", "100000", "199999", "200000", "-1", "007")) {
        questions.add(asks("SELECT * FROM s.t WHERE id = $v", value, "BIGINT"));
      }
      for (String value : List.of("7", "-7", "1000", "127")) {
        questions.add(asks("SELECT t.* FROM s.t WHERE $v = t.near", value, "SMALLINT"));
      }
      questions.add(
          asks("/* of many */ SELECT * FROM s.t AS x WHERE x.few = $v;", "1", "UINTEGER"));
      for (String value : List.of("", "c€77", "c€78", "c", "c€", "c€199999", "d", "C€77")) {
        questions.add(asks("FROM s.t WHERE code = $v", value, "VARCHAR"));
      }
      List<List<List<@Nullable Object>>> before = new ArrayList<>();
      List<String> arrow = new ArrayList<>();
      for (Statement question : questions) {
        before.add(rows(catalog.run(question, ALL, Slice.ALL), ALL.columns().size()));
        arrow.add(arrow(catalog.run(question, ALL, Slice.ALL)));
      }
      assertThat(before.get(0)).hasSize(1);
      assertThat(before.get(7)).hasSize(1000);
      assertThat(before.get(11)).hasSize(100_000);
      for (int i = 0; i < questions.size(); i++) {
        untilKept(catalog, name, questions.get(i), ALL);
        assertThat(rows(catalog.run(questions.get(i), ALL, Slice.ALL), ALL.columns().size()))
            .as("%s", questions.get(i))
            .isEqualTo(before.get(i));
        assertThat(arrow(catalog.run(questions.get(i), ALL, Slice.ALL))).isEqualTo(arrow.get(i));
      }
      assertThat(hot().kept()).isPositive();
      chosen(catalog);
      unlike(catalog);
    }
  }

  /** A result in Arrow's own format, as text; with its columns. */
  private static String arrow(Serving.Result result) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (result) {
      Batch batch = result.next();
      Batch.Writer writer = result.arrow(out);
      for (; batch != null; batch = result.next()) {
        writer.write(batch);
      }
      writer.end();
    }
    StringBuilder text = new StringBuilder();
    try (RootAllocator memory = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(out.toByteArray()), memory)) {
      text.append(reader.getVectorSchemaRoot().getSchema());
      while (reader.loadNextBatch()) {
        ArrowBatch batch = new ArrowBatch(reader.getVectorSchemaRoot(), ALL);
        for (int row = 0; row < batch.rows(); row++) {
          for (int column = 0; column < ALL.columns().size(); column++) {
            Object value = batch.column(column).value(row);
            text.append(value instanceof byte[] bytes ? Arrays.toString(bytes) : value).append('|');
          }
        }
      }
    }
    return text.toString();
  }

  /** Some columns, in another order, by other names; and some rows. */
  private static void chosen(Serving.Catalog catalog) throws IOException {
    Schema columns = Schema.of("id", "DECIMAL(18,2)", "x", "BIGINT", "y", "BIGINT");
    String sql = "SELECT price AS id, X.Id AS x, ID AS y FROM s.t x WHERE iD = $v";
    Statement query = asks(sql, "7", "BIGINT");
    try (Serving.Result result = catalog.run(query, columns, Slice.ALL)) {
      assertThat(result).isNotInstanceOf(KeyedResult.class); // nobody has looked at this text
    }
    for (Slice slice : List.of(Slice.ALL, Slice.first(3), Slice.first(70_000))) {
      Schema shown = columns("id", "few");
      Statement few = asks("SELECT id, few FROM s.t WHERE few = $v", "0", "SMALLINT");
      List<List<@Nullable Object>> rows = kept(catalog, few, shown, slice);
      assertThat(rows).hasSize((int) Math.min(slice.rows(), 100_000));
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i)).containsExactly(2L * i, 0L);
      }
    }
    for (int most : List.of(0, 1, 70_000)) {
      String limited = "SELECT few AS f FROM s.t WHERE few = $v LIMIT " + most;
      assertThat(
              kept(catalog, asks(limited, "1", "INTEGER"), Schema.of("f", "SMALLINT"), Slice.ALL))
          .hasSize(most);
    }
    assertThat(kept(catalog, query, columns, Slice.ALL))
        .isEqualTo(List.of(List.of(new java.math.BigDecimal("1.00"), 7L, 7L)));
    try (Serving.Result result = catalog.run(query, columns, Slice.ALL)) {
      Batch batch = result.next();
      assertThat(batch).isNotNull();
      assertThat(batch.column(1).whole(0)).isEqualTo(7);
      assertThatThrownBy(() -> batch.column(1).bytes(0)).isInstanceOf(IllegalStateException.class);
    }
  }

  private static List<List<@Nullable Object>> kept(
      Serving.Catalog catalog, Statement query, Schema columns, Slice slice) {
    try {
      until(() -> {
        try (Serving.Result result = catalog.run(query, columns, slice)) {
          return result instanceof KeyedResult;
        }
      });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return rows(catalog.run(query, columns, slice), columns.columns().size());
  }

  /** What looks like such a question and is another, is the engine's. */
  private static void unlike(Serving.Catalog catalog) throws Exception {
    for (String sql :
        List.of(
            "SELECT id FROM s.t WHERE id = $v + 0",
            "SELECT id FROM s.t WHERE id <> $v",
            "SELECT id FROM s.t WHERE NOT (id = $v)",
            "SELECT id FROM s.t WHERE id IS NOT DISTINCT FROM $v",
            "SELECT id FROM s.t WHERE id = $v AND few = 0",
            "SELECT id FROM s.t WHERE id = $v OR few = 0",
            "SELECT id FROM s.t WHERE id + 0 = $v",
            "SELECT DISTINCT id FROM s.t WHERE id = $v",
            "SELECT id FROM s.t WHERE id = $v ORDER BY id",
            "SELECT id FROM s.t WHERE id = $v LIMIT 1%",
            "SELECT id FROM s.t WHERE id = $v LIMIT (SELECT 1)",
            "SELECT id FROM s.t WHERE id = $v LIMIT $v",
            "SELECT id FROM s.t WHERE id = $v LIMIT 5 OFFSET 1",
            "SELECT id FROM s.t WHERE id = $v GROUP BY id",
            "SELECT id FROM s.t WHERE id = $v GROUP BY ALL",
            "SELECT count(*) AS id FROM s.t WHERE id = $v",
            "SELECT id + 1 AS id FROM s.t WHERE id = $v",
            "SELECT id FROM s.t WHERE id = $v QUALIFY row_number() OVER () > 1",
            "SELECT id FROM s.t TABLESAMPLE 10% WHERE id = $v",
            "SELECT id FROM s.t WHERE id = $v USING SAMPLE 0 ROWS",
            "SELECT near AS id FROM s.t AS t(near, id) WHERE id = $v",
            "SELECT id FROM s.t WHERE id = $v UNION ALL SELECT 1",
            "WITH x AS (SELECT 1) SELECT id FROM s.t WHERE id = $v",
            "SELECT x.id FROM s.t AS x, s.t AS y WHERE x.id = $v",
            "SELECT id FROM (SELECT * FROM s.t) WHERE id = $v",
            "SELECT * EXCLUDE (near, few, code, price, huge, real, small, truth, day, clock, at,"
                + " seen, bytes, uuid, doc, list, pair, map, tiny) FROM s.t WHERE id = $v",
            "SELECT rowid AS id FROM s.t WHERE id = $v",
            "SELECT id FROM s.t WHERE rowid = $v")) {
      never(catalog, asks(sql, "3", "BIGINT"));
    }
    never(catalog, asks("SELECT id FROM s.t WHERE id = $v", " 3", "BIGINT"));
    never(catalog, asks("SELECT id FROM s.t WHERE id = $v", "3", "VARCHAR"));
    never(catalog, asks("SELECT id FROM s.t WHERE id = $v", "3", "DOUBLE"));
    never(catalog, asks("SELECT id FROM s.t WHERE code = $v", "3", "BIGINT"));
    never(catalog, asks("SELECT id FROM s.t WHERE price = $v", "3", "BIGINT"));
    never(catalog, asks("SELECT id FROM s.t WHERE real = $v", "3", "DOUBLE"));
    never(
        catalog, new Statement("SELECT id FROM s.t WHERE id = $v", Map.of("v", Optional.empty())));
    Schema id = columns("id");
    for (String type : List.of("TINYINT", "UTINYINT")) {
      Statement small = asks("SELECT id FROM s.t WHERE id = $v", "-129", type);
      assertThatThrownBy(() -> rows(catalog.run(small, id, Slice.ALL), 1))
          .isInstanceOf(SqlException.class);
    }
  }

  private static void never(Serving.Catalog catalog, Statement query) throws Exception {
    for (int i = 0; i < 8; i++) {
      try (Serving.Result result = catalog.run(query, columns("id"), Slice.ALL)) {
        assertThat(result).as("%s", query).isNotInstanceOf(KeyedResult.class);
      }
      Thread.sleep(i < 2 ? 10 : 0); // somebody looks at the text
    }
  }

  @Test
  void areStopped() throws Exception {
    try (Serving.Catalog catalog = open(256L << 20)) {
      TableName name = new TableName("s", "n");
      Schema one = Schema.of("n", "BIGINT");
      catalog.expose(name, table("n", "SELECT range AS n FROM range(1000)", one, 1000));
      Statement query = asks("SELECT n FROM s.n WHERE n = $v", "5", "BIGINT");
      untilKept(catalog, name, query, one);
      try (Serving.Result result = catalog.run(query, one, Slice.ALL)) {
        result.cancel();
        assertThatThrownBy(result::next).isInstanceOf(CancelledException.class);
      }
      try (Serving.Result result = catalog.run(query, one, Slice.ALL)) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(result::next).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }

  /** A table of eight bytes a row. */
  private void expose(Serving.Catalog catalog, String name, int rows) throws IOException {
    catalog.expose(
        new TableName("s", name),
        table(name, "SELECT range AS n FROM range(" + rows + ")", Schema.of("n", "BIGINT"), rows));
  }

  @Test
  void takeNoMoreThanTheyMay() throws Exception {
    Schema one = new Schema(List.of(Column.of("n", "BIGINT")));
    try (Serving.Catalog catalog = open(160L << 20)) { // 20 MB of it are for these
      for (String name : List.of("a", "b", "c", "d")) {
        expose(catalog, name, 800_000);
        Statement query = asks("SELECT n FROM s." + name + " WHERE n = $v", "799999", "BIGINT");
        untilKept(catalog, new TableName("s", name), query, one);
        assertThat(rows(catalog.run(query, one, Slice.ALL), 1))
            .isEqualTo(List.of(List.of(799_999L)));
        assertThat(hot().kept()).isBetween(6L << 20, 20L << 20);
      }
      Statement gone = asks("SELECT n FROM s.a WHERE n = $v", "1", "BIGINT");
      try (Serving.Result result = catalog.run(gone, one, Slice.ALL)) {
        assertThat(result).as("asked longest ago").isNotInstanceOf(KeyedResult.class);
      }
      long before = hot().kept();
      expose(catalog, "large", 2_000_000);
      Statement large = asks("SELECT n FROM s.large WHERE n = $v", "1", "BIGINT");
      TableName name = new TableName("s", "large");
      long tables = hot().tables();
      catalog.reading(Set.of(name));
      catalog.reading(Set.of(name));
      until(() -> hot().tables() > tables);
      for (int i = 0; i < 50; i++) {
        try (Serving.Result result = catalog.run(large, one, Slice.ALL)) {
          assertThat(result).isNotInstanceOf(KeyedResult.class);
        }
        Thread.sleep(5);
      }
      assertThat(hot().kept()).as("it took nobody's place").isEqualTo(before);
    }
  }

  @Test
  void areReadWhileTheyComeAndGo() throws Exception {
    long seed = Long.getLong("towpath.seed", System.nanoTime());
    Schema one = new Schema(List.of(Column.of("n", "BIGINT")));
    try (Serving.Catalog catalog = open(96L << 20); // two tables have room, at most
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<String> names = List.of("a", "b", "c");
      for (String name : names) {
        expose(catalog, name, 600_000);
      }
      List<Future<Integer>> kept = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        Random random = new Random(seed + thread);
        kept.add(
            threads.submit(() -> {
              int found = 0;
              for (int i = 0; i < 1_500; i++) {
                String name = names.get(random.nextInt(i % 500 < 250 ? 1 : 3));
                String value = Integer.toString(random.nextInt(700_000));
                catalog.reading(Set.of(new TableName("s", name)));
                Statement query =
                    asks("SELECT n FROM s." + name + " WHERE n = $v", value, "BIGINT");
                Serving.Result result = catalog.run(query, one, Slice.ALL);
                found += result instanceof KeyedResult ? 1 : 0;
                assertThat(rows(result, 1))
                    .as("seed %d", seed)
                    .isEqualTo(
                        Integer.parseInt(value) < 600_000
                            ? List.of(List.of(Long.parseLong(value)))
                            : List.of());
              }
              return found;
            }));
      }
      int all = 0;
      for (Future<Integer> one1 : kept) {
        all += one1.get();
      }
      assertThat(all).isPositive();
    }
  }
}
