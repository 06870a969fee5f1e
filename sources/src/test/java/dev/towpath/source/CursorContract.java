package dev.towpath.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.towpath.source.Db.Batch;
import dev.towpath.spi.Extract;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader.Effect;
import dev.towpath.spi.SourceReader.Probe;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import dev.towpath.testing.SilentWire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every database source does in mode incremental and in parallel; SQL that all of them know.
 */
public abstract class CursorContract {
  @TempDir protected Path project;

  /** The database under test. */
  protected abstract Db db();

  /** Whether a query can be read in parallel. */
  protected abstract boolean dividesQueries();

  /** Removes all tables. */
  protected abstract void empty();

  /** Makes {@code moments} with the row 1 and a point in time, 2024-01-31 10:00 in UTC. */
  protected abstract void moments();

  /** Makes sessions of the server begin in India's zone, or again in the one that they had. */
  protected abstract void india(boolean there);

  @BeforeEach
  void orders() {
    empty();
    db().sql(
            "CREATE TABLE things (id int PRIMARY KEY, at timestamp NULL, n int)",
            "INSERT INTO things VALUES (1, '2024-01-01 10:00:00', 1), (2, '2024-01-01 11:00:00', 2),"
                + " (3, '2024-01-01 11:00:00', 3)");
  }

  private SourceTable table() {
    return db().table(project).incremental("at", "id").table();
  }

  private Batch next(SourceTable table, Batch before) {
    return db().batch(table, Optional.of(before.state()));
  }

  private Probe probe(SourceTable table, Batch before) {
    return db().reader().probe(table, Optional.of(before.state()));
  }

  private static List<String> ids(Batch batch) {
    return batch.rows().stream().map(row -> row.substring(1, row.indexOf(','))).toList();
  }

  @Test
  void theFirstReadingTakesAllAndTheNextWhatCame() {
    Batch first = db().batch(table(), Optional.empty());
    assertThat(ids(first)).containsExactly("1", "2", "3");
    assertThat(first.effect()).isEqualTo(Effect.REPLACE);
    db().sql(
            "INSERT INTO things VALUES (4, '2024-01-02 10:00:00', 4)",
            "UPDATE things SET n = 10, at = '2024-01-02 09:00:00' WHERE id = 1");
    assertThat(probe(table(), first)).isInstanceOf(Probe.Changed.class);
    Batch second = next(table(), first);
    // Those with the last value come again: others may have got the same value since.
    assertThat(ids(second)).containsExactly("1", "2", "3", "4");
    assertThat(second.effect()).isEqualTo(Effect.UPSERT);
    assertThat(ids(next(table(), second))).containsExactly("4");
  }

  @Test
  void aRowWithTheLastValueThatCameLaterIsNotMissed() {
    Batch first = db().batch(table(), Optional.empty());
    db().sql("INSERT INTO things VALUES (4, '2024-01-01 11:00:00', 4)");
    assertThat(probe(table(), first)).isEqualTo(new Probe.Unknown());
    assertThat(ids(next(table(), first))).containsExactly("2", "3", "4");
  }

  @Test
  void lagReadsAgainWhatIsThatOld() {
    SourceTable table = db().table(project).incremental("at", "id").key("lag", "90m").table();
    Batch first = db().batch(table, Optional.empty());
    db().sql("INSERT INTO things VALUES (4, '2024-01-01 09:40:00', 4)");
    assertThat(ids(next(table, first))).containsExactly("1", "2", "3", "4");
    db().sql("UPDATE things SET at = '2024-01-01 09:20:00' WHERE id = 4");
    assertThat(ids(next(table, first))).containsExactly("1", "2", "3");
  }

  @Test
  void aCursorOfNumbersHasALagOfNumbers() {
    SourceTable table = db().table(project).incremental("n", "id").key("lag", 1).table();
    Batch first = db().batch(table, Optional.empty());
    assertThat(ids(next(table, first))).containsExactly("2", "3");
    SourceTable wrong = db().table(project).incremental("n", "id").key("lag", "1h").table();
    assertThatThrownBy(() -> db().contact(wrong))
        .hasMessageContaining("\"lag\" cannot be \"1h\" for the cursor \"n\"")
        .hasMessageContaining("write a number");
  }

  @Test
  void rowsWithoutAValueAreAlwaysRead() {
    Batch first = db().batch(table(), Optional.empty());
    db().sql("INSERT INTO things VALUES (7, NULL, 7)");
    Batch second = next(table(), first);
    assertThat(ids(second)).containsExactly("2", "3", "7");
    assertThat(ids(next(table(), second))).containsExactly("2", "3", "7");
  }

  @Test
  void aCursorThatGoesBackIsFollowed() {
    Batch first = db().batch(table(), Optional.empty());
    db().sql("DELETE FROM things WHERE id > 1"); // as a restored backup would
    Batch back = next(table(), first);
    assertThat(ids(back)).containsExactly("1");
    db().sql("INSERT INTO things VALUES (5, '2024-01-01 10:30:00', 5)");
    assertThat(ids(next(table(), back))).containsExactly("1", "5");
  }

  @Test
  void anEmptyTableKeepsThePlace() {
    Batch first = db().batch(table(), Optional.empty());
    db().sql("DELETE FROM things");
    Batch empty = next(table(), first);
    assertThat(empty.rows()).isEmpty();
    assertThat(empty.state().cursor()).containsEntry("last", first.state().cursor().get("last"));
  }

  @Test
  void readingStartsWhereItIsTold() {
    SourceTable table =
        db().table(project).incremental("at", "id").key("start", "2024-01-01 10:30:00").table();
    assertThat(ids(db().batch(table, Optional.empty()))).containsExactly("2", "3");
  }

  @Test
  void neitherTheZoneOfTheServerNorTheMachineCounts() {
    moments();
    Tables moments = db().table(project).key("table", "moments");
    TimeZone machine = TimeZone.getDefault();
    india(true);
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
    try {
      Tables texts = moments.declaring("id", "int", "at", "varchar");
      assertThat(db().rows(texts.table())).singleElement().asString().contains("-31 10:00:00");
      try (Shared shared = new Shared();
          Reading reading =
              db().read(moments.incremental("at", "id").table(), Optional.empty(), shared)) {
        assertThat(reading.finish().cursor().get("last")).contains("-31 10:00:00");
      }
    } finally {
      TimeZone.setDefault(machine);
      india(false);
    }
  }

  @Test
  void whoReadsAndHowLongItWaitsStandBesideTheUrl() {
    try (SilentWire wire = new SilentWire(db().server().port())) {
      Tables table =
          db().table(project)
              .sourceKey("url", db().url(wire.port()).replace(db().user() + "@", "nobody@"))
              .sourceKey("user", db().user())
              .sourceKey("connect_timeout", "1s");
      assertThat(db().rows(table.table())).hasSize(3);
      wire.fallSilent();
      assertTimeoutPreemptively(
          Duration.ofSeconds(9),
          () ->
              assertThatThrownBy(() -> db().contact(table.table()))
                  .hasMessageMatching("(?s).*(no connection|connection was lost).*"));
    }
  }

  @Test
  void aFailedReadingMovesNothing() {
    Batch first = db().batch(table(), Optional.empty());
    db().sql("INSERT INTO things VALUES (4, '2024-01-02 10:00:00', 4)");
    try (Shared shared = new Shared();
        Reading reading = db().read(table(), Optional.of(first.state()), shared)) {
      assertThat(reading.effect()).isEqualTo(Effect.UPSERT); // and neither rows nor finish
    }
    assertThat(ids(next(table(), first))).containsExactly("2", "3", "4");
  }

  @Test
  void keysAreTold() {
    SourceTable table = db().table(project).incremental("at", List.of("id", "n")).table();
    Batch first = db().batch(table, Optional.empty());
    for (Optional<SourceState> last :
        List.of(Optional.<SourceState>empty(), Optional.of(first.state()))) {
      try (Shared shared = new Shared();
          Reading reading = db().read(table, last, shared)) {
        assertThat(reading.key()).containsExactly("id", "n");
      }
    }
    SourceTable divided = db().table(project).key("parallel", 2).key("key", "id").table();
    try (Shared shared = new Shared();
        Reading reading = db().read(divided, Optional.empty(), shared)) {
      assertThat(reading.key()).isEmpty(); // it says how to divide, not that rows differ
    }
    SourceTable odd = db().table(project).incremental("att", "id").table();
    assertThatThrownBy(() -> db().contact(odd))
        .hasMessageContaining("has no column \"att\", which is the \"cursor\"")
        .hasMessageContaining("did you mean \"at\"?");
  }

  @Test
  void mistakesAreToldTogetherAndOffline() {
    List<String> problems = new ArrayList<>();
    SourceTable table =
        new Tables(db().table(project).incremental("", "").table())
            .key("table", "a")
            .key("query", "SELECT 1")
            .key("parallel", 0)
            .key("lag", "soon")
            .sourceKey("connect_timeout", "never")
            .table();
    for (Problem problem : db().reader().check(table)) {
      problems.add(problem.toString());
    }
    assertThat(problems).hasSize(6);
    assertThat(problems.toString())
        .contains(
            "cannot both be given",
            "\"parallel\" cannot be \"0\"",
            "\"lag\" cannot be \"soon\"",
            "\"connect_timeout\" cannot be \"never\"",
            "needs a \"cursor\"",
            "needs a \"key\"");
    SourceTable full = db().table(project).key("cursor", "at").table();
    assertThat(db().reader().check(full).toString()).contains("means nothing in mode full");
    SourceTable keyed = db().table(project).key("key", "id").table();
    assertThat(db().reader().check(keyed).toString())
        .contains("\"key\" means nothing in mode full without \"parallel\"");
    SourceTable timed =
        db().table(project)
            .sourceKey("connect_timeout", "1W")
            .key("statement_timeout", "200 MS")
            .table();
    assertThat(db().reader().check(timed)).isEmpty();
    SourceTable secret = db().table(project).sourceKey("url", "postgres//a:pw1@b").table();
    assertThat(db().reader().check(secret).toString())
        .contains("the \"url\" cannot be read")
        .doesNotContain("pw1");
  }

  @Test
  void partsTogetherHaveEveryRowOnce() {
    db().sql("DELETE FROM things");
    StringBuilder insert = new StringBuilder("INSERT INTO things VALUES (-5, NULL, 0)");
    for (int i = 1; i < 5000; i++) {
      insert.append(", (").append(i * i % 100_003).append(", NULL, ").append(i).append(')');
    }
    db().sql("ALTER TABLE things DROP CONSTRAINT IF EXISTS things_pkey", insert.toString());
    List<List<String>> parts = db().parts(db().table(project).key("parallel", 3).table());
    assertThat(parts).hasSize(3).allSatisfy(part -> assertThat(part).isNotEmpty());
    assertThat(parts.stream().flatMap(List::stream).toList()).hasSize(5000).doesNotHaveDuplicates();
    SourceTable query =
        db().table(project)
            .key("parallel", 3)
            .key("key", "id")
            .key("query", "SELECT * FROM things")
            .table();
    SourceTable keyless =
        db().table(project).key("parallel", 3).key("query", "SELECT * FROM things").table();
    assertThatThrownBy(() -> db().parts(keyless))
        .hasMessageContaining("the query cannot be read in parallel");
    if (dividesQueries()) {
      assertThat(db().parts(query).stream().flatMap(List::stream).toList())
          .hasSize(5000)
          .doesNotHaveDuplicates();
    }
  }

  /** Without a common moment, parts that begin one after the other see the writer's steps. */
  @Test
  void partsAreOfOneMomentWhileOthersWrite() throws Exception {
    StringBuilder insert = new StringBuilder("INSERT INTO things VALUES (10, NULL, 0)");
    for (int i = 11; i < 2000; i++) {
      insert.append(", (").append(i).append(", NULL, 0)");
    }
    db().sql("DELETE FROM things", insert.toString());
    SourceTable table = db().table(project).key("parallel", 3).table();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong written = new AtomicLong();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              while (!stop.get()) {
                db().sql("UPDATE things SET n = n + 1");
                written.incrementAndGet();
              }
            });
    try {
      for (int i = 0; i < 8; i++) {
        List<String> rows = db().parts(table).stream().flatMap(List::stream).toList();
        assertThat(rows).hasSize(1990);
        assertThat(rows.stream().map(r -> r.substring(r.lastIndexOf(',') + 1)).distinct())
            .hasSize(1);
      }
    } finally {
      stop.set(true);
      writer.join();
    }
    assertThat(written.get()).isGreaterThan(2);
  }

  @Test
  void allTablesOfARunAreOfOneMoment() {
    db().sql("CREATE TABLE others (id int PRIMARY KEY)", "INSERT INTO others VALUES (1)");
    SourceTable things = db().table(project).table();
    SourceTable others = db().table(project).key("table", "others").table();
    try (Shared shared = new Shared();
        Reading first = db().read(things, Optional.empty(), shared)) {
      db().sql("INSERT INTO things VALUES (9, NULL, 9)", "INSERT INTO others VALUES (2)");
      assertThat(TestEngine.bag(first)).hasSize(3);
      try (Reading second = db().read(others, Optional.empty(), shared)) {
        assertThat(TestEngine.bag(second)).containsExactly("[1]");
      }
    }
    assertThat(db().rows(others)).hasSize(2);
  }

  @Test
  void aQueryMayEndAsItWouldInAConsole() {
    for (String query :
        List.of(
            "SELECT id, ';' AS t FROM things; -- done",
            "SELECT id, ';' AS t -- ids; and more\nFROM things ;\n/* that; is\nall */\n",
            "SELECT id, '--;' AS t FROM things -- all")) {
      assertThat(db().rows(db().table(project).key("query", query).table()))
          .as(query)
          .hasSize(3)
          .allMatch(row -> row.contains(";"));
    }
  }

  /** A DOUBLE has no room for them. */
  @Test
  void aCursorOfLargeNumbersIsExact() {
    db().sql(
            "CREATE TABLE large (id bigint PRIMARY KEY)",
            "INSERT INTO large VALUES (9007199254740991), (9007199254740992), (9007199254740993)");
    SourceTable table =
        db().table(project).key("table", "large").incremental("id", "id").key("lag", 1).table();
    Batch first = db().batch(table, Optional.empty());
    assertThat(next(table, first).rows())
        .containsExactly("[9007199254740992]", "[9007199254740993]");
  }

  @Test
  void aCursorOfAnotherTypeIsTold() {
    SourceTable table = db().table(project).incremental("n", "id").table();
    Batch first = db().batch(table, Optional.empty());
    dev.towpath.spi.Schema before = db().contact(table);
    db().sql(
            "ALTER TABLE things DROP COLUMN n",
            "ALTER TABLE things ADD COLUMN n timestamp NULL",
            "UPDATE things SET n = '2024-01-01 10:00:00'");
    try (Shared shared = new Shared()) {
      assertThatThrownBy(() ->
              db().reader()
                  .read(table, Optional.of(first.state()), before, TestEngine::infer, shared))
          .hasMessageContaining("column \"n\" is of type ")
          .hasMessageContaining(" and cannot be read as INTEGER");
    }
  }

  @Test
  void whatIsLargerThanTheHeapFlowsThrough() {
    StringBuilder insert = new StringBuilder("INSERT INTO wide VALUES (0, repeat('x', 1000))");
    for (int i = 1; i < 1100; i++) {
      insert.append(", (").append(i).append(", repeat('x', 1000))");
    }
    db().sql("CREATE TABLE wide (id int, t varchar(1000))", insert.toString());
    SourceTable table =
        db().table(project).key("query", "SELECT a.id, a.t FROM wide a, wide b").table();
    AtomicLong bytes = new AtomicLong();
    try (Shared shared = new Shared();
        Reading reading = db().read(table, Optional.empty(), shared)) {
      ((Extract.Csv) reading.extract())
          .parts()
          .forEach(part -> part.write((line, length) -> bytes.addAndGet(length)));
    }
    assertThat(bytes.get()).isGreaterThan(Runtime.getRuntime().maxMemory());
  }

  @Test
  void anotherTypeIsTold() {
    SourceTable table = db().table(project).table();
    dev.towpath.spi.Schema before = db().contact(table);
    db().sql("ALTER TABLE things DROP COLUMN n", "ALTER TABLE things ADD COLUMN n date");
    try (Shared shared = new Shared()) {
      assertThatThrownBy(
              () -> db().reader().read(table, Optional.empty(), before, TestEngine::infer, shared))
          .hasMessageContaining("column \"n\" is of type ")
          .hasMessageContaining(" and cannot be read as INTEGER")
          .hasMessageContaining("schemas.lock");
    }
  }

  @Test
  void driftIsToldOrTaken() {
    SourceTable table = db().table(project).table();
    dev.towpath.spi.Schema before = db().contact(table);
    db().sql("ALTER TABLE things ADD COLUMN colour varchar(9) DEFAULT 'red'");
    SourceTable adding = db().table(project).key("on_new_column", "add").table();
    try (Shared shared = new Shared()) {
      assertThatThrownBy(
              () -> db().reader().read(table, Optional.empty(), before, TestEngine::infer, shared))
          .hasMessageContaining("has a new column \"colour\"")
          .hasMessageContaining("on_new_column: add");
    }
    try (Shared shared = new Shared();
        Reading reading =
            db().reader().read(adding, Optional.empty(), before, TestEngine::infer, shared)) {
      assertThat(reading.schema().names()).endsWith("n", "colour");
      assertThat(TestEngine.bag(reading)).allMatch(row -> row.endsWith("red]"));
    }
    Tables ignoring = db().table(project).key("on_new_column", "ignore");
    assertThat(bag(ignoring, before)).hasSize(3).noneMatch(row -> row.contains("red"));
    db().sql("ALTER TABLE things DROP COLUMN n");
    try (Shared shared = new Shared();
        Reading reading =
            db().reader().read(adding, Optional.empty(), before, TestEngine::infer, shared)) {
      assertThat(TestEngine.bag(reading)).allMatch(row -> row.endsWith("null, red]"));
    }
    assertThatThrownBy(() -> bag(ignoring, before))
        .hasMessageContaining("has no column \"n\"")
        .hasMessageContaining("on_missing_column: fill");
    assertThatThrownBy(() -> bag(new Tables(adding).key("on_missing_column", "fail"), before))
        .hasMessageContaining("has no column \"n\"");
    assertThat(bag(ignoring.key("on_missing_column", "fill"), before))
        .hasSize(3)
        .allMatch(row -> row.endsWith(", null]"));
  }

  private List<String> bag(Tables table, dev.towpath.spi.Schema before) {
    try (Shared shared = new Shared();
        Reading reading =
            db().reader()
                .read(table.table(), Optional.empty(), before, TestEngine::infer, shared)) {
      return TestEngine.bag(reading);
    }
  }
}
