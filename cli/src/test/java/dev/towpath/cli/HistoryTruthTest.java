package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kinds that keep history come to the same however their input is cut into runs: rows that arrive
 * in any order, in any batches, with rollbacks between them, give what one run over all of them
 * gives. {@code -Dtowpath.seed=N} repeats one sequence.
 */
class HistoryTruthTest {
  private static final List<String> TABLES =
      List.of("m.merged", "m.joined", "m.log", "m.history", "m.days");

  @TempDir Path temp;

  static List<Long> seeds() {
    return seeds(3);
  }

  static List<Long> manySeeds() {
    return seeds(300);
  }

  private static List<Long> seeds(int count) {
    Long one = Long.getLong("towpath.seed");
    if (one != null) {
      return List.of(one);
    }
    long first = System.nanoTime() & 0xffffff;
    return java.util.stream.LongStream.range(0, count).mapToObj(i -> first + i).toList();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anyBatchesGiveWhatOneGives(long seed) throws Exception {
    play(seed, 6);
  }

  @Tag("soak")
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("manySeeds")
  void manyBatchesGiveWhatOneGives(long seed) throws Exception {
    play(seed, 25);
  }

  /** As large files are treated of which few rows change. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void soDoBatchesThatOnlySayWhatIsGone(long seed) throws Exception {
    System.setProperty("towpath.deletes.always", "true");
    try {
      play(seed, 8);
      assertThat(lists(temp.resolve("lived/.towpath/lake"))).as("seed %d", seed).isNotZero();
    } finally {
      System.clearProperty("towpath.deletes.always");
    }
  }

  /** Number of files that say which rows of another are gone. */
  private static long lists(Path lake) throws Exception {
    try (var paths = Files.walk(lake);
        Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      long lists = 0;
      for (Path path : paths.filter(p -> p.toString().endsWith(".parquet")).toList()) {
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM parquet_schema('"
                    + path
                    + "') WHERE field_id = 2147483545")) {
          rows.next();
          lists += rows.getLong(1);
        }
      }
      return lists;
    }
  }

  /** Enough runs that files are compacted, more than once. */
  @Tag("integration")
  @Test
  void soDoBatchesWhoseFilesAreCompacted() throws Exception {
    Towpath lived = project("lived");
    Random random = new Random(5);
    for (int i = 0; i < 36; i++) {
      lived.write("data/%03d.csv".formatted(i), rows(random));
      lived.run("run", "+m.log", "+m.days").good();
    }
    assertThat(parquetFiles(lived, "raw.events")).isLessThan(24);
    lived.run("run").good();
    assertThat(lived.rows(TABLES)).isEqualTo(anew(lived, "fresh"));
  }

  /**
   * Each batch of new keys is a file more, until they become one: what is read of it by day stays
   * as it was, rows lie in their order, and keys that change later are found.
   */
  @Tag("integration")
  @Test
  void keyedKindsAreCompactedAndWhoReadsThemByDayStaysQuiet() throws Exception {
    List<String> tables = List.of("m.sorted", "m.versions", "m.daily");
    Towpath lived = keyed("keyed");
    for (int run = 0; run < 20; run++) {
      lived.write("data/%03d.csv".formatted(run), batch(run));
      String said = lived.run("run").good().err();
      if (run > 0) {
        assertThat(said).as("run %d", run).containsPattern("m\\.daily .*1 of 1 intervals differ");
      }
    }
    assertThat(parquetFiles(lived, "m.sorted")).isLessThan(10);
    assertThat(parquetFiles(lived, "m.versions")).isLessThan(10);
    assertSorted(lived);
    lived.write("data/900.csv", batch(3).replace(",s3,", ",t3,").replace("T12", "T13"));
    lived.run("run").good();
    Towpath fresh = keyed("keyed-anew");
    try (var paths = Files.list(lived.folder().resolve("data"))) {
      for (Path path : paths.toList()) {
        fresh.write("data/" + path.getFileName(), Files.readString(path));
      }
    }
    fresh.run("run").good();
    assertThat(lived.rows(tables)).isEqualTo(fresh.rows(tables)).contains("t3");
  }

  /** A few rows of one day, with keys of its own. */
  private static String batch(int day) {
    StringBuilder rows = new StringBuilder("id,status,v,ts\n");
    for (int i = 0; i < 5; i++) {
      rows.append(
          "%d,s%d,%d,%sT12:0%d:00\n"
              .formatted(
                  day * 10 + i, day, (i * 7 + day) % 5, LocalDate.of(2026, 1, 1).plusDays(day), i));
    }
    return rows.toString();
  }

  /** Whether the rows of each file of {@code m.sorted} lie in its order. */
  private static void assertSorted(Towpath towpath) throws Exception {
    try (var paths = Files.walk(towpath.folder().resolve(".towpath/lake"));
        Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      List<Path> files =
          paths
              .filter(p -> p.toString().endsWith(".parquet") && p.toString().contains("sorted"))
              .toList();
      int most = 0;
      for (Path file : files) {
        List<Integer> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT v FROM '" + file + "'")) {
          while (rows.next()) {
            values.add(rows.getInt(1));
          }
        }
        assertThat(values).as("%s", file).isSorted();
        most = Math.max(most, values.size());
      }
      assertThat(most).as("rows of the file that others became").isGreaterThanOrEqualTo(80);
    }
  }

  private Towpath keyed(String folder) throws IOException {
    Towpath towpath = new Towpath(Files.createDirectories(temp.resolve(folder)));
    towpath.write("towpath.yml", "project: truth\n");
    towpath.write("sources/raw.yml", files().get("sources/raw.yml"));
    towpath.write(
        "models/m/sorted.sql",
        """
        /* towpath
        kind: merge
        key: id
        updated_at: ts
        batch: changes
        sort_by: [v]
        */
        SELECT * FROM raw.events QUALIFY row_number() OVER (PARTITION BY id ORDER BY ts DESC) = 1
        """);
    towpath.write(
        "models/m/versions.sql",
        """
        /* towpath
        kind: scd2
        key: id
        updated_at: ts
        batch: changes
        */
        SELECT id, status, v, ts FROM raw.events
        """);
    towpath.write(
        "models/m/daily.sql",
        """
        /* towpath
        kind: incremental
        time: ts
        grain: day
        */
        SELECT date_trunc('day', ts) AS ts, count(*) AS n, sum(v)::BIGINT AS v
        FROM m.sorted WHERE ts >= $start AND ts < $end GROUP BY 1
        """);
    return towpath;
  }

  /**
   * Whatever goes and comes back, in whatever versions: the keys of the input are those that hold,
   * each is what the input says unless a later version was known, and a key's versions never
   * overlap.
   */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void whatIsThereHolds(long seed) throws Exception {
    Random random = new Random(seed);
    Towpath lived = new Towpath(Files.createDirectories(temp.resolve("there")));
    lived.write("towpath.yml", "project: there\n");
    lived.write(
        "sources/raw.yml",
        "type: files\ntables:\n  now: {path: now.csv, columns: {id: bigint, status: varchar, v: bigint, ts: timestamp}}\n");
    lived.write(
        "models/m/present.sql",
        "/* towpath\nkind: scd2\nkey: id\nupdated_at: ts\ndeletes: close\n*/\nSELECT * FROM raw.now\n");
    LocalDateTime at = LocalDateTime.of(2026, 1, 1, 12, 0);
    List<String> story = new ArrayList<>();
    for (int run = 0; run < 8; run++) {
      String rows = rows(random);
      lived.write("now.csv", rows);
      at = at.plusHours(random.nextInt(1, 60));
      story.add(at + "\n" + rows);
      Towpath then = lived.at(at + ":00Z");
      then.run("run").good();
      assertThat(
              then.run(
                      "query",
                      """
                      WITH newest AS (
                        SELECT * FROM raw.now
                        QUALIFY row_number() OVER (PARTITION BY id ORDER BY ts DESC) = 1
                      ), held AS (SELECT * FROM m.present WHERE is_current)
                      SELECT 'current' AS what, coalesce(n.id, h.id) AS id
                      FROM newest n FULL JOIN held h USING (id)
                      WHERE n.id IS NULL OR h.id IS NULL OR h.ts < n.ts
                      UNION ALL
                      SELECT 'overlap', a.id FROM m.present a JOIN m.present b
                      ON a.id = b.id AND a.valid_from < b.valid_from
                      AND coalesce(a.valid_to, 'infinity') > b.valid_from
                      UNION ALL
                      SELECT 'several', id FROM held GROUP BY id HAVING count(*) > 1
                      UNION ALL
                      SELECT 'backwards', id FROM m.present WHERE valid_to < valid_from
                      """,
                      "--format",
                      "csv")
                  .good()
                  .out())
          .as("seed %d%n%s", seed, String.join("\n", story))
          .isEqualTo("what,id\n");
    }
  }

  private static long parquetFiles(Towpath towpath, String table) throws IOException {
    // After gc only what the newest releases need is there.
    towpath.write("towpath.yml", "project: truth\nenvironments: {dev: {keep: 1}}\n");
    towpath.run("gc", "--grace", "0").good();
    try (var paths = Files.walk(towpath.folder().resolve(".towpath/lake"))) {
      return paths
          .filter(p -> p.toString().endsWith(".parquet"))
          .filter(p -> p.toString().contains(table.substring(table.indexOf('.') + 1)))
          .count();
    }
  }

  private void play(long seed, int runs) throws IOException {
    Random random = new Random(seed);
    Towpath lived = project("lived");
    List<String> story = new ArrayList<>();
    int files = 0;
    int release = 0;
    for (int run = 0; run < runs; run++) {
      for (int i = random.nextInt(1, 3); i > 0; i--) {
        lived.write("data/%03d.csv".formatted(files++), rows(random));
      }
      if (release > 1 && random.nextInt(4) == 0) {
        int to = random.nextInt(1, release);
        Towpath.Result back = lived.run("rollback", Integer.toString(to));
        story.add("rollback to " + to + ": " + back.out());
        release += back.exit() == 0 ? 1 : 0;
      }
      String[] command =
          random.nextInt(4) == 0
              ? new String[] {"run", "+" + TABLES.get(random.nextInt(TABLES.size()))}
              : new String[] {"run"};
      Towpath.Result result = lived.run(command);
      story.add(String.join(" ", command) + ": " + result.out() + result.err());
      assertThat(result.exit()).as("seed %d%n%s", seed, story).isZero();
      release++;
    }
    lived.run("run").good();
    assertThat(lived.rows(TABLES))
        .as("seed %d%n%s", seed, String.join("\n", story))
        .isEqualTo(anew(lived, "fresh"));
  }

  private String anew(Towpath lived, String folder) throws IOException {
    Towpath fresh = project(folder);
    try (var paths = Files.list(lived.folder().resolve("data"))) {
      for (Path path : paths.toList()) {
        fresh.write("data/" + path.getFileName(), Files.readString(path));
      }
    }
    fresh.run("run").good();
    return fresh.rows(TABLES);
  }

  private Towpath project(String folder) throws IOException {
    Towpath towpath = new Towpath(Files.createDirectories(temp.resolve(folder)));
    new TreeMap<>(files())
        .forEach((name, text) -> {
          try {
            towpath.write(name, text);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    return towpath;
  }

  /** Rows with a few keys; no two files say other things of one key at one moment. */
  private static String rows(RandomGenerator random) {
    TreeMap<String, String> rows = new TreeMap<>();
    for (int i = random.nextInt(1, 8); i > 0; i--) {
      int id = random.nextInt(6);
      int minute = random.nextInt(400);
      LocalDateTime at = LocalDateTime.of(2026, 1, 1, 0, 0).plusMinutes(minute * 37L);
      int value = Math.floorMod(id * 31 + minute * 17, 50);
      String status = minute % 9 == 0 ? "gone" : "s" + minute % 4;
      rows.put(id + "@" + at, "%d,%s,%d,%s\n".formatted(id, status, value, at));
    }
    return "id,status,v,ts\n" + String.join("", rows.values());
  }

  private static java.util.Map<String, String> files() {
    return java.util.Map.of(
        "towpath.yml",
        "project: truth\n",
        "sources/raw.yml",
        """
        type: files
        tables:
          events:
            path: data/*.csv
            mode: append
            columns: {id: bigint, status: varchar, v: bigint, ts: timestamp}
        """,
        "seeds/ref/names.csv",
        "id,name\n0,a\n1,b\n2,c\n3,\n",
        "models/m/merged.sql",
        """
        /* towpath
        kind: merge
        key: id
        updated_at: ts
        batch: changes
        */
        SELECT * FROM raw.events QUALIFY row_number() OVER (PARTITION BY id ORDER BY ts DESC) = 1
        """,
        "models/m/joined.sql", // no driving input: all of it is read each time
        """
        /* towpath
        kind: merge
        key: [id, ts]
        delete_when: status = 'gone'
        sort_by: [ts]
        */
        SELECT DISTINCT e.*, n.name FROM raw.events e LEFT JOIN ref.names n USING (id)
        """,
        "models/m/log.sql",
        """
        /* towpath
        kind: append
        ignore_changes: [ref.names]
        partition_by: [status]
        */
        SELECT e.*, n.name FROM raw.events e LEFT JOIN ref.names AS n ON n.id = e.id
        """,
        "models/m/history.sql",
        """
        /* towpath
        kind: scd2
        key: id
        updated_at: ts
        batch: changes
        */
        SELECT DISTINCT id, status, v, ts FROM raw.events
        """,
        "models/m/days.sql", // reads by day what the log gained
        """
        /* towpath
        kind: incremental
        time: ts
        grain: day
        */
        SELECT date_trunc('day', ts) AS ts, count(*) AS n, sum(v)::BIGINT AS v
        FROM m.log WHERE ts >= $start AND ts < $end GROUP BY 1
        """);
  }
}
