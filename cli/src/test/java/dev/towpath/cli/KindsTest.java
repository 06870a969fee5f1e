package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.check.Functions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What merge and append make of new rows, and of another definition. */
class KindsTest {
  @TempDir private Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws IOException {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: kinds\n");
    towpath.write(
        "sources/raw.yml",
        "type: files\ntables:\n  e: {path: \"data/*.csv\", mode: append, columns: {id: int, k: int, v: int}}\n");
    rows("1", "1,7,10\n2,8,20\n");
  }

  private void rows(String file, String rows) throws IOException {
    towpath.write("data/" + file + ".csv", "id,k,v\n" + rows);
  }

  private void model(String header, String sql) throws IOException {
    towpath.write("models/m/t.sql", "/* towpath\n" + header + "*/\n" + sql + "\n");
  }

  private String table() {
    return towpath.run("query", "FROM m.t ORDER BY ALL", "--format", "csv").good().out();
  }

  // --- new rows only, or all ---

  @Test
  void anAggregateIsMergedOverAllRows() throws IOException {
    model("kind: merge\nkey: k\n", "SELECT k, sum(v) AS total FROM raw.e GROUP BY k");
    towpath.run("run").good();
    rows("2", "3,7,1\n");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("k,total\n7,11\n8,20\n");
  }

  @Test
  void soIsWhatAMacroAggregatesOrNoGroupTells() throws IOException {
    towpath.write("macros/m.sql", "CREATE MACRO total(x) AS sum(x);\n");
    model("kind: merge\nkey: k\n", "SELECT 1 AS k, total(v) AS total FROM raw.e");
    towpath.run("run").good();
    rows("2", "3,7,1\n");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("k,total\n1,31\n");
  }

  @Test
  void soIsATableThatIsReadTwice() throws IOException {
    String sql =
        "WITH e AS (FROM raw.e) SELECT e.id, e.v - p.v AS d FROM e LEFT JOIN e p ON p.id = e.id - 1";
    model("kind: merge\nkey: id\n", sql);
    towpath.run("run").good();
    rows("2", "3,7,50\n");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("id,d\n1,\n2,10\n3,30\n");

    model("kind: merge\nkey: id\nbatch: changes\n", sql);
    assertThat(towpath.run("check").err())
        .contains(
            "models/m/t.sql:6:17: raw.e is read again here, where the query would see only its new"
                + " rows",
            "use batch: all");
    for (String twice :
        new String[] {
          "SELECT a.id FROM raw.e a JOIN raw.e b USING (id)",
          "SELECT id FROM raw.e WHERE v > (SELECT avg(v) FROM raw.e)",
          "SELECT id FROM raw.e EXCEPT ALL SELECT k FROM raw.e",
        }) {
      model("kind: append\n", twice);
      assertThat(towpath.run("check").err())
          .contains("raw.e is read again here", "kind: append reads its driving input once");
    }
    model("kind: append\n", "SELECT id FROM raw.e UNION ALL SELECT k FROM raw.e");
    towpath.run("check").good();
  }

  @Test
  void whatBatchSaysHolds() throws IOException {
    String sql = "SELECT k, sum(v) AS total FROM raw.e GROUP BY k";
    model("kind: merge\nkey: k\nbatch: changes\n", sql);
    towpath.run("run").good();
    rows("2", "3,7,1\n");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("k,total\n7,1\n8,20\n");
    model("kind: merge\nkey: k\nbatch: all\n", sql);
    assertThat(towpath.run("plan").good().out()).contains("m.t (merge): definition changed");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("k,total\n7,11\n8,20\n");
  }

  @Test
  void theEnginesAggregatesAreKnown() throws Exception {
    Functions functions = new Functions(List.of());
    List<String> unknown = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type ="
                    + " 'aggregate'")) {
      while (row.next()) {
        if (!functions.aggregates(row.getString(1))) {
          unknown.add(row.getString(1));
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  // --- files ---

  @Test
  void onlyFilesWithAKeyAreWrittenAgain() throws IOException {
    model("kind: merge\nkey: id\npartition_by: [k]\n", "SELECT * FROM raw.e");
    towpath.run("run").good();
    Set<Path> before = files();
    assertThat(before).hasSize(2);
    rows("2", "1,7,11\n");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("id,k,v\n1,7,11\n2,8,20\n");
    Set<Path> after = files();
    after.removeAll(before);
    assertThat(after).hasSize(1);
  }

  /** An scd2 closes a version in its file, and leaves files in which none ends. */
  @Test
  void onlyFilesWithAVersionThatEndsAreWrittenAgain() throws Exception {
    model(
        "kind: scd2\nkey: id\nupdated_at: ts\nbatch: changes\npartition_by: [k]\n",
        "SELECT *, TIMESTAMP '2026-01-01' + to_days(v) AS ts FROM raw.e");
    towpath.run("run").good();
    Set<Path> before = files();
    assertThat(before).hasSize(2);
    rows("2", "1,7,11\n");
    towpath.run("run").good();
    assertThat(
            towpath
                .run("query", "SELECT id, v, is_current FROM m.t ORDER BY ALL", "--format", "csv")
                .good()
                .out())
        .isEqualTo("id,v,is_current\n1,10,false\n1,11,true\n2,20,true\n");
    Set<Path> fresh = files();
    fresh.removeAll(before);
    assertThat(fresh).isNotEmpty();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      for (Path file : fresh) {
        try (ResultSet row =
            statement.executeQuery("SELECT count(*) FROM '" + file + "' WHERE id = 2")) {
          row.next();
          assertThat(row.getInt(1)).as("rows of the other key in %s", file).isZero();
        }
      }
    }
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(".towpath/lake/tables/m"))) {
      return files.filter(f -> f.toString().endsWith(".parquet")).collect(Collectors.toSet());
    }
  }

  // --- another definition, whose rows stay ---

  @Test
  void rowsStayUnderAnotherDefinition() throws IOException {
    model("kind: merge\nkey: id\non_change: keep\n", "SELECT id, v FROM raw.e");
    towpath.run("run").good();
    Files.delete(folder.resolve("data/1.csv"));
    rows("2", "2,8,21\n3,7,30\n");
    model(
        "kind: merge\nkey: id\non_change: keep\n",
        "SELECT id, v::BIGINT * 10 AS v, k AS more FROM raw.e WHERE id > 1");
    assertThat(towpath.run("plan").good().out()).contains("v INTEGER -> BIGINT", "+ more INTEGER");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("id,v,more\n1,10,\n2,210,8\n3,300,7\n");
    model("kind: merge\nkey: id\non_change: keep\n", "SELECT id, k AS more FROM raw.e");
    towpath.run("run").good();
    model("kind: merge\nkey: id\non_change: keep\n", "SELECT id, k AS more, k AS v FROM raw.e");
    rows("3", "3,9,1\n");
    towpath.run("run").good(); // a column of a name that was there before is another one
    assertThat(table()).startsWith("id,more,v\n1,,\n").contains("3,9,9\n");
  }

  @Test
  void aKeyThatDoesNotTellTheOldRowsApartIsRefused() throws IOException {
    rows("1", "1,7,10\n1,8,20\n");
    model("kind: merge\nkey: [id, k]\non_change: keep\n", "SELECT * FROM raw.e");
    towpath.run("run").good();
    rows("2", "1,9,30\n");
    model("kind: merge\nkey: id\non_change: keep\nbatch: changes\n", "SELECT * FROM raw.e");
    Towpath.Result refused = towpath.run("run");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "models/m/t.sql:3:1: several rows among the rows that stay have the same key (id): 1 (2"
                + " rows)",
            "run m.t --full");
    assertThat(table()).isEqualTo("id,k,v\n1,7,10\n1,8,20\n");
  }

  @Test
  void aTypeThatOldRowsCannotBeReadAsIsRefusedByThePlan() throws IOException {
    model("kind: merge\nkey: id\non_change: keep\n", "SELECT id, v FROM raw.e");
    towpath.run("run").good();
    model("kind: merge\nkey: id\non_change: keep\n", "SELECT id, v::VARCHAR AS v FROM raw.e");
    for (String command : new String[] {"plan", "run"}) {
      Towpath.Result refused = towpath.run(command);
      assertThat(refused.exit()).as(command).isEqualTo(1);
      assertThat(refused.err())
          .contains(
              "models/m/t.sql:1:1: ",
              "column \"v\" of m.t was INTEGER, and its rows that stay cannot be read as VARCHAR",
              "run m.t --full");
    }
    towpath.run("run", "--full").good();
  }

  @Test
  void aRenamingFromNowhereIsRefusedByThePlan() throws IOException {
    model("kind: merge\nkey: id\non_change: keep\n", "SELECT id, v AS twice FROM raw.e");
    towpath.run("run").good();
    String header =
        "kind: merge\nkey: id\non_change: keep\ncolumns:\n  thrice: {renamed_from: %s}\n";
    model(header.formatted("tiwce"), "SELECT id, v AS thrice FROM raw.e");
    for (String command : new String[] {"plan", "run"}) {
      Towpath.Result refused = towpath.run(command);
      assertThat(refused.exit()).as(command).isEqualTo(1);
      assertThat(refused.err())
          .contains(
              "models/m/t.sql:1:1: column \"thrice\" has renamed_from: tiwce, and m.t has no column"
                  + " of that name",
              "did you mean \"twice\"?");
    }
    model(header.formatted("twice"), "SELECT id, v AS thrice FROM raw.e");
    assertThat(towpath.run("plan").good().out()).contains("thrice");
    Files.delete(folder.resolve("data/1.csv"));
    rows("2", "3,7,30\n");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("id,thrice\n1,10\n2,20\n3,30\n");
    rows("3", "4,7,40\n"); // the header may stay as it is
    towpath.run("run").good();
  }

  @Test
  void historyOfAFileThatChangedIsNotRead() throws IOException {
    model("kind: append\n", "SELECT id, v FROM raw.e");
    towpath.run("run").good();
    rows("2", "3,7,30\n");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("id,v\n1,10\n2,20\n3,30\n");
    towpath.write("towpath.yml", "project: kinds\nenvironments: {dev: {keep: 1}}\n");
    rows("3", "4,7,40\n");
    towpath.run("run", "raw.e").good();
    towpath.run("gc", "--grace", "0").good();
    towpath.run("run").good(); // what the model last read is kept for it
    assertThat(table()).isEqualTo("id,v\n1,10\n2,20\n3,30\n4,40\n");
  }

  // --- lineage ---

  @Test
  void whatAHeaderNamesDecidesTheRows() throws IOException {
    model(
        "kind: merge\nkey: id\ndelete_when: gone > 5\n",
        "SELECT id, v AS gone, k AS other FROM raw.e");
    assertThat(towpath.run("lineage", "raw.e.v", "--depth", "1").good().out())
        .contains("renamed: m.t.gone", "used to filter or join: m.t (its rows)");
    assertThat(towpath.run("lineage", "raw.e.k", "--depth", "1").good().out())
        .contains("renamed: m.t.other")
        .doesNotContain("its rows");
    towpath.write("models/m/more.sql", "SELECT other FROM m.t WHERE gone > 1\n");
    assertThat(towpath.run("lineage", "m.more.other").good().out())
        .contains("renamed: raw.e.k", "used to filter or join its rows: m.t.gone")
        .doesNotContain("renamed: raw.e.v");
    assertThat(towpath.run("lineage", "m.more.other", "--rows").good().out())
        .contains("used to filter or join: m.t.gone", "renamed: raw.e.v");
    Files.delete(folder.resolve("models/m/more.sql"));

    String sql = "SELECT id, DATE '2026-01-01' + v AS u, k FROM raw.e";
    model("kind: scd2\nkey: id\nupdated_at: u\n", sql);
    assertThat(towpath.run("lineage", "m.t.valid_to").good().out())
        .contains("derived: raw.e.v")
        .doesNotContain("raw.e.k");
    model("kind: scd2\nkey: id\n", sql);
    assertThat(towpath.run("lineage", "m.t.valid_to").good().out())
        .contains("derived: raw.e.v", "derived: raw.e.k");
  }

  @Test
  void whoReadsAllColumnsLosesOneThatGoes() throws IOException {
    model("exports: {to: t.csv}\n", "SELECT id, v FROM raw.e");
    towpath.write("models/m/all.sql", "SELECT * FROM m.t\n");
    towpath.write("models/m/some.sql", "SELECT id * 2 AS i, count(*) AS n FROM m.t GROUP BY 1\n");
    towpath.write("apis/t.sql", "/* towpath\nget: /t\n*/\nFROM m.t\n");
    towpath.run("run").good();
    model("exports: {to: t.csv}\n", "SELECT id FROM raw.e");
    assertThat(towpath.run("plan").good().out())
        .contains(
            "column - v INTEGER, read by name by nothing; all columns are read by m.all, endpoint GET"
                + " /t, its exports");
  }

  // --- columns with names of our own ---

  @Test
  void aColumnOfADatabaseNamedAsAHiddenOneIsLikeAnyOther() throws Exception {
    towpath.write(
        "sources/db.yml", "type: sqlite\npath: x.db\nschema: db\ntables: {t: {mode: full}}\n");
    sqlite("CREATE TABLE t (id INTEGER, _row INTEGER)", "INSERT INTO t VALUES (1, 10)");
    model("kind: table\n", "SELECT id, _row AS n FROM db.t");
    towpath.run("run").good();
    sqlite("UPDATE t SET _row = 11");
    towpath.run("run").good();
    assertThat(table()).isEqualTo("id,n\n1,11\n");
    towpath.run("export", "db.t", "--to", "t.csv").good();
    assertThat(Files.readString(folder.resolve("t.csv"))).isEqualTo("id,_row\n1,11\n");
  }

  private void sqlite(String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("x.db"));
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void namesThatAreOursAreRefused() throws IOException {
    model("kind: merge\nkey: id\n", "SELECT id, v AS towpath_delete FROM raw.e");
    assertThat(towpath.run("check").err())
        .contains(
            "models/m/t.sql:1:1: column \"towpath_delete\" has a name that is kept for Towpath's");
    model("kind: table\n", "SELECT id FROM raw.e");
    towpath.write("data2/x.csv", "id,_row\n1,2\n");
    towpath.write("sources/other.yml", "type: files\ntables: {x: {path: data2/x.csv}}\n");
    assertThat(towpath.run("check").err())
        .contains(
            "sources/other.yml:2:10: column \"_row\" is one that every row from a file gets",
            "rename it where the file is made");
  }
}
