package dev.towpath.engine.duckdb.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.Lineage;
import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What lineage does not name has no influence: random queries run over small tables, one column of
 * one table gets other values, and then only that may differ which lineage says depends on it. Each
 * column of a result is compared as a bag. {@code -Dtowpath.seed=N} repeats one batch.
 */
final class LineageTruthTest {
  private static final DuckDbAnalyzer ANALYZER = new DuckDbAnalyzer(2);
  private static final Map<TableName, Schema> TABLES = new LinkedHashMap<>();

  private Connection connection;

  @BeforeAll
  static void declare() {
    for (String table : RandomQuery.TABLES) {
      TableName name = new TableName("s", table);
      TABLES.put(name, RandomQuery.SCHEMA);
      ANALYZER.declare(name, RandomQuery.SCHEMA);
    }
    RandomQuery.MACROS.forEach(m -> assertThat(ANALYZER.declareMacro(m)).isEmpty());
  }

  @AfterAll
  static void close() {
    ANALYZER.close();
  }

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    execute("SET threads = 1");
    execute("CREATE SCHEMA s");
    String columns =
        RandomQuery.SCHEMA.columns().stream()
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    for (String table : RandomQuery.TABLES) {
      execute("CREATE TABLE s." + table + " (" + columns + ")");
    }
    for (String macro : RandomQuery.MACROS) {
      execute(macro);
    }
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  static LongStream seeds() {
    return seeds(6);
  }

  static LongStream manySeeds() {
    return seeds(400);
  }

  private static LongStream seeds(int count) {
    Long one = Long.getLong("towpath.seed");
    long first = one == null ? System.nanoTime() & 0xffffff : one;
    return LongStream.range(first, first + (one == null ? count : 1));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatIsNotNamedHasNoInfluence(long seed) throws SQLException {
    batch(seed);
  }

  @Tag("soak")
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("manySeeds")
  void whatIsNotNamedHasNoInfluenceOnManyQueries(long seed) throws SQLException {
    batch(seed);
  }

  /** A lineage that names too much would pass everything, so most of the columns must be apart. */
  @Test
  void mostColumnsAreToldApart() {
    RandomQuery random = new RandomQuery(new Random(1));
    int named = 0;
    int possible = 0;
    for (int i = 0; i < 300; i++) {
      String sql = random.query();
      if (ANALYZER.bind(sql, Map.of()) instanceof Typed typed) {
        Lineage lineage = lineage(sql, typed);
        named += lineage.reads().size();
        possible += TABLES.size() * RandomQuery.SCHEMA.columns().size();
      }
    }
    assertThat(named).isLessThan(possible * 6 / 10);
  }

  /** Of two texts, the columns that are not named are the same, and so are the rows. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatTwoTextsDoNotComputeOtherwiseIsTheSame(long seed) throws SQLException {
    Random random = new Random(seed);
    RandomQuery queries = new RandomQuery(random);
    int told = 0;
    for (int i = 0; i < 300; i++) {
      String before = queries.named();
      String after = queries.variant(before);
      if (!(ANALYZER.bind(before, Map.of()) instanceof Typed first)
          || !(ANALYZER.bind(after, Map.of()) instanceof Typed)) {
        continue;
      }
      Optional<Set<String>> other = ANALYZER.otherColumns(before, after);
      if (before.equals(after) || other.isEmpty()) {
        continue;
      }
      for (String table : RandomQuery.TABLES) {
        fill(table, RandomQuery.rows(random));
      }
      Optional<List<List<String>>> one = result(before);
      Optional<List<List<String>>> two = result(after);
      if (one.isEmpty() || two.isEmpty()) {
        continue;
      }
      for (int c = 0; c < one.get().size(); c++) {
        String as = "seed %d: column %d%n%s%n%s".formatted(seed, c, before, after);
        assertThat(two.get().get(c)).as(as).hasSameSizeAs(one.get().get(c));
        if (!other.get().contains(first.columns().names().get(c))) {
          assertThat(two.get().get(c)).as(as).isEqualTo(one.get().get(c));
        }
      }
      told++;
    }
    assertThat(told).as("seed %d: pairs that are told apart", seed).isGreaterThan(30);
  }

  /** The columns of a result, if there is one: a subquery may give two rows. */
  private Optional<List<List<String>>> result(String sql) {
    try {
      return Optional.of(columns(sql));
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  private void batch(long seed) throws SQLException {
    Random random = new Random(seed);
    RandomQuery queries = new RandomQuery(random);
    int tried = 0;
    for (int i = 0; i < 25; i++) {
      String sql = queries.query();
      if (ANALYZER.bind(sql, Map.of()) instanceof Typed typed) {
        tried += probe(seed, sql, typed, random) ? 1 : 0;
      }
    }
    assertThat(tried).as("seed %d: queries that bind and run", seed).isGreaterThan(10);
  }

  private static Lineage lineage(String sql, Typed typed) {
    return ANALYZER
        .lineage(List.of(new Lineage.Request(sql, TABLES, typed.columns().names())))
        .getFirst();
  }

  private boolean probe(long seed, String sql, Typed typed, Random random) throws SQLException {
    Lineage lineage = lineage(sql, typed);
    Map<String, List<List<String>>> data = new LinkedHashMap<>();
    for (String table : RandomQuery.TABLES) {
      data.put(table, RandomQuery.rows(random));
      fill(table, data.get(table));
    }
    List<List<String>> before;
    try {
      before = columns(sql);
    } catch (SQLException e) {
      return false; // such as a subquery that gives two rows
    }
    for (TableName table : TABLES.keySet()) {
      for (int c = 0; c < RandomQuery.SCHEMA.columns().size(); c++) {
        Input changed = new Input(table, RandomQuery.SCHEMA.columns().get(c).name());
        if (lineage.rows().contains(changed)) {
          continue;
        }
        List<List<String>> rows = new ArrayList<>();
        for (List<String> row : data.get(table.table())) {
          List<String> copy = new ArrayList<>(row);
          copy.set(c, RandomQuery.value(c, random));
          rows.add(copy);
        }
        fill(table.table(), rows);
        List<List<String>> after;
        try {
          after = columns(sql);
        } catch (SQLException e) {
          continue;
        } finally {
          fill(table.table(), data.get(table.table()));
        }
        for (int i = 0; i < before.size(); i++) {
          if (!lineage.columns().get(i).from().containsKey(changed)) {
            assertThat(after.get(i))
                .as(
                    "seed %d: column %s after other values of %s%n%s%n%s",
                    seed, lineage.columns().get(i).name(), changed, sql, lineage)
                .isEqualTo(before.get(i));
          }
        }
      }
    }
    return true;
  }

  private void fill(String table, List<List<String>> rows) throws SQLException {
    execute("DELETE FROM s." + table);
    String values =
        rows.stream()
            .map(r -> r.stream().collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(", "));
    execute("INSERT INTO s." + table + " VALUES " + values);
  }

  /** Each column of the result as a sorted bag. */
  private List<List<String>> columns(String sql) throws SQLException {
    List<List<String>> columns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      int count = rows.getMetaData().getColumnCount();
      for (int i = 0; i < count; i++) {
        columns.add(new ArrayList<>());
      }
      while (rows.next()) {
        for (int i = 0; i < count; i++) {
          columns.get(i).add(String.valueOf(rows.getString(i + 1)));
        }
      }
    }
    columns.forEach(c -> c.sort(null));
    return columns;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
