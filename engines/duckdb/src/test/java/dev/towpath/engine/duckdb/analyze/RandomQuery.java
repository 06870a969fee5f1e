package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes up queries over three tables of one shape, {@code (a, b, c, k, s, l)}. Each is
 * deterministic over bags of rows: a LIMIT has a total order, an ordered window has no ties that
 * matter.
 */
final class RandomQuery {
  static final List<String> TABLES = List.of("t", "u", "w");
  static final Schema SCHEMA =
      Schema.of(
          "a", "INTEGER",
          "b", "INTEGER",
          "c", "INTEGER",
          "k", "VARCHAR",
          "s", "STRUCT(x INTEGER, y INTEGER)",
          "l", "INTEGER[]");
  static final List<String> MACROS =
      List.of(
          "CREATE MACRO twice(x) AS x * 2",
          "CREATE MACRO plus(x, y := 3) AS x + y",
          "CREATE MACRO total(x, ok) AS sum(x) FILTER (WHERE ok)",
          "CREATE MACRO upto(n) AS TABLE SELECT i AS a, n AS b FROM range(0, n) r(i)");

  private final RandomGenerator random;
  private int names;

  RandomQuery(RandomGenerator random) {
    this.random = random;
  }

  /** Rows as SQL literals. */
  static List<List<String>> rows(RandomGenerator random) {
    return IntStream.range(0, random.nextInt(3, 7))
        .mapToObj(_ ->
            IntStream.range(0, SCHEMA.columns().size()).mapToObj(c -> value(c, random)).toList())
        .toList();
  }

  /** A literal of a column's type. */
  static String value(int column, RandomGenerator random) {
    if (random.nextInt(8) == 0) {
      return "NULL";
    }
    return switch (column) {
      case 3 -> "'" + (char) ('p' + random.nextInt(3)) + "'";
      case 4 -> "{'x': " + random.nextInt(4) + ", 'y': " + random.nextInt(4) + "}";
      case 5 ->
          IntStream.range(0, random.nextInt(3))
              .mapToObj(_ -> Integer.toString(random.nextInt(4)))
              .collect(Collectors.joining(", ", "[", "]"));
      default -> Integer.toString(random.nextInt(5));
    };
  }

  /** A query whose columns have names. */
  String query() {
    names = 0;
    return switch (random.nextInt(6)) {
      case 0 -> with();
      case 1 -> setOperation();
      case 2 -> recursive();
      default -> select(2);
    };
  }

  private String with() {
    String first = "x" + names++;
    String second = "x" + names++;
    return "WITH "
        + first
        + " AS ("
        + select(1)
        + "), "
        + second
        + "(a, b) AS ("
        + "SELECT a, b FROM "
        + relation(0, first)
        + ") SELECT p.a AS o1, q.b AS o2 FROM "
        + first
        + " p "
        + join()
        + " "
        + second
        + " q ON "
        + "p.a = q.a";
  }

  private String setOperation() {
    String op =
        pick("UNION ALL", "UNION", "EXCEPT", "INTERSECT", "UNION ALL BY NAME", "UNION BY NAME");
    String first = select(1);
    String second = select(1);
    return "SELECT a AS o1, b AS o2 FROM (" + first + " " + op + " " + second + ") z";
  }

  private String recursive() {
    String table = "s." + table() + " q1";
    return "WITH RECURSIVE r(n, a, b) AS (SELECT 1, a, b FROM "
        + table
        + where()
        + " UNION ALL SELECT n + 1, "
        + pick("b, a", "a, b", "a + 1, b", "o.a, r.b")
        + " FROM r JOIN s."
        + table()
        + " o ON "
        + pick("o.b = r.b", "o.a = r.n", "true")
        + " WHERE n < 3) SELECT "
        + pick("a AS o1, b AS o2", "a AS o1, n AS o2")
        + " FROM r";
  }

  /** A SELECT whose columns o1 and o2 have names that no table has. */
  String named() {
    names = 0;
    return (random.nextInt(4) == 0 ? windowed(1) : plain(1))
        .replaceFirst(" AS a, ", " AS o1, ")
        .replaceFirst(" AS b FROM ", " AS o2 FROM ");
  }

  /** Such a SELECT with something else for its second column. */
  String variant(String sql) {
    String before = " AS o1, ";
    String other =
        pick(
            value(1),
            value(1),
            "max(q1.a)",
            "count(*)",
            "sum(q1.b) OVER (PARTITION BY q1.k)",
            "unnest(q1.l)",
            "len(regexp_split_to_table(q1.k, 'p'))",
            "o1 + 1");
    return sql.substring(0, sql.indexOf(before) + before.length())
        + other
        + sql.substring(sql.indexOf(" AS o2 FROM "));
  }

  /** A SELECT that gives the columns a and b, which are integers. */
  private String select(int depth) {
    return switch (random.nextInt(10)) {
      case 0 -> grouped(depth);
      case 1 -> windowed(depth);
      case 2 -> star(depth);
      case 3 -> pivoted();
      case 4 -> unnested();
      case 5 -> structs();
      case 6 -> joinedUsing();
      default -> plain(depth);
    };
  }

  private String plain(int depth) {
    String from = from(depth);
    String limit = random.nextInt(6) == 0 ? " ORDER BY ALL LIMIT 3" : "";
    String distinct = random.nextInt(8) == 0 ? "DISTINCT " : "";
    return "SELECT "
        + distinct
        + value(depth)
        + " AS a, "
        + value(depth)
        + " AS b FROM "
        + from
        + where()
        + limit;
  }

  private String grouped(int depth) {
    String key = pick("q1.k", "q1.c", "q1.a % 2", "q1.b");
    String sum =
        pick(
            "sum(q1.a)",
            "count(*)",
            "max(q1.b) FILTER (WHERE q1.c > 1)",
            "total(q1.a, q1.b > 1)",
            "count(DISTINCT q1.c)",
            "min(COLUMNS('^q1x$|^a$'))");
    String more = pick("min(q1.c)", "count(q1.b)", "arg_max(q1.a, (q1.b, q1.a))");
    String having = random.nextInt(4) == 0 ? " HAVING count(q1.c) > 1" : "";
    String body =
        sum.startsWith("min(COL")
            ? "SELECT " + key + " AS g, " + sum + ", " + more + " AS b FROM s." + table() + " q1"
            : "SELECT " + key + " AS g, " + sum + " AS a, " + more + " AS b FROM " + from(depth);
    return "SELECT a, b FROM ("
        + body
        + where()
        + " GROUP BY "
        + pick("ALL", "1", key)
        + having
        + ")";
  }

  private String windowed(int depth) {
    String over =
        pick(
            "(PARTITION BY q1.k)",
            "(ORDER BY q1.c RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
            "(PARTITION BY q1.b ORDER BY q1.a RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)");
    String qualify =
        random.nextInt(3) == 0 ? " QUALIFY rank() OVER (PARTITION BY q1.k ORDER BY q1.c) = 1" : "";
    return "SELECT "
        + pick("sum(q1.a)", "count(*)", "rank()", "max(q1.b)")
        + " OVER "
        + over
        + " AS a, "
        + value(depth)
        + " AS b FROM "
        + from(depth)
        + where()
        + qualify;
  }

  private String star(int depth) {
    String inner = relation(depth, "s." + table());
    return switch (random.nextInt(6)) {
      case 0 -> "SELECT * EXCLUDE (k, s) REPLACE (a + c AS a) FROM s." + table() + " q1";
      case 1 -> "SELECT q.* RENAME (c AS b, b AS c) FROM s." + table() + " q";
      case 2 -> "SELECT COLUMNS('^[ab]$') + c AS '\\0' FROM s." + table();
      case 3 -> "SELECT COLUMNS(lambda n: n IN ('a', 'b')) FROM s." + table();
      case 4 -> "SELECT a, coalesce(*COLUMNS('^[bc]$')) AS b FROM s." + table();
      default -> "SELECT a, b FROM (SELECT * FROM " + inner + ") q1" + " WHERE a IS NOT NULL";
    };
  }

  private String pivoted() {
    return switch (random.nextInt(3)) {
      case 0 ->
          "SELECT g AS a, \"1\" AS b FROM (SELECT a AS g, b, c FROM s."
              + table()
              + where().replace("q1.", "")
              + ") PIVOT (sum(b) FOR c IN (1, 2))";
      case 1 ->
          "SELECT a, b FROM (SELECT c AS a, a AS p, b AS q FROM s."
              + table()
              + ") UNPIVOT "
              + pick("", "INCLUDE NULLS ")
              + "(b FOR what IN (p, q))";
      default ->
          "SELECT a, \"2\" AS b FROM s." + table() + " PIVOT (max(b) FOR c IN (1, 2) GROUP BY a)";
    };
  }

  private String unnested() {
    return switch (random.nextInt(6)) {
      case 4 -> "SELECT q1.a, len(regexp_split_to_table(q1.k, 'p')) AS b FROM s." + table() + " q1";
      case 0 -> "SELECT q1.a, unnest(q1.l) AS b FROM s." + table() + " q1" + where();
      case 1 -> "SELECT q1.a, n.e AS b FROM s." + table() + " q1, unnest(q1.l) AS n(e)";
      case 2 -> "SELECT q1.b AS a, g AS b FROM s." + table() + " q1, range(0, q1.c) AS g";
      case 3 -> "SELECT q1.b AS a, m.b FROM s." + table() + " q1, upto(q1.a) m";
      default ->
          "SELECT q1.a, list_sum(list_transform(q1.l, lambda e: e + q1.b)) AS b FROM s."
              + table()
              + " q1";
    };
  }

  private String structs() {
    String from = " FROM s." + table() + " q1" + where();
    return switch (random.nextInt(5)) {
      case 0 -> "SELECT q1.s.x AS a, q1.c AS b" + from;
      case 1 ->
          "SELECT z.p AS a, z['q'] AS b FROM (SELECT {'p': q1.a, 'q': q1.b} AS z" + from + ")";
      case 2 -> "SELECT x AS a, b FROM (SELECT unnest(q1.s), q1.b" + from + ")";
      case 3 -> "SELECT x AS a, y AS b FROM (SELECT s.*" + from + ")";
      default -> "SELECT (r).a AS a, (r).c AS b FROM (SELECT q1 AS r" + from + ")";
    };
  }

  private String joinedUsing() {
    return switch (random.nextInt(4)) {
      case 0 ->
          "SELECT a, q2.b FROM s."
              + table()
              + " q1 "
              + join()
              + " s."
              + table()
              + " q2 USING (a)"
              + where();
      case 1 ->
          "SELECT q1.a, q1.b FROM s."
              + table()
              + " q1 "
              + pick("SEMI", "ANTI")
              + " JOIN s."
              + table()
              + " q2 USING ("
              + pick("a", "b, c", "k")
              + ")"
              + where();
      case 2 ->
          "SELECT a, b FROM (SELECT a, c FROM s."
              + table()
              + ") NATURAL "
              + join()
              + " (SELECT a,"
              + " b FROM s."
              + table()
              + ")";
      default ->
          "SELECT q2.c AS a, q1.b FROM s."
              + table()
              + " q1 "
              + join()
              + " s."
              + table()
              + " q2 ON q1.a = q2.b AND q1.c < q2.c"
              + where();
    };
  }

  private String join() {
    return pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");
  }

  /** FROM with q1, which has the columns of the tables. */
  private String from(int depth) {
    String table = "s." + table() + " q1";
    return switch (random.nextInt(7)) {
      case 0 ->
          table
              + ", LATERAL (SELECT o.a + q1.a AS la FROM s."
              + table()
              + " o WHERE o.b = q1.b) lat";
      case 1 -> table + " LEFT JOIN (" + select(0) + ") q3 ON q3.a = q1.a";
      case 2 -> table + " JOIN (VALUES (1, 2), (2, 3)) v(va, vb) ON v.va = q1.b";
      case 3 -> depth > 0 ? "(SELECT a, b + c AS b, c, k, s, l FROM s." + table() + ") q1" : table;
      default -> table;
    };
  }

  private String relation(int depth, String otherwise) {
    return depth > 0 && random.nextBoolean() ? "(" + select(depth - 1) + ")" : otherwise;
  }

  private String where() {
    if (random.nextInt(2) == 0) {
      return "";
    }
    return " WHERE "
        + switch (random.nextInt(5)) {
          case 0 -> "q1.a > 1";
          case 1 -> "EXISTS (SELECT 1 FROM s." + table() + " e WHERE e.a = q1.c AND e.b > 0)";
          case 2 -> "q1.b IN (SELECT c FROM s." + table() + ")";
          case 3 -> "q1.c < (SELECT max(" + pick("a", "b") + ") FROM s." + table() + ")";
          default -> "q1.k = 'p'";
        };
  }

  /** An integer over q1. */
  private String value(int depth) {
    List<String> choices = new ArrayList<>();
    choices.add("q1.a");
    choices.add("q1.b");
    choices.add("q1.a + q1.c");
    choices.add("CASE WHEN q1.k = 'p' THEN q1.a ELSE q1.b END");
    choices.add("coalesce(q1.c, q1.b)");
    choices.add("twice(q1.b)");
    choices.add("plus(q1.a, y := q1.c)");
    choices.add("len(q1.l)");
    choices.add("q1.s.y");
    choices.add("q1.c::BIGINT");
    if (depth > 0) {
      choices.add("(SELECT max(e.b) FROM s." + table() + " e WHERE e.a = q1.a)");
      choices.add("(SELECT count(*) FROM s." + table() + " e WHERE e.c > q1.c)");
      choices.add("(q1.a IN (SELECT e.b FROM s." + table() + " e WHERE e.c = 1))::INTEGER");
    }
    return choices.get(random.nextInt(choices.size()));
  }

  private String table() {
    return TABLES.get(random.nextInt(TABLES.size()));
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
