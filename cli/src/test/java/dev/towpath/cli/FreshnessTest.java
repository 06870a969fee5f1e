package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that brings nothing new is told of, and only then. */
class FreshnessTest {
  @TempDir private Path folder;

  @Test
  void aSourceWithoutNewsIsLate() throws Exception {
    Towpath towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: p\n");
    towpath.write("data/a.csv", "id\n1\n");
    towpath.write("data/b.csv", "id\n1\n");
    towpath.write(
        "sources/raw.yml", "type: files\nfreshness: 1s\ntables: {t: {path: \"data/a.csv\"}}\n");
    towpath.write("sources/calm.yml", "type: files\ntables: {t: {path: \"data/b.csv\"}}\n");
    assertThat(towpath.run("run").good().err()).doesNotContain("nothing new");
    Thread.sleep(1_100);
    String late = "sources/raw.yml:3:10: warning: raw.t has had nothing new since";
    assertThat(towpath.run("plan").good().err()).contains(late).doesNotContain("calm");
    Towpath.Result run = towpath.run("run").good(); // a warning, not a failure
    assertThat(run.err()).contains(late, "freshness: 1s");
    towpath.write("data/a.csv", "id\n1\n2\n");
    assertThat(towpath.run("run").good().err()).doesNotContain("nothing new");
  }
}
