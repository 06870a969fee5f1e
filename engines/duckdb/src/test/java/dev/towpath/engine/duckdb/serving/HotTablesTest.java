package dev.towpath.engine.duckdb.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotTablesTest {
  private static final Schema ONE = Schema.of("n", "BIGINT");

  @TempDir private Path folder;
  private Serving serving;

  @AfterEach
  void close() {
    serving.close();
    assertThat(folder.resolve("tmp")).doesNotExist();
  }

  private void open(long hot) {
    serving =
        new DuckDbServing(
            new Serving.Options(
                folder.resolve("lake"), folder.resolve("tmp"), 512L << 20, 1L << 30, hot, 0, 2));
  }

  private TestTables tables() {
    return new TestTables(folder);
  }

  /** A table of one file with so many numbers in no order. */
  private Relation.Lake table(String name, int rows) throws IOException {
    return tables()
        .made(
            name,
            "SELECT (hash(range) % 1000000007)::BIGINT AS n FROM range(" + rows + ")",
            ONE,
            rows);
  }

  private static List<Object> asked(
      Serving.Catalog catalog, String sql, Map<String, Object> values) {
    Schema columns = Schema.of("k", "VARCHAR", "v", "VARCHAR");
    List<Object> all = new ArrayList<>();
    try (Serving.Result result = catalog.run(new Statement(sql, values), columns, Slice.ALL)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        for (int row = 0; row < batch.rows(); row++) {
          all.add(String.valueOf(batch.column(1).value(row)));
        }
      }
    }
    return all;
  }

  @Test
  void keysLeadToTheSameRowsWhetherTheyAreUniqueOrNot() throws Exception {
    open(256L << 20);
    Schema columns =
        Schema.of(
            "id", "BIGINT", "code", "VARCHAR", "near", "INTEGER", "few", "INTEGER", "long",
            "VARCHAR");
    Relation.Lake table =
        tables()
            .made(
                "keyed",
                "SELECT range AS id, CASE WHEN range % 50 = 0 THEN NULL ELSE 'c' || range END AS code,"
                    + " (CASE WHEN range < 1000 THEN 7 ELSE range END)::INTEGER AS near,"
                    + " (range % 10)::INTEGER AS few, repeat('x', 50) || range AS long FROM range(100000)",
                columns,
                100_000);
    Map<String, List<Object>> before = new LinkedHashMap<>();
    List<String> questions =
        List.of(
            "SELECT 'k', code FROM s.keyed WHERE id = 12345",
            "SELECT 'k', id::VARCHAR FROM s.keyed WHERE code = 'c77'",
            "SELECT 'k', id::VARCHAR FROM s.keyed WHERE code = 'c100'", // is NULL
            "SELECT 'k', count(*)::VARCHAR FROM s.keyed WHERE code IS NULL",
            "SELECT 'k', count(*)::VARCHAR FROM s.keyed WHERE near = 7",
            "SELECT 'k', id::VARCHAR FROM s.keyed WHERE near = 5000 AND few = 0",
            "SELECT 'k', sum(id)::VARCHAR FROM s.keyed WHERE id BETWEEN 10 AND 20",
            "SELECT 'k', id::VARCHAR FROM s.keyed WHERE id IN (3, 99999, 100000) ORDER BY id",
            "SELECT 'k', id::VARCHAR FROM s.keyed WHERE id = -1");
    try (Serving.Catalog catalog = serving.catalog(List.of())) {
      catalog.expose(new TableName("s", "keyed"), table);
      questions.forEach(q -> before.put(q, asked(catalog, q, Map.of())));
      Set<TableName> read = Set.of(new TableName("s", "keyed"));
      catalog.reading(read);
      catalog.reading(read);
      until(
          () -> serving.hot().tables() == 1 && hit(catalog, "SELECT 1 FROM s.keyed WHERE id = 5"));
      assertThat(hit(catalog, "SELECT 1 FROM s.keyed WHERE code = 'c77'")).isTrue();
      assertThat(hit(catalog, "SELECT 1 FROM s.keyed WHERE few = 5")).isFalse();
      assertThat(hit(catalog, "SELECT 1 FROM s.keyed WHERE long = 'x'")).isFalse();
      questions.forEach(
          q -> assertThat(asked(catalog, q, Map.of())).as(q).isEqualTo(before.get(q)));
      for (int id : List.of(0, 5, 99_999, 100_000, 5)) {
        assertThat(
                asked(
                    catalog,
                    "SELECT 'k', id::VARCHAR FROM s.keyed WHERE id = $id",
                    Map.of(
                        "id", new Statement.Bound(Integer.toString(id), DataType.parse("BIGINT")))))
            .isEqualTo(id < 100_000 ? List.of(Integer.toString(id)) : List.of());
      }
    }
  }

  /** Whether a query goes by an index. */
  private static boolean hit(Serving.Catalog catalog, String sql) {
    StringBuilder plan = new StringBuilder();
    try (Serving.Result result = catalog.plan(Statement.of(sql), true)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        plan.append(batch.column(1).value(0));
      }
    }
    return plan.toString().contains("Index Scan");
  }

  private static long read(Serving.Catalog catalog, String table) {
    catalog.reading(Set.of(new TableName("s", table)));
    try (Serving.Result result =
        catalog.run(Statement.of("SELECT count(n) AS n FROM s." + table), ONE, Slice.ALL)) {
      Batch batch = result.next();
      return batch == null ? -1 : batch.column(0).whole(0);
    }
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (!condition.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(20);
    }
  }

  private boolean plansParquet(Serving.Catalog catalog, String table) {
    Schema plan = Schema.of("k", "VARCHAR", "v", "VARCHAR");
    StringBuilder text = new StringBuilder();
    try (Serving.Result result =
        catalog.run(Statement.of("EXPLAIN SELECT n % 7 FROM s." + table), plan, Slice.ALL)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        text.append(batch.column(1).value(0));
      }
    }
    return text.toString().contains("READ_PARQUET");
  }

  @Test
  void aTableThatIsReadOftenIsCopiedAndSharedByReleases() throws Exception {
    open(64L << 20);
    Relation.Lake table = table("t", 100_000);
    try (Serving.Catalog one = serving.catalog(List.of());
        Serving.Catalog two = serving.catalog(List.of())) {
      one.expose(new TableName("s", "t"), table);
      two.expose(new TableName("s", "t"), table);
      assertThat(read(one, "t")).isEqualTo(100_000);
      assertThat(plansParquet(one, "t")).isTrue();
      assertThat(serving.hot()).isEqualTo(new Serving.Hot(0, 0, 0));
      assertThat(read(one, "t")).isEqualTo(100_000);
      until(() -> !plansParquet(one, "t") && !plansParquet(two, "t"));
      assertThat(serving.hot().tables()).isEqualTo(1);
      assertThat(serving.hot().bytes()).isPositive();
      assertThat(read(one, "t")).isEqualTo(100_000);
      assertThat(read(two, "t")).isEqualTo(100_000);
    }
    try (Serving.Catalog later = serving.catalog(List.of())) {
      later.expose(new TableName("s", "t"), table);
      assertThat(read(later, "t")).isEqualTo(100_000);
      until(() -> !plansParquet(later, "t"));
      assertThat(serving.hot().tables()).isEqualTo(1);
    }
  }

  @Test
  void theOneThatWasReadLongestAgoGoesEvenWhileItIsRead() throws Exception {
    open(9L << 20);
    try (Serving.Catalog catalog = serving.catalog(List.of())) {
      for (String name : List.of("a", "b", "c", "d")) {
        catalog.expose(new TableName("s", name), table(name, 150_000));
      }
      read(catalog, "a");
      read(catalog, "a");
      until(() -> !plansParquet(catalog, "a"));
      try (Serving.Result reading =
          catalog.run(Statement.of("SELECT x.n FROM s.a x, range(20) y"), ONE, Slice.ALL)) {
        Batch batch = reading.next();
        assertThat(batch).isNotNull();
        long rows = batch.rows();
        for (String name : List.of("b", "c", "d")) {
          for (int i = 0; i < 2; i++) {
            assertThat(read(catalog, name)).isEqualTo(150_000);
          }
          until(() -> !plansParquet(catalog, name));
          assertThat(serving.hot().bytes()).isLessThanOrEqualTo(9L << 20);
        }
        assertThat(plansParquet(catalog, "a")).isTrue();
        for (batch = reading.next(); batch != null; batch = reading.next()) {
          rows += batch.rows();
        }
        assertThat(rows).isEqualTo(3_000_000);
      }
      assertThat(read(catalog, "a")).isEqualTo(150_000);
      try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
        assertThat(files.filter(f -> f.toString().endsWith(".db")).count())
            .isEqualTo(serving.hot().tables());
      }
    }
  }

  @Test
  void aCopyThatIsTooLargeIsMadeOnceAndTakesNoOthersPlace() throws Exception {
    open(8L << 20);
    Relation.Lake large =
        tables()
            .made(
                "large",
                "SELECT range AS n, repeat('abcdefghij', 40) || hash(range) AS t FROM range(150000)",
                Schema.of("n", "BIGINT", "t", "VARCHAR"), // of which Parquet makes less
                150_000);
    assertThat(large.files().bytes()).isLessThan(4L << 20);
    try (Serving.Catalog catalog = serving.catalog(List.of())) {
      catalog.expose(new TableName("s", "small"), table("small", 5_000));
      catalog.expose(new TableName("s", "large"), large);
      catalog.expose(new TableName("s", "other"), table("other", 5_000));
      for (int i = 0; i < 2; i++) {
        assertThat(read(catalog, "small")).isEqualTo(5_000);
      }
      until(() -> !plansParquet(catalog, "small"));
      for (int i = 0; i < 8; i++) {
        assertThat(read(catalog, "large")).isEqualTo(150_000);
      }
      for (int i = 0; i < 2; i++) {
        assertThat(read(catalog, "other")).isEqualTo(5_000);
      }
      until(() -> !plansParquet(catalog, "other"));
      for (int i = 0; i < 8; i++) {
        assertThat(read(catalog, "large")).isEqualTo(150_000);
      }
      Thread.sleep(300);
      assertThat(plansParquet(catalog, "large")).isTrue();
      assertThat(plansParquet(catalog, "small")).isFalse();
      assertThat(serving.hot().tables()).isEqualTo(2);
      try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
        assertThat(files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".db")))
            .as("the second was the large one's, the third is the other's")
            .containsExactlyInAnyOrder("towpath_hot_1.db", "towpath_hot_3.db");
      }
    }
  }

  @Test
  void withoutRoomNothingIsCopied() throws Exception {
    open(0);
    try (Serving.Catalog catalog = serving.catalog(List.of())) {
      catalog.expose(new TableName("s", "t"), table("t", 1000));
      for (int i = 0; i < 5; i++) {
        assertThat(read(catalog, "t")).isEqualTo(1000);
      }
      Thread.sleep(300);
      assertThat(serving.hot()).isEqualTo(new Serving.Hot(0, 0, 0));
      assertThat(plansParquet(catalog, "t")).isTrue();
    }
  }

  @Test
  void aTableWhoseFilesAreGoneIsNotCopiedAndHindersNobody() throws Exception {
    open(64L << 20);
    try (Serving.Catalog catalog = serving.catalog(List.of())) {
      Relation.Lake table = table("t", 1000);
      catalog.expose(new TableName("s", "t"), table);
      Files.delete(folder.resolve("lake/t.parquet"));
      for (int i = 0; i < 3; i++) {
        catalog.reading(Set.of(new TableName("s", "t")));
      }
      catalog.expose(new TableName("s", "u"), table("u", 1000));
      read(catalog, "u");
      read(catalog, "u");
      until(() -> !plansParquet(catalog, "u"));
      assertThat(serving.hot().tables()).isEqualTo(1);
    }
  }
}
