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
                + " FROM m.history WHERE id = 1 ORDER BY valid_from",
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
}
