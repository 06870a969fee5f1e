package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.store.MetadataStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that are written out again after they were published. */
class ExportTest {
  @TempDir Path temp;

  private Towpath towpath;

  @BeforeEach
  void project() throws IOException {
    towpath = new Towpath(temp);
    towpath.write("towpath.yml", "project: out\nenvironments: {dev: {}, prod: {}}\n");
    towpath.write("seeds/raw/t.csv", "id,v\n1,a\n2,\n");
    towpath.write(
        "models/m/t.sql",
        """
        /* towpath
        exports:
          - {to: out/t.csv}
          - {to: "${FOLDER}/t.parquet", environments: [prod]}
        */
        SELECT * FROM raw.t
        """);
  }

  private String file(String name) throws IOException {
    return Files.readString(temp.resolve(name));
  }

  @Test
  void aReleaseIsWrittenOut() throws Exception {
    Towpath.Result run = towpath.run("run").good();
    assertThat(run.err()).contains("exported m.t to out/t.csv: 2 rows");
    assertThat(file("out/t.csv")).isEqualTo("id,v\n1,a\n2,\n");
    assertThat(towpath.run("run").good().err()).doesNotContain("exported");
    assertThat(towpath.run("export").good().out()).contains("nothing is owed");
  }

  @Test
  void whatFailedIsReportedAndDeliveredLater() throws Exception {
    Files.writeString(temp.resolve("out"), "a file where a folder should be");
    Towpath.Result run = towpath.run("run");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).contains("published release 1");
    assertThat(run.err())
        .contains("models/m/t.sql:3:", "m.t was not exported to out/t.csv", "tried again");
    assertThat(towpath.run("query", "SELECT count(*) AS n FROM m.t", "--format", "csv").out())
        .contains("2");
    Towpath.Result again = towpath.run("run", "--json");
    assertThat(again.exit()).isEqualTo(1); // nothing was stale, and it is owed still
    assertThat(again.out()).contains("\"done\":false");
    Files.delete(temp.resolve("out"));
    assertThat(towpath.run("export").good().err()).contains("exported m.t to out/t.csv");
    assertThat(file("out/t.csv")).contains("1,a");
  }

  @Test
  void anExportThatIsDeclaredLaterGetsWhatIsThere() throws Exception {
    towpath.write("models/m/t.sql", "SELECT * FROM raw.t\n");
    towpath.run("run").good();
    towpath.write(
        "models/m/t.sql", "/* towpath\nexports: {to: out/t.csv}\n*/\nSELECT * FROM raw.t\n");
    towpath.write(
        "models/m/later.sql", "/* towpath\nexports: {to: out/l.csv}\n*/\nSELECT 1 AS x\n");
    assertThat(towpath.run("export").good().err()).contains("exported m.t to out/t.csv: 2 rows");
    assertThat(towpath.run("export").good().out()).contains("nothing is owed");
    Files.delete(temp.resolve("models/m/later.sql"));
    towpath.write(
        "models/m/t.sql", "/* towpath\nexports: {to: out/u.csv}\n*/\nSELECT * FROM raw.t\n");
    assertThat(towpath.run("run").good().err()).contains("exported m.t to out/u.csv: 2 rows");
  }

  @Test
  void whileAnotherProcessExportsThisOneWaits() throws Exception {
    Files.writeString(temp.resolve("out"), "a file where a folder should be");
    assertThat(towpath.run("run").exit()).isEqualTo(1);
    Files.delete(temp.resolve("out"));
    CompletableFuture<Towpath.Result> waiting;
    try (Platform other = new Platform(new Options().in(temp));
        MetadataStore.Hold _ = other.store().exporting("dev").orElseThrow()) {
      waiting = CompletableFuture.supplyAsync(() -> towpath.run("export"));
      Thread.sleep(1500);
      assertThat(waiting).isNotDone();
    }
    assertThat(waiting.get().good().err())
        .contains("waiting for another process that exports from dev", "exported m.t to out/t.csv");
  }

  @Test
  void aRollbackIsOwedToo() throws Exception {
    towpath.run("run").good();
    towpath.write("seeds/raw/t.csv", "id,v\n3,c\n");
    towpath.run("run").good();
    assertThat(file("out/t.csv")).isEqualTo("id,v\n3,c\n");
    towpath.run("rollback").good();
    towpath.run("export").good();
    assertThat(file("out/t.csv")).isEqualTo("id,v\n1,a\n2,\n");
  }

  @Test
  void otherEnvironmentsOweWhatTheyDeclare() throws Exception {
    Towpath.Result run = towpath.run("run", "--env", "prod");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("\"FOLDER\" is not set", "exported m.t to out/t.csv");
    towpath.write(".env", "FOLDER=elsewhere\n");
    towpath.run("export", "--env", "prod").good();
    assertThat(temp.resolve("elsewhere/t.parquet")).exists();
  }

  @Test
  void oneTableGoesWhereTheCommandSays() throws Exception {
    towpath.run("run").good();
    towpath.run("export", "m.t", "--to", "x.ndjson").good();
    assertThat(file("x.ndjson").lines().findFirst()).hasValue("{\"id\":1,\"v\":\"a\"}");
    assertThat(towpath.run("export", "m.tt", "--to", "x.csv").err())
        .contains("has no table m.tt", "did you mean \"m.t\"?");
    assertThat(towpath.run("export", "m.t", "--to", "x.xls").err()).contains("says no format");
    assertThat(towpath.run("export", "m.t", "--to", "ftp://x/y").err())
        .contains("nothing can be exported to ftp://", "postgres://");
    assertThat(towpath.run("export", "m.t").exit()).isEqualTo(2);
    assertThat(towpath.run("export", "m.t", "--to", "x.csv", "--mode", "upsert").exit())
        .isEqualTo(2);
    assertThat(towpath.run("export", "m.t", "--to", "x.csv", "--mode", "append").err())
        .contains("written whole");
  }
}
