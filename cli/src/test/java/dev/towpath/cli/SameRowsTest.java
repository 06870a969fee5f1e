package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New rows are taken for the old ones only if nobody could tell them apart. */
final class SameRowsTest {
  /** A type, and two of its values that a careless comparison takes for one. */
  private record Pair(String type, String before, String after) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair("INTEGER", "NULL", "0"),
          new Pair("BOOLEAN", "NULL", "false"),
          new Pair("VARCHAR", "NULL", "''"),
          new Pair("VARCHAR", "'a'", "'a '"),
          new Pair("BLOB", "NULL", "''"),
          new Pair("DOUBLE", "0.0", "'-0.0'"),
          new Pair("DOUBLE", "NULL", "'nan'"),
          new Pair("FLOAT", "'-0.0'", "0.0"),
          new Pair("DECIMAL(10,2)", "NULL", "0"),
          new Pair("DATE", "NULL", "'1970-01-01'"),
          new Pair("INTEGER[]", "NULL", "[]"),
          new Pair("INTEGER[]", "[]", "[NULL]"),
          new Pair("INTEGER[]", "[1]", "[1, NULL]"),
          new Pair("DOUBLE[]", "['0.0']", "['-0.0']"),
          new Pair("INTEGER[][]", "[[]]", "[NULL]"),
          new Pair("INTEGER[][]", "[[1], [2, 3]]", "[[1, 2], [3]]"),
          new Pair("VARCHAR[]", "[NULL]", "['NULL']"),
          new Pair("VARCHAR[]", "['a, b']", "['a', 'b']"),
          new Pair("VARCHAR[]", "['a', '']", "['a', NULL]"),
          new Pair("STRUCT(a INTEGER)", "NULL", "{a: NULL}"),
          new Pair("STRUCT(a INTEGER[])", "{a: NULL}", "{a: []}"),
          new Pair("STRUCT(a VARCHAR, b VARCHAR)", "{a: 'x', b: NULL}", "{a: NULL, b: 'x'}"),
          new Pair("MAP(VARCHAR, INTEGER)", "NULL", "MAP {}"),
          new Pair("MAP(VARCHAR, INTEGER)", "MAP {'a': NULL}", "MAP {}"));

  @TempDir Path folder;

  @Test
  void rowsThatDifferReplaceTheOldOnes() throws Exception {
    Towpath towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: same\n");
    for (boolean after : new boolean[] {false, true}) {
      for (int i = 0; i < PAIRS.size(); i++) {
        Pair pair = PAIRS.get(i);
        String value =
            "CAST(" + (after ? pair.after() : pair.before()) + " AS " + pair.type() + ")";
        towpath.write("models/m/t" + i + ".sql", "SELECT 1 AS k, " + value + " AS c\n");
        towpath.write(
            "models/d/t" + i + ".sql",
            """
            /* towpath
            kind: incremental
            time: day
            grain: day
            ignore_changes: [m.t%d]
            */
            SELECT day, c FROM m.days, m.t%d WHERE day >= $start AND day < $end
            """
                .formatted(i, i));
      }
      // one column's lists are not another's
      towpath.write(
          "models/m/two.sql",
          after ? "SELECT [1] AS a, [2, 3] AS b\n" : "SELECT [1, 2] AS a, [3] AS b\n");
      towpath.write(
          "models/m/days.sql",
          "SELECT day FROM (VALUES (DATE '2025-12-31'), (DATE '2026-01-01')) AS d (day)\n");
      towpath.run("run", "--from", "2026-01-01").good();
    }
    Towpath fresh = new Towpath(folder.resolve("fresh"));
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < PAIRS.size(); i++) {
      Pair pair = PAIRS.get(i);
      expected
          .append(i == 0 ? "" : " UNION ALL ")
          .append(
              "SELECT '%s: %s' AS t, CAST(%s AS %s)::VARCHAR AS c"
                  .formatted(
                      pair.type(),
                      (pair.before() + " -> " + pair.after()).replace("'", "''"),
                      pair.after(),
                      pair.type()));
    }
    fresh.write("towpath.yml", "project: fresh\n");
    String now = fresh.run("query", expected + " ORDER BY ALL", "--format", "csv").good().out();
    for (String schema : new String[] {"m", "d"}) {
      StringBuilder actual = new StringBuilder();
      for (int i = 0; i < PAIRS.size(); i++) {
        Pair pair = PAIRS.get(i);
        actual
            .append(i == 0 ? "" : " UNION ALL ")
            .append(
                "SELECT '%s: %s' AS t, c::VARCHAR AS c FROM %s.t%d%s"
                    .formatted(
                        pair.type(),
                        (pair.before() + " -> " + pair.after()).replace("'", "''"),
                        schema,
                        i,
                        schema.equals("d") ? " WHERE day = '2026-01-01'" : ""));
      }
      assertThat(towpath.run("query", actual + " ORDER BY ALL", "--format", "csv").good().out())
          .as(schema)
          .isEqualTo(now);
    }
    assertThat(towpath.run("query", "SELECT a, b FROM m.two", "--format", "csv").good().out())
        .contains("[1],\"[2, 3]\"");
  }
}
