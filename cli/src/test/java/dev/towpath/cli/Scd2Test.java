package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that go and come back, in histories of kind scd2 with {@code deletes: close}. */
final class Scd2Test {
  @TempDir Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws Exception {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: history\n");
    towpath.write(
        "sources/raw.yml",
        "type: files\ntables:\n  now: {path: data/now.csv, columns: {id: bigint, u: date, v: varchar}}\n");
    towpath.write(
        "models/m/history.sql",
        "/* towpath\nkind: scd2\nkey: id\nupdated_at: u\ndeletes: close\n*/\nSELECT id, u, v FROM raw.now\n");
    on("01", "1,2025-12-01,a\n");
    on("10", "2,2025-12-01,x\n");
  }

  private void on(String day, String rows) throws Exception {
    towpath.write("data/now.csv", "id,u,v\n" + rows);
    towpath.at("2026-01-" + day + "T00:00:00Z").run("run").good();
  }

  private String history() {
    return towpath
        .run(
            "query",
            "SELECT v, valid_from::DATE::VARCHAR AS f, valid_to::DATE::VARCHAR AS t, is_current"
                + " FROM m.history WHERE id = 1 ORDER BY valid_from, is_current",
            "--format",
            "csv")
        .good()
        .out();
  }

  private static String versions(String... rows) {
    return "v,f,t,is_current\n" + String.join("\n", rows) + "\n";
  }

  @Test
  void aKeyThatComesBackAsItWas() throws Exception {
    on("20", "1,2025-12-01,a\n");
    assertThat(history())
        .isEqualTo(versions("a,2025-12-01,2026-01-10,false", "a,2026-01-20,,true"));
  }

  @Test
  void aKeyThatComesBackWithAnEarlierVersion() throws Exception {
    on("20", "1,2026-01-05,b\n");
    assertThat(history())
        .isEqualTo(
            versions(
                "a,2025-12-01,2026-01-05,false",
                "b,2026-01-05,2026-01-10,false",
                "b,2026-01-20,,true"));
    on("21", "1,2026-01-05,b\n");
    assertThat(history()).contains("b,2026-01-20,,true");
  }

  @Test
  void aKeyThatComesBackWithAVersionBeforeAll() throws Exception {
    on("20", "1,2025-11-01,o\n");
    assertThat(history())
        .isEqualTo(
            versions(
                "o,2025-11-01,2025-12-01,false",
                "a,2025-12-01,2026-01-10,false",
                "o,2026-01-20,,true"));
  }

  @Test
  void aKeyThatComesBackWithALaterVersion() throws Exception {
    on("20", "1,2026-01-15,c\n");
    assertThat(history())
        .isEqualTo(versions("a,2025-12-01,2026-01-10,false", "c,2026-01-15,,true"));
  }

  @Test
  void aKeyThatComesBackWithSeveralVersions() throws Exception {
    on("20", "1,2025-12-01,a\n1,2026-01-15,c\n");
    assertThat(history())
        .isEqualTo(versions("a,2025-12-01,2026-01-10,false", "c,2026-01-15,,true"));
  }

  @Test
  void aNewerVersionOfAKeyThatCameBack() throws Exception {
    on("20", "1,2025-12-01,a\n");
    on("25", "1,2026-01-15,c\n"); // newer than what holds, and from before it came back
    assertThat(history())
        .endsWith("c,2026-01-25,,true\n")
        .contains("a,2026-01-20,2026-01-25,false");
  }

  // --- other columns, other headers ---

  @Test
  void columnsMayHaveAnyName() throws Exception {
    towpath.write(
        "sources/raw.yml",
        "type: files\ntables:\n  now: {path: data/now.csv, columns: {id: bigint, t: date, f: date, what:"
            + " varchar, times: int}}\n");
    for (String header : new String[] {"updated_at: t\n", ""}) {
      towpath.write(
          "models/m/named.sql",
          "/* towpath\nkind: scd2\nkey: [id, times]\ndeletes: close\n"
              + header
              + "*/\nSELECT * FROM raw.now\n");
      towpath.write("models/m/history.sql", "SELECT 1 AS x\n");
      String columns = "id,t,f,what,times\n";
      towpath.write("data/now.csv", columns + "1,2026-01-01,2020-01-01,a,1\n");
      towpath.at("2026-02-01T00:00:00Z").run("run", "--full").good();
      towpath.write("data/now.csv", columns + "1,2026-01-05,2020-01-01,b,1\n");
      towpath.at("2026-02-02T00:00:00Z").run("run").good();
      towpath.write("data/now.csv", columns + "2,2026-01-05,2020-01-01,c,1\n");
      towpath.at("2026-02-03T00:00:00Z").run("run").good();
      towpath.write("data/now.csv", columns + "1,2026-01-05,2020-01-01,b,1\n");
      towpath.at("2026-02-04T00:00:00Z").run("run").good();
      String from = header.isEmpty() ? "2026-02-01" : "2026-01-01";
      String then = header.isEmpty() ? "2026-02-02" : "2026-01-05";
      String other = header.isEmpty() ? "2026-02-03" : "2026-01-05";
      assertThat(
              towpath
                  .run(
                      "query",
                      "SELECT id, what, valid_from::DATE AS f, valid_to::DATE AS t, is_current FROM"
                          + " m.named ORDER BY id, valid_from, is_current",
                      "--format",
                      "csv")
                  .good()
                  .out())
          .isEqualTo(
              "id,what,f,t,is_current\n1,a,%s,%s,false\n1,b,%s,2026-02-03,false\n1,b,2026-02-04,,true\n2,c,%s,2026-02-04,false\n"
                  .formatted(from, then, then, other));
    }
  }

  private void header(String header, String sql) throws Exception {
    towpath.write(
        "models/m/history.sql", "/* towpath\nkind: scd2\n" + header + "*/\n" + sql + "\n");
  }

  @Test
  void withoutATimeAVersionHoldsFromTheRunThatSawIt() throws Exception {
    for (String deletes : new String[] {"deletes: ignore\n", "deletes: close\n"}) {
      header("key: id\n" + deletes, "SELECT id, v FROM raw.now");
      towpath.write("data/now.csv", "id,u,v\n1,2025-12-01,a\n");
      towpath.at("2026-02-01T00:00:00Z").run("run", "--full").good();
      on("15", "1,2025-12-01,a\n"); // an earlier run changes nothing
      towpath.write("data/now.csv", "id,u,v\n1,2025-12-01,b\n");
      towpath.at("2026-02-05T00:00:00Z").run("run").good();
      towpath.write("data/now.csv", "id,u,v\n2,2025-12-01,x\n");
      towpath.at("2026-02-10T00:00:00Z").run("run").good();
      boolean close = deletes.contains("close");
      assertThat(history())
          .isEqualTo(
              versions(
                  "a,2026-02-01,2026-02-05,false",
                  close ? "b,2026-02-05,2026-02-10,false" : "b,2026-02-05,,true"));
    }
  }

  @Test
  void aClockThatWentBackLosesNoVersion() throws Exception {
    header("key: id\n", "SELECT id, v FROM raw.now");
    towpath.write("data/now.csv", "id,u,v\n1,2025-12-01,a\n");
    towpath.at("2026-02-10T00:00:00Z").run("run", "--full").good();
    on("20", "1,2025-12-01,b\n");
    assertThat(history())
        .isEqualTo(versions("a,2026-02-10,2026-02-10,false", "b,2026-02-10,,true"));
  }

  @Test
  void versionsStayUnderAnotherDefinition() throws Exception {
    header("key: id\nupdated_at: u\non_change: keep\n", "SELECT id, u, v, 5 AS more FROM raw.now");
    on("20", "1,2026-01-15,b\n");
    assertThat(history())
        .isEqualTo(versions("a,2025-12-01,2026-01-10,false", "b,2026-01-15,,true"));
    assertThat(
            towpath
                .run("query", "SELECT v, more FROM m.history ORDER BY ALL", "--format", "csv")
                .good()
                .out())
        .isEqualTo("v,more\na,\nb,5\nx,\n");
  }

  @Test
  void aKeyThatMakesOneHistoryOfSeveralIsRefused() throws Exception {
    header("key: v\nupdated_at: u\non_change: keep\n", "SELECT 0::BIGINT AS id, u, v FROM raw.now");
    on("20", "1,2026-01-15,a\n2,2026-01-15,x\n");
    header(
        "key: id\nupdated_at: u\non_change: keep\n", "SELECT 0::BIGINT AS id, u, v FROM raw.now");
    towpath.write("data/now.csv", "id,u,v\n1,2026-01-16,b\n");
    Towpath.Result refused = towpath.at("2026-01-21T00:00:00Z").run("run");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "models/m/history.sql:3:1: several histories among the rows that stay have the same key"
                + " (id), or none: ")
        .contains("run m.history --full");
  }

  @Test
  void anotherWordOnDeletesIsAnotherDefinition() throws Exception {
    header("key: id\nupdated_at: u\non_change: keep\n", "SELECT id, u, v FROM raw.now");
    assertThat(towpath.run("plan").out()).contains("m.history (scd2): definition changed");
  }
}
