package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that are read again and hold the same rows: no release, and not read a third time. */
class RereadTest {
  @TempDir private Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws IOException {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: same\n");
    towpath.write(
        "sources/raw.yml",
        """
        type: files
        tables:
          t: {path: data/t.csv, columns: {id: bigint}}
          log: {path: "log/*.csv", mode: append, columns: {id: bigint}}
        """);
    towpath.write("data/t.csv", "id\n1\n2\n");
    towpath.write("log/1.csv", "id\n1\n");
    towpath.write("models/m/n.sql", "SELECT count(*) AS n FROM raw.t\n");
    towpath.run("run").good();
  }

  private String count(String table) {
    return towpath
        .run("query", "SELECT count(*) AS n FROM " + table, "--format", "csv")
        .good()
        .out()
        .lines()
        .skip(1)
        .findFirst()
        .orElseThrow();
  }

  private void nothingIsStale() {
    assertThat(towpath.run("plan").good().out()).contains("nothing is stale in dev (release 1)");
    assertThat(towpath.run("run").good().out()).contains("nothing is stale");
  }

  @Test
  void sameRowsWrittenOtherwise() throws IOException {
    towpath.write("data/t.csv", "id\n\"2\"\n\"1\"\n");
    assertThat(towpath.run("plan").good().out()).contains("+ raw.t (source)");
    Towpath.Result run = towpath.run("run").good();
    assertThat(run.out()).contains("nothing changed").doesNotContain("published");
    assertThat(run.err())
        .contains("raw.t  2 rows", "same rows as before", "m.n  inputs came out the same");
    nothingIsStale();
    assertThat(towpath.run("run", "--json").good().out()).contains("\"release\":null");

    // What was learnt is kept as long as the rows that it is about.
    towpath.run("gc", "--grace", "0").good();
    nothingIsStale();

    // What changes from there is seen, and so it is when the rows come back by a rollback.
    towpath.write("data/t.csv", "id\n\"2\"\n\"1\"\n3\n");
    assertThat(towpath.run("run").good().out()).contains("published release 2");
    assertThat(count("raw.t")).isEqualTo("3");
    towpath.run("rollback").good();
    assertThat(count("raw.t")).isEqualTo("2");
    assertThat(towpath.run("run").good().out()).contains("published release 4");
    assertThat(count("raw.t")).isEqualTo("3");
    towpath.run("rollback", "1").good();
    towpath.write("data/t.csv", "id\n\"2\"\n\"1\"\n"); // as it was last seen to be the same
    assertThat(towpath.run("run").good().out()).contains("nothing is stale");
  }

  @Test
  void aNewFileWithoutRows() throws IOException {
    towpath.write("log/2.csv", "id\n");
    assertThat(towpath.run("run").good().out()).contains("nothing changed");
    nothingIsStale();
    towpath.write("log/3.csv", "id\n7\n");
    Towpath.Result run = towpath.run("run").good();
    assertThat(run.out()).contains("published release 2");
    assertThat(count("raw.log")).isEqualTo("2");
    Files.writeString(folder.resolve("log/2.csv"), "id\n5\n"); // known, though it is in no release
    assertThat(towpath.run("run").err()).contains("log/2.csv");
    assertThat(count("raw.log")).isEqualTo("2");
  }

  @Test
  void anotherDefinitionThatGivesTheSameIsPublished() throws IOException {
    towpath.write("models/m/n.sql", "SELECT count(id) AS n FROM raw.t\n");
    assertThat(towpath.run("run").good().out()).contains("published release 2"); // or stale forever
    assertThat(towpath.run("run").good().out()).contains("nothing is stale");
  }
}
