package dev.towpath.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataFile;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lake.Draft;
import dev.towpath.spi.Lake.Step;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.PartitionField.Transform;
import dev.towpath.spi.Schema;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of one table, branching as rollbacks make them, against a list of files in
 * memory and Iceberg's own library.
 */
class RandomHistoryTest {
  private static final List<String> TYPES =
      List.of(
          "BOOLEAN",
          "TINYINT",
          "INTEGER",
          "BIGINT",
          "UBIGINT",
          "HUGEINT",
          "FLOAT",
          "DOUBLE",
          "DECIMAL(9,2)",
          "VARCHAR",
          "JSON",
          "BLOB",
          "DATE",
          "TIME",
          "TIMESTAMP",
          "TIMESTAMP WITH TIME ZONE",
          "UUID",
          "ENUM('a', 'b')",
          "INTEGER[]",
          "DOUBLE[3]",
          "MAP(VARCHAR, DATE)",
          "STRUCT(a INTEGER, b VARCHAR[], \"c d\" STRUCT(e DATE))");

  private static final Map<String, String> WIDER =
      Map.of(
          "INTEGER", "BIGINT",
          "TINYINT", "INTEGER",
          "UBIGINT", "HUGEINT",
          "FLOAT", "DOUBLE",
          "DECIMAL(9,2)", "DECIMAL(18,2)",
          "ENUM('a', 'b')", "ENUM('a', 'b', 'c')",
          "JSON", "VARCHAR",
          "STRUCT(a INTEGER, b VARCHAR[], \"c d\" STRUCT(e DATE))",
              "STRUCT(a BIGINT, \"c d\" STRUCT(e DATE, f UUID))");

  /** What a state should hold. */
  private record Expected(
      String metadataFile,
      Schema schema,
      List<PartitionField> partitionBy,
      List<Field> fields,
      List<Written> files) {}

  /** A file and the columns it was partitioned by, with their ids. */
  private record Written(DataFile file, Map<PartitionField, Integer> sources) {}

  @TempDir Path temp;
  private Path root;
  private LocalObjectStore objects;
  private IcebergLake lake;
  private Random random;
  private int names;
  private final List<Expected> states = new ArrayList<>();

  private void open() {
    objects = new LocalObjectStore(root);
    lake = new IcebergLake(objects);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithTheModelAndWithIceberg(long seed) throws IOException {
    random = new Random(seed);
    root = temp.toRealPath().resolve("lake 0");
    open();
    for (int step = 0; step < 40; step++) {
      if (random.nextInt(12) == 0) {
        open();
      }
      if (random.nextInt(20) == 0 && !states.isEmpty()) {
        Path moved = temp.toRealPath().resolve("lake " + (step + 1));
        Files.move(root, moved);
        root = moved;
        open();
      }
      Expected next = step();
      states.add(next);
      check(next);
      check(states.get(random.nextInt(states.size())));
    }
    open();
    states.forEach(this::check);
  }

  private Expected step() {
    Optional<Expected> base =
        states.isEmpty()
            ? Optional.empty()
            : Optional.of(
                states.get(
                    random.nextInt(4) > 0 ? states.size() - 1 : random.nextInt(states.size())));
    Map<String, String> renames = new HashMap<>();
    Schema schema = base.map(b -> evolve(b.schema(), renames)).orElseGet(this::newSchema);
    List<PartitionField> partitionBy = partitionBy(base, schema, renames);
    Draft draft =
        lake.draft(
            TableName.parse("Märts.daily report"),
            base.map(Expected::metadataFile),
            schema,
            partitionBy,
            renames);
    checkIds(draft);
    List<Written> live = new ArrayList<>(base.map(Expected::files).orElse(List.of()));
    Set<String> removed = new HashSet<>();
    int keep = random.nextInt(4); // none, all, all, some
    live.removeIf(w ->
        (keep == 0
                || (keep == 3 && random.nextBoolean())
                || (draft.moved() && w.file().deletes().isPresent()))
            && removed.add(w.file().path()));
    List<DataFile> thinned = new ArrayList<>();
    for (int i = 0; i < live.size() && !draft.moved(); i++) {
      DataFile file = live.get(i).file();
      long left = file.live();
      if (left > 0 && random.nextInt(6) == 0) {
        long gone = file.rows() - left + 1 + random.nextLong(left);
        thinned.add(file.without(TestFiles.deletes(objects, draft, "d" + names++, gone)));
        live.set(i, new Written(thinned.getLast(), live.get(i).sources()));
      }
    }
    List<DataFile> added = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      added.add(file(draft));
    }
    String metadataFile = lake.commit(draft, new Step(added, removed, thinned), Map.of("run", "r"));
    added.forEach(f -> live.add(new Written(f, sources(draft))));
    return new Expected(metadataFile, schema, partitionBy, draft.fields(), live);
  }

  private void checkIds(Draft draft) {
    List<Field> all = new ArrayList<>();
    collect(draft.fields(), all);
    assertThat(all).extracting(Field::id).doesNotHaveDuplicates();
  }

  private static void collect(List<Field> fields, List<Field> all) {
    for (Field field : fields) {
      all.add(field);
      collect(field.children(), all);
    }
  }

  private Schema newSchema() {
    List<Column> columns = new ArrayList<>();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      columns.add(newColumn());
    }
    return new Schema(columns);
  }

  private Column newColumn() {
    return Column.of("Col " + names++ + ".x", TYPES.get(random.nextInt(TYPES.size())));
  }

  private Schema evolve(Schema schema, Map<String, String> renames) {
    List<Column> columns = new ArrayList<>(schema.columns());
    int at = random.nextInt(columns.size());
    Column column = columns.get(at);
    switch (random.nextInt(8)) {
      case 0 -> columns.add(at, newColumn());
      case 1 -> {
        if (columns.size() > 1) {
          columns.remove(at);
        }
      }
      case 2 -> {
        String name = "Renamed " + names++;
        renames.put(name, column.name());
        columns.set(at, new Column(name, column.type()));
      }
      case 3 -> {
        String wider = WIDER.get(column.type().sql());
        if (wider != null) {
          columns.set(at, Column.of(column.name().toUpperCase(java.util.Locale.ROOT), wider));
        }
      }
      case 4 -> java.util.Collections.shuffle(columns, random);
      default -> {
        return schema;
      }
    }
    return new Schema(columns);
  }

  private List<PartitionField> partitionBy(
      Optional<Expected> base, Schema schema, Map<String, String> renames) {
    if (base.isPresent() && random.nextInt(5) > 0) {
      Map<String, String> now = new HashMap<>();
      renames.forEach((to, from) -> now.put(from, to));
      return base.get().partitionBy().stream()
          .map(p -> new PartitionField(now.getOrDefault(p.column(), p.column()), p.transform()))
          .filter(p -> schema.column(p.column()).isPresent())
          .toList();
    }
    List<PartitionField> fields = new ArrayList<>();
    for (Column column : schema.columns()) {
      String stored = StoredType.of(column).sql();
      boolean time = stored.equals("DATE") || stored.startsWith("TIMESTAMP");
      if (random.nextInt(3) == 0 && time) {
        Transform[] all = Transform.values();
        int last = stored.equals("DATE") ? all.length - 1 : all.length;
        fields.add(new PartitionField(column.name(), all[random.nextInt(last)]));
      } else if (random.nextInt(4) == 0 && !nested(column.type()) && !stored.equals("BLOB")) {
        fields.add(new PartitionField(column.name(), Transform.IDENTITY));
      }
    }
    return fields;
  }

  private static boolean nested(DataType type) {
    DataType stored = StoredType.of(type);
    return !(stored instanceof DataType.Simple || stored instanceof DataType.Decimal);
  }

  private static Map<PartitionField, Integer> sources(Draft draft) {
    Map<PartitionField, Integer> sources = new LinkedHashMap<>();
    for (PartitionField field : draft.partitionBy()) {
      sources.put(field, source(draft.fields(), field).id());
    }
    return sources;
  }

  private static Field source(List<Field> fields, PartitionField by) {
    String name = dev.towpath.spi.Names.identity(by.column());
    return fields.stream()
        .filter(f -> dev.towpath.spi.Names.identity(f.name()).equals(name))
        .findFirst()
        .orElseThrow();
  }

  private DataFile file(Draft draft) {
    RandomValues values = new RandomValues(random);
    Map<String, Optional<String>> partition = new LinkedHashMap<>();
    for (PartitionField by : draft.partitionBy()) {
      DataType stored = StoredType.of(source(draft.fields(), by).type());
      String text =
          switch (by.transform()) {
            case IDENTITY -> values.text(stored);
            case YEAR -> "19" + random.nextInt(10, 99);
            case MONTH -> "2013-0" + random.nextInt(1, 9);
            case DAY -> "1969-12-1" + random.nextInt(9);
            case HOUR -> "1969-12-31-1" + random.nextInt(9);
          };
      partition.put(by.name(), random.nextInt(6) == 0 ? Optional.empty() : Optional.of(text));
    }
    long rows = random.nextInt(1000);
    return TestFiles.file(
        objects, draft, "f" + names++, rows, values.stats(draft.fields(), rows), partition);
  }

  private void check(Expected expected) {
    List<DataFile> files = expected.files().stream().map(w -> seen(w, expected.fields())).toList();
    TableFiles actual = lake.files(expected.metadataFile());
    assertThat(actual.fields()).isEqualTo(expected.fields());
    assertThat(actual.files()).containsExactlyInAnyOrderElementsOf(files);
    Set<String> paths = new TreeSet<>();
    Map<String, List<String>> deletes = new TreeMap<>();
    files.forEach(f -> {
      paths.add(f.path());
      f.deletes().ifPresent(d -> deletes.put(absolute(f.path()), List.of(absolute(d.path()))));
    });
    assertThat(actual.rows()).isEqualTo(files.stream().mapToLong(DataFile::live).sum());
    assertThat(lake.reach(expected.metadataFile())).containsAll(paths).allSatisfy(this::exists);
    files.stream()
        .flatMap(f -> f.deletes().stream())
        .forEach(d -> assertThat(lake.reach(expected.metadataFile())).contains(d.path()));
    boolean here =
        new String(objects.read(expected.metadataFile()), java.nio.charset.StandardCharsets.UTF_8)
            .contains("file://" + root + "/");
    if (here) {
      Set<String> absolute = new TreeSet<>();
      paths.forEach(p -> absolute.add(absolute(p)));
      Table table = Oracle.table(objects, expected.metadataFile());
      assertThat(Oracle.scan(table).keySet()).isEqualTo(absolute);
      assertThat(Oracle.deletes(table)).isEqualTo(deletes);
    }
  }

  private String absolute(String path) {
    return "file://" + root + "/" + path;
  }

  private void exists(String path) {
    assertThat(objects.stat(path)).as(path).isPresent();
  }

  /** A file as a later state with other columns shows it. */
  private static DataFile seen(Written written, List<Field> fields) {
    DataFile file = written.file();
    List<Field> all = new ArrayList<>();
    collect(fields, all);
    Map<Integer, DataFile.Stats> stats = new HashMap<>(file.stats());
    stats.keySet().retainAll(all.stream().map(Field::id).toList());
    List<Integer> held = fields.stream().map(Field::id).filter(file.fieldIds()::contains).toList();
    Map<String, Optional<String>> partition = new LinkedHashMap<>();
    boolean whole =
        written.sources().values().stream()
            .allMatch(id -> fields.stream().anyMatch(f -> f.id() == id));
    written
        .sources()
        .forEach((by, id) ->
            fields.stream()
                .filter(f -> whole && f.id() == id)
                .forEach(f ->
                    partition.put(
                        new PartitionField(f.name(), by.transform()).name(),
                        file.partition().get(by.name()))));
    return new DataFile(
        file.path(), file.rows(), file.bytes(), held, stats, partition, file.deletes());
  }
}
