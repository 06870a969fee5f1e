package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stays, and what is found out of date, in incremental models: names, zones, odd hours. */
final class IncrementalTest {
  @TempDir Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws Exception {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: incremental\n");
  }

  private void source(String type) throws IOException {
    towpath.write(
        "sources/raw.yml",
        "type: files\ntables:\n  events: {path: data/*.csv, mode: append, columns: {ts: "
            + type
            + ", v: bigint}}\n");
  }

  private static String header(String more) {
    return "/* towpath\nkind: incremental\n" + more + "*/\n";
  }

  @ParameterizedTest(name = "time column {0}")
  @ValueSource(strings = {"day", "moment"})
  void aRenamedColumnKeepsTheRowsThatStay(String time) throws Exception {
    source("date");
    StringBuilder month = new StringBuilder("ts,v\n");
    for (int day = 0; day < 30; day++) {
      month.append(LocalDate.of(2026, 1, 1).plusDays(day)).append(",").append(day).append('\n');
    }
    towpath.write("data/1.csv", month.toString());
    String where = " FROM raw.events WHERE ts >= $start AND ts < $end\n";
    String cut = "\ngrain: day\non_change: keep\n";
    towpath.write(
        "models/m/days.sql", header("time: day" + cut) + "SELECT ts AS day, v AS amt" + where);
    towpath.run("run").good();
    towpath.write(
        "models/m/days.sql",
        header(
                "time: "
                    + time
                    + cut
                    + "columns:\n  amount: {renamed_from: amt}\n"
                    + (time.equals("day") ? "" : "  moment: {renamed_from: day}\n"))
            + "SELECT ts AS "
            + time
            + ", v AS amount"
            + where);
    towpath.write("data/2.csv", "ts,v\n2026-01-05,100\n");
    towpath.run("run").good();
    assertThat(
            query(
                "SELECT count(*) AS a, count("
                    + time
                    + ") AS b, count(amount) AS c, sum(amount) AS d FROM m.days"))
        .contains("31,31,31,535");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"Europe/Amsterdam", "America/New_York", "Asia/Kolkata"})
  void aReaderInAnotherZoneSeesTheSameClockOnTheWall(String zone) throws Exception {
    source("timestamp");
    towpath.write("data/1.csv", "ts,v\n2026-01-01 00:30:00,1\n2026-01-02 12:00:00,2\n");
    towpath.write(
        "models/m/hours.sql",
        header("time: hour\ngrain: hour\n")
            + "SELECT date_trunc('hour', ts) AS hour, sum(v)::BIGINT AS v FROM raw.events"
            + " WHERE ts >= $start AND ts < $end GROUP BY 1\n");
    towpath.write(
        "models/m/days.sql",
        header("time: day\ngrain: day\ntimezone: " + zone + "\n")
            + "SELECT hour::DATE AS day, sum(v)::BIGINT AS v FROM m.hours"
            + " WHERE hour >= $start AND hour < $end GROUP BY 1\n");
    towpath.run("run").good();
    towpath.write("data/2.csv", "ts,v\n2026-01-01 23:30:00,10\n");
    towpath.run("run").good();
    assertThat(query("SELECT day::VARCHAR AS d, v FROM m.days ORDER BY 1"))
        .contains("2026-01-01,11");
    towpath.write("data/3.csv", "ts,v\n2026-01-01 00:10:00,100\n");
    towpath.run("run").good();
    assertThat(query("SELECT day::VARCHAR AS d, v FROM m.days ORDER BY 1"))
        .contains("2026-01-01,111")
        .contains("2026-01-02,2");
  }

  /** Both hours that a clock shows twice in autumn, in either order, and the one it skips. */
  @ParameterizedTest(name = "{0}, {1} then {2}")
  @CsvSource({
    "Europe/Amsterdam, 2025-10-26 00:30:00+00, 2025-10-26 01:30:00+00",
    "Europe/Amsterdam, 2025-10-26 01:30:00+00, 2025-10-26 00:30:00+00",
    "Europe/Amsterdam, 2025-03-30 00:30:00+00, 2025-03-30 01:30:00+00",
    "Australia/Lord_Howe, 2025-04-05 14:40:00+00, 2025-04-05 15:10:00+00",
    "Australia/Lord_Howe, 2025-04-05 15:10:00+00, 2025-04-05 14:40:00+00",
    "Australia/Lord_Howe, 2025-10-04 15:20:00+00, 2025-10-04 15:40:00+00",
    "Asia/Kolkata, 2025-10-04 15:20:00+00, 2025-10-04 15:40:00+00"
  })
  void hoursOfInstants(String zone, String first, String second) throws Exception {
    source("timestamptz");
    towpath.write(
        "models/m/hours.sql",
        header("time: ts\ngrain: hour\ntimezone: " + zone + "\n")
            + "SELECT ts, v FROM raw.events WHERE ts >= $start AND ts < $end\n");
    towpath.write("data/0.csv", "ts,v\n2025-01-01 00:00:00+00,1\n2025-12-01 00:00:00+00,2\n");
    towpath.run("run").good();
    int rows = 2;
    for (String time : new String[] {first, second, first, second}) {
      towpath.write("data/" + rows + ".csv", "ts,v\n" + time + "," + rows + "\n");
      towpath.run("run").good();
      assertThat(query("SELECT count(*) AS n, sum(v) AS s FROM m.hours"))
          .isEqualTo("n,s\n" + ++rows + "," + sum(rows) + "\n");
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "Europe/Amsterdam, 2025-10-26 02:30:00",
    "Europe/Amsterdam, 2025-03-30 02:30:00",
    "Australia/Lord_Howe, 2025-04-06 01:45:00",
    "Australia/Lord_Howe, 2025-10-05 02:15:00"
  })
  void hoursOnTheWall(String zone, String time) throws Exception {
    source("timestamp");
    towpath.write(
        "models/m/hours.sql",
        header("time: ts\ngrain: hour\ntimezone: " + zone + "\n")
            + "SELECT ts, v FROM raw.events WHERE ts >= $start AND ts < $end\n");
    towpath.write("data/0.csv", "ts,v\n2025-01-01 00:00:00,1\n2025-12-01 00:00:00,2\n");
    towpath.run("run").good();
    for (int i = 1; i <= 2; i++) {
      towpath.write("data/" + i + ".csv", "ts,v\n" + time + "," + i + "\n");
      towpath.run("run").good();
      assertThat(query("SELECT count(*) AS n FROM m.hours")).isEqualTo("n\n" + (2 + i) + "\n");
    }
  }

  /** 1 + 2, and then each number of rows as it was. */
  private static int sum(int rows) {
    return 3 + (rows - 1) * rows / 2 - 1;
  }

  private String query(String sql) {
    return towpath.run("query", sql, "--format", "csv").good().out();
  }
}
