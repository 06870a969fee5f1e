package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.Venv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Few changes to large tables whose keys lie all over them: their files stay, each with a list of
 * the rows that are gone.
 */
class SpreadChangesTest {
  private static final int ROWS = 150_000;

  @TempDir Path temp;
  private Towpath towpath;

  @BeforeEach
  void project() throws Exception {
    towpath = new Towpath(Files.createDirectories(temp.resolve("spread")));
    towpath.write("towpath.yml", "project: spread\nenvironments: {dev: {keep: 2}}\n");
    towpath.write(
        "sources/raw.yml", "type: files\ntables: {orders: {path: data/*.parquet, mode: append}}\n");
    towpath.write(
        "models/m/orders.sql",
        """
        /* towpath
        kind: merge
        key: id
        updated_at: ts
        delete_when: status = 'gone'
        batch: changes
        */
        SELECT * FROM raw.orders
        """);
    towpath.write(
        "models/m/history.sql",
        """
        /* towpath
        kind: scd2
        key: id
        updated_at: ts
        batch: changes
        */
        SELECT * FROM raw.orders
        """);
    towpath.write(
        "models/m/totals.sql",
        "SELECT status, count(*) AS n, sum(amount) AS amount FROM m.orders GROUP BY status\n");
    data("0-base", 0, ROWS, 1, "new");
    towpath.run("run").good();
  }

  /** Orders with every so many ids, as they are on a day. */
  private void data(String name, int day, int count, int step, String status) throws SQLException {
    Path file = towpath.folder().resolve("data/" + name + ".parquet");
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          COPY (SELECT range * %d AS id, '%s' AS status, (hash(range, %d) %% 10000)::DECIMAL(10, 2) AS amount,
            md5(range::VARCHAR || '%s') AS note, TIMESTAMP '2026-01-01' + to_days(%d) AS ts
            FROM range(%d)) TO '%s' (FORMAT parquet)
          """
              .formatted(step, status, day, name, day, count, file.toString().replace("'", "''")));
    }
  }

  /** Files of a table by name, with their sizes. */
  private Map<String, Long> files(String table) throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (var paths = Files.walk(towpath.folder().resolve(".towpath/lake"))) {
      for (Path path : paths.toList()) {
        if (path.toString().endsWith(".parquet") && path.toString().contains("/m/" + table + "-")) {
          files.put(path.getFileName().toString(), Files.size(path));
        }
      }
    }
    return files;
  }

  private String query(String sql) {
    return towpath.run("query", sql, "--format", "csv").good().out();
  }

  /** What one look at everything that ever came would give. */
  private void assertRight() {
    String newest =
        "(SELECT * FROM raw.orders QUALIFY row_number() OVER (PARTITION BY id ORDER BY ts DESC) = 1)";
    String orders = "(SELECT * FROM " + newest + " WHERE status <> 'gone')";
    String current = "(SELECT id, status, amount, note, ts FROM m.history WHERE is_current)";
    String all = "(SELECT id, status, amount, note, ts FROM m.history)";
    for (String[] pair :
        new String[][] {{orders, "m.orders"}, {newest, current}, {"raw.orders", all}}) {
      assertThat(
              query(
                  "SELECT (SELECT count(*) FROM (FROM %1$s EXCEPT ALL FROM %2$s)) AS missing, (SELECT count(*) FROM (FROM %2$s EXCEPT ALL FROM %1$s)) AS more"
                      .formatted(pair[0], pair[1])))
          .as(pair[1])
          .isEqualTo("missing,more\n0,0\n");
    }
    assertThat(query("SELECT sum(n) = (SELECT count(*) FROM m.orders) AS same FROM m.totals"))
        .isEqualTo("same\ntrue\n");
  }

  @Test
  void leaveFilesWhereTheyAreAndEveryReaderSeesThem() throws Exception {
    Map<String, Long> before = files("orders");
    assertThat(before.values()).anyMatch(b -> b > 4 << 20);
    data("1-changes", 1, 300, 500, "paid");
    String said = towpath.run("run").good().err();
    assertThat(said).containsPattern("m\\.orders +150,000 rows .* 300 rows updated");
    Map<String, Long> after = files("orders");
    assertThat(after.keySet()).containsAll(before.keySet());
    after.keySet().removeAll(before.keySet());
    assertThat(after.values().stream().mapToLong(b -> b).sum()).isLessThan(1 << 20);
    assertRight();

    data("2-changes", 2, 200, 250, "gone"); // half of them were changed before
    said = towpath.run("run").good().err();
    assertThat(said).containsPattern("m\\.orders +149,800 rows .* 200 rows deleted");
    assertRight();

    // What was is still there, and comes again.
    towpath.run("rollback", "2").good();
    assertThat(query("SELECT count(*) AS n FROM m.orders")).isEqualTo("n\n150000\n");
    towpath.run("run").good();
    assertRight();

    // Only what is needed survives gc, and that suffices.
    data("3-changes", 3, 100, 7, "sent");
    towpath.run("run").good();
    Map<String, Long> all = files("orders");
    towpath.run("gc", "--grace", "0").good();
    assertThat(files("orders")).hasSizeLessThan(all.size());
    assertRight();
  }

  @Test
  void areWrittenAnewOnceTheyAreMany() throws Exception {
    Map<String, Long> before = files("orders");
    data("1-changes", 1, 300, 500, "paid");
    towpath.run("run").good();
    data("2-changes", 2, ROWS / 5, 5, "sent");
    towpath.run("run").good();
    data("3-changes", 3, 1, 1, "paid");
    towpath.run("run").good();
    assertRight();
    towpath.run("gc", "--grace", "0").good();
    Map<String, Long> after = files("orders");
    assertThat(after.keySet()).doesNotContainAnyElementsOf(before.keySet());
    assertRight();
  }

  @Test
  void areKeptWhenTheFolderMoves() throws Exception {
    data("1-changes", 1, 300, 500, "paid");
    towpath.run("run").good();
    Path there = Files.move(towpath.folder(), temp.resolve("it's elsewhere"));
    towpath = new Towpath(there);
    assertRight();
    data("2-changes", 2, 10, 15_000, "gone");
    towpath.run("run").good();
    assertRight();
    data("3-changes", 3, 10, 10_000, "sent");
    towpath.run("run").good();
    assertRight();
  }

  @Test
  void stayGoneUnderOtherColumns() throws Exception {
    data("1-changes", 1, 300, 500, "gone");
    towpath.run("run").good();
    towpath.write(
        "models/m/orders.sql",
        """
        /* towpath
        kind: merge
        key: id
        updated_at: ts
        delete_when: status = 'gone'
        batch: changes
        on_change: keep
        columns: {words: {renamed_from: note}}
        */
        SELECT id, status, amount, note AS words, ts, 1 AS more FROM raw.orders
        """);
    data("2-changes", 2, 100, 750, "sent");
    towpath.run("run").good();
    assertThat(
            query(
                "SELECT count(*) AS n, count(words) AS words, count(more) AS more, count(*) FILTER (status = 'gone') AS gone FROM m.orders"))
        .isEqualTo("n,words,more,gone\n149750,149750,100,0\n");
  }

  /** A reader that is not ours: it goes by what the lists hold, and we by whose they are. */
  @Test
  @Tag("integration")
  void areSeenByOtherReadersOfIceberg() throws Exception {
    Venv venv = Venv.with(List.of("pyiceberg==0.12.0", "pyarrow==26.0.1"));
    assertSame(venv);
    data("1-changes", 1, 300, 500, "paid");
    towpath.run("run").good();
    data("2-changes", 2, 200, 250, "gone");
    towpath.run("run").good();
    assertSame(venv);
    towpath = new Towpath(Files.move(towpath.folder(), temp.resolve("elsewhere")));
    data("3-changes", 3, 10, 15_000, "sent");
    towpath.run("run").good();
    assertSame(venv);
  }

  private void assertSame(Venv venv) throws Exception {
    for (String table : List.of("orders", "history")) {
      Path metadata;
      try (var paths = Files.walk(towpath.folder().resolve(".towpath/lake/tables/m"))) {
        metadata =
            paths
                .filter(p -> p.toString().contains("/" + table + "-"))
                .filter(p -> p.toString().endsWith(".metadata.json"))
                .max(Comparator.comparingLong(p -> p.toFile().lastModified()))
                .orElseThrow();
      }
      Venv.Ended read =
          venv.run(
              temp,
              Map.of(),
              List.of(
                  "-c",
                  """
                  import sys
                  import pyarrow.compute as pc
                  from pyiceberg.table import StaticTable
                  rows = StaticTable.from_metadata("file://" + sys.argv[1]).scan().to_arrow()
                  print(rows.num_rows, pc.sum(rows["id"]), pc.sum(rows["amount"]), sep=",")
                  """,
                  metadata.toString()));
      assertThat(read.output())
          .isEqualTo(
              query("SELECT count(*), sum(id), sum(amount) FROM m." + table).lines().toList().get(1)
                  + "\n");
    }
  }
}
