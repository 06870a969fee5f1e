package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C and SIGTERM while a run computes. */
@Tag("integration")
class InterruptTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aStoppedRunPublishesNothing(String signal, int exit) throws Exception {
    Cli project = Small.in(folder);
    project.here().run("run").good();
    Small.arrive(folder, 2);
    Small.write(
        folder,
        "models/marts/slow.sql",
        "SELECT count(*) AS n FROM range(10000000000) a, raw.orders WHERE hash(a.range) % 7 = id\n");

    Cli.Running running = project.start("run").until("[3/4]");
    running.signal(signal);
    Cli.Said said = running.end();

    assertThat(said.exit()).as(said.err()).isEqualTo(exit);
    assertThat(said.err()).contains("cancelled; nothing was published").doesNotContain("\tat ");
    assertThat(said.out()).isEmpty();
    assertThat(running.process().descendants()).isEmpty();
    Audit audit = new Audit(folder);
    assertThat(audit.runs()).startsWith("CANCELLED", "SUCCESS");
    assertThat(audit.head()).isEqualTo(1);
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("100");
    assertThat(folder.resolve(".towpath/tmp")).isEmptyDirectory();
    assertThat(folder.resolve(".towpath/locks")).isEmptyDirectory();

    java.nio.file.Files.delete(folder.resolve("models/marts/slow.sql"));
    project.here().run("run").good();
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("200");
    project.here().run("gc", "--grace", "0").good();
    audit.holdsWhatItReaches();
  }
}
