package dev.towpath.cli;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A made-up project: two tables of events and one of names, and models over them whose tables all
 * have the columns {@code day, k, v}, so that any may read any.
 */
final class RandomProject {
  static final LocalDate FIRST = LocalDate.of(2020, 1, 1);
  static final int DAYS = 40;

  private static final List<String> GRAINS = List.of("day", "week", "month");
  private static final List<String> ZONES =
      List.of("Europe/Amsterdam", "America/New_York", "Pacific/Kiritimati");

  /** Days since the first run. */
  private static final String AGE = "date_diff('day', DATE '2026-01-01', current_date)::INTEGER";

  private final RandomGenerator random;
  private final Map<String, String> files = new LinkedHashMap<>();
  private final List<String> tables = new ArrayList<>();

  /** Those that have a list {@code l} besides. */
  private final List<String> nested = new ArrayList<>();

  RandomProject(RandomGenerator random) {
    this.random = random;
    files.put("towpath.yml", "project: truth\n");
    files.put(
        "sources/raw.yml",
        """
        type: files
        tables:
          added:
            path: data/added/*.csv
            mode: append
            on_change: replace
            columns: {day: date, k: varchar, v: bigint}
          whole: {path: data/whole/*.csv, columns: {day: date, k: varchar, v: bigint}}
          names: {path: data/names.csv, columns: {k: varchar, w: bigint}}
        """);
    tables.addAll(List.of("raw.added", "raw.whole"));
    int models = random.nextInt(4, 8);
    for (int i = 0; i < models; i++) {
      String name = "m" + i;
      String text = model();
      files.put("models/m/" + name + ".sql", text);
      tables.add("m." + name);
      if (text.contains(" AS l ")) {
        nested.add("m." + name);
      }
    }
  }

  /** The files of the project, without its data, by name. */
  Map<String, String> files() {
    return files;
  }

  /** Every table of the project. */
  List<String> tables() {
    List<String> all = new ArrayList<>(tables);
    all.add("raw.names");
    return all;
  }

  /** Another name for a column of the models that keep their rows, or what they are called now. */
  void rename() {
    files.replaceAll((_, text) ->
        text.replace(
                "on_change: keep\n*/",
                "on_change: keep\ncolumns:\n  now: {renamed_from: before}\n*/")
            .replace("v AS before", "v AS now"));
  }

  /** Another text for one of the models. */
  void rewrite() {
    List<String> models = files.keySet().stream().filter(f -> f.startsWith("models/")).toList();
    String one = models.get(random.nextInt(models.size()));
    files.computeIfPresent(
        one, (_, text) -> text.replaceAll("v \\+ \\d+", "v + " + random.nextInt(100)));
  }

  /** Rows of events, at times that may be late or new. */
  String events() {
    StringBuilder csv = new StringBuilder("day,k,v\n");
    int rows = random.nextInt(1, 9);
    int around = random.nextInt(DAYS);
    for (int i = 0; i < rows; i++) {
      int day = random.nextInt(4) == 0 ? random.nextInt(DAYS) : (around + i % 3) % DAYS;
      csv.append(FIRST.plusDays(day)).append(',').append(key()).append(',');
      csv.append(random.nextInt(100)).append('\n');
    }
    return csv.toString();
  }

  /** Rows of the table of names. */
  String names() {
    Map<String, Integer> rows = new TreeMap<>();
    for (int i = 0; i < 3; i++) {
      rows.put(key(), random.nextInt(3));
    }
    StringBuilder csv = new StringBuilder("k,w\n");
    rows.forEach((k, w) -> csv.append(k).append(',').append(w).append('\n'));
    return csv.toString();
  }

  private String key() {
    return String.valueOf((char) ('a' + random.nextInt(4)));
  }

  private String any() {
    // the newest ones more often, so that chains grow long
    int back = random.nextInt(3) > 0 ? Math.min(tables.size(), 3) : tables.size();
    return tables.get(tables.size() - 1 - random.nextInt(back));
  }

  private String model() {
    return switch (random.nextInt(16)) {
      case 12 -> // as much as the time of the run shows
          "/* towpath\nkind: view\n*/\nSELECT day, k, v + 10 AS v FROM %s WHERE day < DATE '2020-01-01' + %s\n"
              .formatted(any(), AGE);
      case 13 -> // lists, some empty, some NULL
          "SELECT day, k, v, CASE v %% 3 WHEN %d THEN NULL WHEN %d THEN [] ELSE [v, NULL] END AS l FROM %s\n"
              .formatted(random.nextInt(3), random.nextInt(3), any());
      case 14 ->
          nested.isEmpty()
              ? header("") + incremental()
              : "SELECT day, k, (v + coalesce(len(l), 7))::BIGINT AS v FROM %s\n"
                  .formatted(nested.get(random.nextInt(nested.size())));
      case 15 ->
          header("on_change: keep\n")
              + "SELECT day, k, v, v AS before FROM %s WHERE day >= $start AND day < $end\n"
                  .formatted(any());
      case 0 -> "/* towpath\nkind: view\n*/\nSELECT day, k, v + 1 AS v FROM " + any() + "\n";
      case 1 -> "SELECT day, k, sum(v + 2)::BIGINT AS v FROM " + any() + " GROUP BY ALL\n";
      case 2 ->
          "SELECT day, k, v FROM %s UNION ALL SELECT day, k, v + 3 FROM %s\n"
              .formatted(any(), any());
      case 3, 4 -> // only some of the columns
          "SELECT %s FROM %s GROUP BY ALL\n".formatted(some(), any());
      case 5 ->
          "/* towpath\nkind: view\n*/\nSELECT day, v + 8 AS v, k FROM %s WHERE day > '2020-01-03'\n"
              .formatted(any());
      default -> header("") + incremental();
    };
  }

  /** An aggregate that cannot tell the tables apart whose other columns differ. */
  private String some() {
    return switch (random.nextInt(4)) {
      case 0 -> "day, k, count(*)::BIGINT AS v";
      case 1 -> "day, 'all' AS k, sum(v + 9)::BIGINT AS v";
      case 2 -> "min(day) AS day, k, 1::BIGINT AS v";
      default -> "DATE '2020-02-01' AS day, 'n' AS k, count(*)::BIGINT AS v";
    };
  }

  private String header(String more) {
    StringBuilder text = new StringBuilder("/* towpath\nkind: incremental\ntime: day\ngrain: ");
    String grain = GRAINS.get(random.nextInt(GRAINS.size()));
    text.append(grain).append('\n');
    if (random.nextInt(3) == 0) {
      LocalDate start =
          switch (grain) {
            case "day" -> FIRST.plusDays(random.nextInt(10));
            case "week" -> LocalDate.of(2020, 1, 6);
            default -> LocalDate.of(2020, 2, 1);
          };
      text.append("start: ").append(start).append('\n');
    }
    if (random.nextInt(4) == 0) {
      text.append("lookback: ").append(random.nextInt(1, 4)).append('\n');
    }
    if (random.nextInt(4) == 0) {
      text.append("partition_by: [month(day)]\n");
    }
    if (random.nextInt(3) == 0) {
      text.append("timezone: ").append(ZONES.get(random.nextInt(ZONES.size()))).append('\n');
    }
    return text.append(more).append("*/\n").toString();
  }

  private String incremental() {
    String inside = "day >= $start AND day < $end";
    String one = any();
    String other = any();
    return switch (random.nextInt(13)) {
      case 12 ->
          "SELECT day, k, (v + 11 + %s)::BIGINT AS v FROM %s WHERE %s\n"
              .formatted(AGE, one, inside);
      case 0 -> "SELECT day, k, v + 1 AS v FROM %s WHERE %s\n".formatted(one, inside);
      case 1 ->
          "SELECT day, k, sum(v + 4)::BIGINT AS v FROM %s WHERE %s GROUP BY ALL\n"
              .formatted(one, inside);
      case 2 ->
          """
          SELECT day, k, sum(v + 5 + coalesce(w, 0))::BIGINT AS v
          FROM %s LEFT JOIN raw.names USING (k) WHERE %s GROUP BY ALL
          """
              .formatted(one, inside);
      case 3 ->
          """
          SELECT day, k, v FROM %s WHERE %s
          UNION ALL SELECT day, k, v + 6 FROM %s WHERE %s
          """
              .formatted(one, inside, other, inside);
      case 4 -> // the whole of another table, for every interval
          """
          SELECT day, k, v + (SELECT count(*) FROM %s) AS v FROM %s WHERE %s
          """
              .formatted(other, one, inside);
      case 5 -> // the days before, of what may be the very same table
          """
          SELECT a.day, a.k, (a.v + coalesce(sum(b.v), 0))::BIGINT AS v
          FROM %s a LEFT JOIN %s b ON b.k = a.k AND b.day < a.day
          WHERE a.day >= $start AND a.day < $end GROUP BY a.day, a.k, a.v
          """
              .formatted(one, one);
      case 6 -> // a running total: what is early counts in all that is later
          """
          WITH t AS (
            SELECT day, k, sum(v + 7) OVER (PARTITION BY k ORDER BY day)::BIGINT AS v FROM %s
          )
          SELECT day, k, v FROM t WHERE %s
          """
              .formatted(one, inside);
      case 7 -> // a query that is read twice, and bounded once
          """
          WITH t AS (SELECT day, k, v FROM %s)
          SELECT day, k, v + (SELECT count(*) FROM t) AS v FROM t WHERE %s
          """
              .formatted(one, inside);
      default -> // the bounds hold for one side of the join only
          """
          SELECT a.day, a.k, (a.v + count(b.v))::BIGINT AS v
          FROM %s a LEFT JOIN %s b ON b.day = a.day AND a.day >= $start AND b.k = a.k
          WHERE a.day >= $start AND a.day < $end GROUP BY a.day, a.k, a.v
          """
              .formatted(one, other);
    };
  }
}
