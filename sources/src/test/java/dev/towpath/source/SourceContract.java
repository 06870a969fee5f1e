package dev.towpath.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.towpath.spi.DataType;
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
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every source does. A source's own test extends this and says what stands outside. */
public abstract class SourceContract {
  private static final String SECRET = "hunter2-s3cr3t";

  @TempDir protected Path project;

  private final List<Shared> runs = new ArrayList<>();

  /** The reader under test. */
  protected abstract SourceReader reader();

  /** Puts a few rows outside and says how they are declared. Called once for each test. */
  protected abstract SourceTable given() throws Exception;

  /** Changes what is outside, and gives the table as it is declared from then on. */
  protected abstract SourceTable change(SourceTable table) throws Exception;

  /** A table that is not there. */
  protected abstract SourceTable missing() throws Exception;

  /** Whether the reader can tell without reading rows that nothing changed. */
  protected boolean tellsNothingNew() {
    return true;
  }

  private Schema contact(SourceTable table) {
    return reader().contact(table, TestEngine::infer);
  }

  private Reading read(SourceTable table, Optional<SourceState> last) {
    return reader().read(table, last, contact(table), TestEngine::infer, shared());
  }

  /** What a run of its own shares; closed after the test. */
  private synchronized Shared shared() {
    Shared shared = new Shared();
    runs.add(shared);
    return shared;
  }

  @AfterEach
  void runsEnd() {
    runs.forEach(Shared::close);
  }

  private SourceState readAll(SourceTable table, List<String> into) {
    try (Reading reading = read(table, Optional.empty())) {
      into.addAll(TestEngine.bag(reading));
      return reading.finish();
    }
  }

  @Test
  void aGoodTableHasNoProblem() throws Exception {
    assertThat(reader().check(given())).isEmpty();
  }

  @Test
  void contactIsStable() throws Exception {
    SourceTable table = given();
    assertThat(contact(table)).isEqualTo(contact(table));
    assertThat(contact(table).columns()).isNotEmpty();
  }

  @Test
  void beforeTheFirstReadingThereIsSomethingNew() throws Exception {
    assertThat(reader().probe(given(), Optional.empty())).isInstanceOf(Probe.Changed.class);
  }

  @Test
  void afterAReadingThereIsNothingNew() throws Exception {
    SourceTable table = given();
    SourceState state = readAll(table, new ArrayList<>());
    assertThat(reader().probe(table, Optional.of(state)))
        .isEqualTo(tellsNothingNew() ? new Probe.Unchanged() : new Probe.Unknown());
  }

  @Test
  void aChangeIsNoticed() throws Exception {
    SourceTable table = given();
    SourceState state = readAll(table, new ArrayList<>());
    SourceTable changed = change(table);
    assertThat(reader().probe(changed, Optional.of(state))).isNotInstanceOf(Probe.Unchanged.class);
  }

  @Test
  void rowsFitTheSchema() throws Exception {
    SourceTable table = given();
    Schema schema = contact(table);
    try (Reading reading = read(table, Optional.empty())) {
      assertThat(reading.schema()).isEqualTo(schema);
      if (reading.extract() instanceof Extract.Rows rows) {
        assertThat(rows.schema()).isEqualTo(schema);
        try (RowReader reader = rows.parts().getFirst().get()) {
          for (Object[] row = reader.next(); row != null; row = reader.next()) {
            assertThat(row).hasSize(schema.columns().size());
            for (int i = 0; i < row.length; i++) {
              assertFits(row[i], schema.columns().get(i).type());
            }
          }
        }
      }
    }
    try (Reading again = read(table, Optional.empty())) {
      assertThat(TestEngine.bag(again)).isNotEmpty();
    }
  }

  @Test
  void readingTwiceGivesTheSameRows() throws Exception {
    SourceTable table = given();
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    SourceState one = readAll(table, first);
    SourceState two = readAll(table, second);
    assertThat(first).isNotEmpty().isEqualTo(second);
    assertThat(one.cursor()).isEqualTo(two.cursor());
    assertThat(one.files()).hasSameSizeAs(two.files());
  }

  @Test
  void aFirstReadingReplaces() throws Exception {
    try (Reading reading = read(given(), Optional.empty())) {
      assertThat(reading.effect()).isEqualTo(SourceReader.Effect.REPLACE);
    }
  }

  /** Since a key that the first one holds twice would never be told otherwise. */
  @Test
  void readingsHaveOneKeyFromTheFirstOn() throws Exception {
    SourceTable table = given();
    List<String> key;
    try (Reading first = read(table, Optional.empty())) {
      key = first.key();
      assertThat(first.schema().names()).containsAll(key);
    }
    SourceState state = readAll(table, new ArrayList<>());
    try (Reading next = read(change(table), Optional.of(state))) {
      assertThat(next.key()).isEqualTo(key);
      assertThat(next.effect() == SourceReader.Effect.UPSERT).isEqualTo(!key.isEmpty());
    }
  }

  @Test
  void aReadingThatFailsHalfwayLeavesNothingBehind() throws Exception {
    SourceTable table = given();
    List<String> whole = new ArrayList<>();
    SourceState state = readAll(table, whole);
    SourceTable changed = change(table);
    try (Reading reading = read(changed, Optional.of(state))) {
      if (reading.extract() instanceof Extract.Rows rows) {
        try (RowReader reader = rows.parts().getFirst().get()) {
          assertThat(reader.next()).isNotNull();
        }
      }
    } // and no finish
    assertThat(reader().probe(changed, Optional.of(state))).isNotInstanceOf(Probe.Unchanged.class);
    List<String> again = new ArrayList<>();
    readAll(changed, again);
    assertThat(again).isNotEqualTo(whole).isNotEmpty();
  }

  @Test
  void closingBeforeTheFirstRowIsFine() throws Exception {
    SourceTable table = given();
    read(table, Optional.empty()).close();
    List<String> rows = new ArrayList<>();
    readAll(table, rows);
    assertThat(rows).isNotEmpty();
  }

  @Test
  void readingsInParallelDoNotDisturbEachOther() throws Exception {
    SourceTable table = given();
    List<String> alone = new ArrayList<>();
    readAll(table, alone);
    List<Future<List<String>>> futures = new ArrayList<>();
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        futures.add(
            pool.submit(() -> {
              List<String> rows = new ArrayList<>();
              readAll(table, rows);
              return rows;
            }));
      }
    }
    for (Future<List<String>> future : futures) {
      assertThat(future.get()).isEqualTo(alone);
    }
  }

  @Test
  void whatIsNotThereIsToldWithAHintAndNoSecret() throws Exception {
    SourceTable given = missing();
    boolean asked = given.sourceOptions().containsKey("password"); // a wrong one finds no table
    SourceTable table = asked ? given : new Tables(given).sourceKey("password", SECRET).table();
    String secret = String.valueOf(table.sourceOptions().get("password"));
    for (Runnable call :
        List.<Runnable>of(
            () -> contact(table),
            () ->
                reader()
                    .read(
                        table,
                        Optional.empty(),
                        Schema.of("a", "int"),
                        TestEngine::infer,
                        shared()))) {
      TowpathException failure = catchThrowableOfType(TowpathException.class, call::run);
      assertThat(failure).isNotNull();
      assertThat(failure.problems())
          .isNotEmpty()
          .allSatisfy(problem -> {
            assertThat(problem.location()).isEqualTo(table.location());
            assertThat(problem.hint()).isPresent();
            assertThat(problem.toString()).doesNotContain(secret);
          });
    }
  }

  @Test
  void keysAndModesAreNamed() throws Exception {
    assertThat(given().type()).isEqualTo(reader().type());
    assertThat(reader().modes()).contains("full");
    HashSet<String> keys = new HashSet<>(reader().tableKeys());
    keys.addAll(reader().sourceKeys());
    assertThat(keys).containsAll(given().options().keySet());
    assertThat(keys).doesNotContain("mode", "columns", "type", "schema", "tables", "description");
  }

  private static void assertFits(Object value, DataType type) {
    if (value == null) {
      return;
    }
    List<Class<?>> classes =
        switch (type) {
          case DataType.Decimal _ -> List.of(BigDecimal.class);
          case DataType.Simple simple ->
              switch (simple.name()) {
                case "BOOLEAN" -> List.of(Boolean.class);
                case "TINYINT", "SMALLINT", "INTEGER", "BIGINT" -> List.of(Long.class);
                case "HUGEINT", "UBIGINT" -> List.of(Long.class, BigInteger.class);
                case "FLOAT", "DOUBLE" -> List.of(Double.class);
                case "BLOB" -> List.of(byte[].class);
                case "DATE" -> List.of(LocalDate.class);
                case "TIME" -> List.of(LocalTime.class);
                case "TIMESTAMP" -> List.of(LocalDateTime.class);
                case "TIMESTAMP WITH TIME ZONE" -> List.of(OffsetDateTime.class);
                default -> List.of(String.class);
              };
          case DataType _ -> List.of(String.class);
        };
    assertThat(value.getClass()).as("a value of " + type.sql()).isIn(classes);
  }
}
