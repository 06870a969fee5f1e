package dev.towpath.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake.Draft;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SortField;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IcebergLakeTest {
  private static final TableName TABLE = TableName.parse("marts.daily");

  @TempDir Path root;
  private LocalObjectStore objects;
  private IcebergLake lake;

  @BeforeEach
  void open() {
    objects = new LocalObjectStore(root);
    lake = new IcebergLake(objects);
  }

  private Draft draft(Optional<String> base, Schema schema) {
    return lake.draft(TABLE, base, schema, List.of(), Map.of());
  }

  private DataFile file(Draft draft, String name, long rows) {
    return TestFiles.file(objects, draft, name, rows, Map.of(), Map.of());
  }

  @Test
  void replacesAndAppends() {
    Schema schema = Schema.of("id", "BIGINT", "name", "VARCHAR");
    Draft first = draft(Optional.empty(), schema);
    DataFile a = file(first, "a", 10);
    String one = lake.commit(first, List.of(a), Set.of(), Map.of("run", "r1"));

    Draft second = draft(Optional.of(one), schema);
    DataFile b = file(second, "b", 5);
    String two = lake.commit(second, List.of(b), Set.of(), Map.of());

    Draft third = draft(Optional.of(two), schema);
    DataFile c = file(third, "c", 1);
    String three = lake.commit(third, List.of(c), Set.of(a.path(), b.path()), Map.of());

    for (IcebergLake reader : List.of(lake, new IcebergLake(objects))) {
      assertThat(reader.files(one).files()).containsExactly(a);
      assertThat(reader.files(two).files()).containsExactly(a, b);
      assertThat(reader.files(three)).isEqualTo(new TableFiles(third.fields(), List.of(c)));
    }
    Table table = Oracle.table(objects, two);
    assertThat(Oracle.scan(table).keySet())
        .containsExactlyInAnyOrder(
            "file://" + objects.local(a.path()), "file://" + objects.local(b.path()));
    assertThat(table.currentSnapshot().summary())
        .containsEntry("total-records", "15")
        .containsEntry("total-data-files", "2")
        .containsEntry("added-records", "5");
    assertThat(Oracle.table(objects, one).currentSnapshot().summary()).containsEntry("run", "r1");
    assertThat(Oracle.table(objects, three).currentSnapshot().summary())
        .containsEntry("deleted-records", "15")
        .containsEntry("total-records", "1");
    assertThat(table.properties()).containsEntry("gc.enabled", "false");
  }

  @Test
  void reachesExactlyWhatAStateNeeds() {
    Draft draft = draft(Optional.empty(), Schema.of("id", "BIGINT"));
    DataFile a = file(draft, "a", 10);
    String one = lake.commit(draft, List.of(a), Set.of(), Map.of());
    List<String> all = objects.list("").map(s -> s.path()).toList();
    assertThat(new IcebergLake(objects).reach(one)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(all).hasSize(4);
  }

  @Test
  void keepsIdsByNameAndNeverUsesOneTwice() {
    Draft one = draft(Optional.empty(), Schema.of("A", "INTEGER", "b", "VARCHAR"));
    String first = lake.commit(one, List.of(file(one, "a", 1)), Set.of(), Map.of());
    Draft two = draft(Optional.of(first), Schema.of("b", "VARCHAR", "c", "DATE"));
    String second = lake.commit(two, List.of(), Set.of(), Map.of());
    Draft three = draft(Optional.of(second), Schema.of("a", "BIGINT", "B", "VARCHAR", "c", "DATE"));
    assertThat(ids(one)).containsExactly(1, 2);
    assertThat(ids(two)).containsExactly(2, 3);
    assertThat(ids(three)).containsExactly(4, 2, 3);
    assertThat(lake.files(second).files().getFirst().fieldIds()).containsExactly(2);
  }

  private static List<Integer> ids(Draft draft) {
    return draft.fields().stream().map(Field::id).toList();
  }

  @Test
  void refusesToReadOldRowsAsATypeThatTheyAreNot() {
    Draft one = draft(Optional.empty(), Schema.of("a", "VARCHAR"));
    DataFile old = file(one, "a", 1);
    String first = lake.commit(one, List.of(old), Set.of(), Map.of());
    Draft two = draft(Optional.of(first), Schema.of("a", "DATE"));
    DataFile added = file(two, "b", 1);
    assertThatThrownBy(() -> lake.commit(two, List.of(added), Set.of(), Map.of()))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("\"a\" of marts.daily changed from VARCHAR");
    String replaced = lake.commit(two, List.of(added), Set.of(old.path()), Map.of());
    assertThat(lake.files(replaced).files()).containsExactly(added);
  }

  @Test
  void partitionsAndChangesPartitions() {
    Schema schema = Schema.of("day", "DATE", "region", "VARCHAR");
    Draft one =
        lake.draft(
            TABLE,
            Optional.empty(),
            schema,
            List.of(new PartitionField("day", PartitionField.Transform.MONTH)),
            Map.of());
    Map<String, Optional<String>> month = Map.of("day_month", Optional.of("2013-02"));
    DataFile a = TestFiles.file(objects, one, "a", 3, Map.of(), month);
    String first = lake.commit(one, List.of(a), Set.of(), Map.of());
    Draft two =
        lake.draft(
            TABLE,
            Optional.of(first),
            schema,
            List.of(new PartitionField("region", PartitionField.Transform.IDENTITY)),
            Map.of());
    DataFile b = TestFiles.file(objects, two, "b", 3, Map.of(), Map.of("region", Optional.of("N")));
    DataFile c = TestFiles.file(objects, two, "c", 3, Map.of(), Map.of("region", Optional.empty()));
    String second = lake.commit(two, List.of(b, c), Set.of(), Map.of());
    assertThat(new IcebergLake(objects).files(second).files()).containsExactly(a, b, c);
    Table table = Oracle.table(objects, second);
    assertThat(Oracle.scan(table)).hasSize(3);
    assertThat(table.specs()).hasSize(2);
    assertThat(table.spec().fields()).extracting(f -> f.name()).containsExactly("region");
  }

  @ParameterizedTest
  @CsvSource({
    "BLOB,IDENTITY,cannot take identity",
    "INTEGER[],IDENTITY,cannot take identity",
    "VARCHAR,MONTH,cannot take month",
    "DATE,HOUR,cannot take hour",
    "TIME,DAY,cannot take day"
  })
  void refusesPartsThatTheTypeDoesNotHave(
      String type, PartitionField.Transform part, String words) {
    assertThatThrownBy(() ->
            lake.draft(
                TABLE,
                Optional.empty(),
                Schema.of("c", type),
                List.of(new PartitionField("c", part)),
                Map.of()))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining(words)
        .hasMessageContaining(type);
    assertThat(objects.list("")).isEmpty();
  }

  @Test
  void refusesSchemasThatATableCannotHave() {
    assertThatThrownBy(() -> draft(Optional.empty(), Schema.of("a", "DATE", "A", "DATE")))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("two columns are named \"A\"");
    assertThatThrownBy(() -> draft(Optional.empty(), Schema.of("a", "INTERVAL")))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("column \"a\" is of type INTERVAL");
  }

  @Test
  void takesAnyName() {
    for (String name : List.of("Ünï.Straße café/x", "日本.語", "a.b ", "x.".repeat(200) + "y")) {
      TableName table = TableName.parse(name.contains(".") ? name : "a." + name);
      Draft draft =
          lake.draft(table, Optional.empty(), Schema.of("日本 %\"x", "BIGINT"), List.of(), Map.of());
      DataFile added = file(draft, "a", 1);
      String state = lake.commit(draft, List.of(added), Set.of(), Map.of());
      assertThat(state).matches("tables/[a-z0-9_-]+/[a-z0-9_-]+/metadata/[a-z0-9.-]+json");
      assertThat(new IcebergLake(objects).files(state).files()).containsExactly(added);
      assertThat(Oracle.scan(Oracle.table(objects, state))).hasSize(1);
      assertThat(Oracle.table(objects, state).schema().columns())
          .extracting(c -> c.name())
          .containsExactly("日本 %\"x");
    }
  }

  @Test
  void anEmptyTableLeavesNoEmptyDirectory() {
    Draft draft = draft(Optional.empty(), Schema.of("a", "DATE"));
    assertThat(objects.local(draft.directory())).isEmptyDirectory();
    String state = lake.commit(draft, List.of(), Set.of(), Map.of());
    assertThat(objects.local(draft.directory())).doesNotExist();
    assertThat(lake.files(state)).isEqualTo(new TableFiles(draft.fields(), List.of()));
    assertThat(Oracle.scan(Oracle.table(objects, state))).isEmpty();
  }

  @Test
  void tellsHowRowsAreSorted() {
    Schema schema = Schema.of("day", "DATE", "tags", "VARCHAR[]", "n", "BIGINT");
    List<SortField> byDay = List.of(SortField.parse("DAY"), SortField.parse("n desc"));
    Draft one = lake.draft(TABLE, Optional.empty(), schema, List.of(), byDay, Map.of());
    String first = lake.commit(one, List.of(), Set.of(), Map.of());
    assertThat(order(first)).isEqualTo("1: day ASC NULLS LAST, n DESC NULLS LAST");

    // Built again it keeps its id; sorted otherwise it gets another, and the first stays known.
    Draft two = lake.draft(TABLE, Optional.of(first), schema, List.of(), byDay, Map.of());
    String second = new IcebergLake(objects).commit(two, List.of(), Set.of(), Map.of());
    assertThat(order(second)).isEqualTo(order(first));
    List<SortField> byNumber = List.of(SortField.parse("n"), SortField.parse("tags"));
    Draft three = lake.draft(TABLE, Optional.of(second), schema, List.of(), byNumber, Map.of());
    String third = lake.commit(three, List.of(), Set.of(), Map.of());
    assertThat(order(third)).isEqualTo("2: n ASC NULLS LAST"); // lists have no order in Iceberg
    assertThat(Oracle.table(objects, third).sortOrders()).containsOnlyKeys(0, 1, 2);

    // An order over a column that is gone goes with it; not sorted at all is the order 0.
    Draft four = draft(Optional.of(third), Schema.of("n", "BIGINT"));
    String fourth = new IcebergLake(objects).commit(four, List.of(), Set.of(), Map.of());
    assertThat(Oracle.table(objects, fourth).sortOrder().isUnsorted()).isTrue();
    assertThat(Oracle.table(objects, fourth).sortOrders()).containsOnlyKeys(0, 2);
    Draft five =
        lake.draft(
            TABLE,
            Optional.of(fourth),
            Schema.of("n", "BIGINT", "day", "DATE"),
            List.of(),
            byDay,
            Map.of());
    assertThat(order(lake.commit(five, List.of(), Set.of(), Map.of())))
        .isEqualTo("3: day ASC NULLS LAST, n DESC NULLS LAST");
  }

  private String order(String metadataFile) {
    Table table = Oracle.table(objects, metadataFile);
    return table.sortOrder().orderId()
        + ": "
        + table.sortOrder().fields().stream()
            .map(f ->
                table.schema().findColumnName(f.sourceId())
                    + " "
                    + f.direction()
                    + " "
                    + f.nullOrder())
            .collect(Collectors.joining(", "));
  }

  @Test
  void renamesKeepIds() {
    Draft one = draft(Optional.empty(), Schema.of("a", "DATE", "b", "DATE"));
    String first = lake.commit(one, List.of(), Set.of(), Map.of());
    Draft two =
        lake.draft(
            TABLE,
            Optional.of(first),
            Schema.of("b", "DATE", "z", "DATE"),
            List.of(),
            Map.of("z", "A"));
    assertThat(ids(two)).containsExactly(2, 1);
    String second = lake.commit(two, List.of(), Set.of(), Map.of());
    // The renaming stays in the project's file when a new column takes the old name.
    Draft three =
        lake.draft(
            TABLE,
            Optional.of(second),
            Schema.of("a", "DATE", "z", "DATE"),
            List.of(),
            Map.of("z", "A"));
    assertThat(ids(three)).containsExactly(3, 1);
  }

  @Test
  void manyAppendsStayFewManifests() {
    Schema schema = Schema.of("id", "BIGINT");
    Optional<String> state = Optional.empty();
    List<DataFile> all = new java.util.ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Draft draft = draft(state, schema);
      all.add(file(draft, "f" + i, i));
      state = Optional.of(lake.commit(draft, List.of(all.getLast()), Set.of(), Map.of()));
    }
    String last = state.orElseThrow();
    assertThat(new IcebergLake(objects).files(last).files())
        .containsExactlyInAnyOrderElementsOf(all);
    Table table = Oracle.table(objects, last);
    assertThat(Oracle.scan(table)).hasSize(60);
    assertThat(table.currentSnapshot().allManifests(table.io())).hasSizeLessThan(25);
    assertThat(table.currentSnapshot().summary()).containsEntry("total-records", "1770");
    assertThat(table.snapshots()).hasSize(1);
  }

  @Test
  void writesManyTablesAtOnce() throws Exception {
    List<Callable<TableFiles>> commits = new java.util.ArrayList<>();
    for (int i = 0; i < 30; i++) {
      TableName table = new TableName("s", "t" + i);
      commits.add(() -> {
        Draft draft =
            lake.draft(table, Optional.empty(), Schema.of("a", "DATE"), List.of(), Map.of());
        DataFile added = file(draft, "a", 7);
        String state = lake.commit(draft, List.of(added), Set.of(), Map.of());
        assertThat(new IcebergLake(objects).files(state).files()).containsExactly(added);
        return lake.files(state);
      });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<TableFiles> done : threads.invokeAll(commits)) {
        assertThat(done.get().rows()).isEqualTo(7);
      }
    }
  }
}
