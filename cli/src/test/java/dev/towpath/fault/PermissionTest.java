package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who may not read or write everything. Root may, so the commands run as nobody. */
@Tag("integration")
class PermissionTest {
  @TempDir private Path folder;
  private Cli project = Cli.in(Path.of(""));

  @BeforeEach
  void published() throws IOException {
    project = Small.in(folder);
    project.here().run("run").good();
    project = project.asNobody();
  }

  @AfterEach
  void mayBeRemoved() throws IOException {
    permit(folder, "rwxr-xr-x");
  }

  private static void permit(Path path, String permissions) throws IOException {
    try (Stream<Path> paths = Files.walk(path)) {
      for (Path one : paths.toList()) {
        Files.setPosixFilePermissions(one, PosixFilePermissions.fromString(permissions));
      }
    }
  }

  @Test
  void aReadOnlyProjectCanBeRead() throws IOException {
    permit(folder, "r-xr-xr-x");
    project.run("check").good();
    project.run("test").good();
    project.run("ls").good();
    assertThat(project.run("plan").good().out()).contains("nothing is stale in dev (release 1)");
    assertThat(project.run("releases").good().out()).contains("run");
    assertThat(project.run("show", "marts.twos").good().out()).contains("marts.twos");
    assertThat(project.run("show", "marts.ones", "--limit", "1").good().out()).contains("north");
    assertThat(project.run("query", Small.DIFFERENCE, "--format", "csv").good().out())
        .isEqualToIgnoringNewLines("difference0");
    assertThat(project.run("env", "ls").good().out()).contains("dev");
    assertThat(project.run("run").good().out()).contains("nothing is stale");
    for (String[] writing :
        new String[][] {{"run", "--full"}, {"gc"}, {"env", "create", "new", "--from", "dev"}}) {
      project.run(writing).ends(1).tells("metadata.db cannot be written", "hint: this user may");
    }
    permit(folder, "rwxr-xr-x");
    assertThat(new Audit(folder).head()).isEqualTo(1);
    project.run("run", "--full").good();
  }

  @Test
  void aReadOnlyProjectThatNeverRanCanBeChecked() throws IOException {
    Path other = folder.resolve("other");
    Small.in(other);
    Cli never = Cli.in(other).asNobody();
    permit(other, "r-xr-xr-x");
    never.run("check").good();
    assertThat(never.run("plan").good().out()).contains("marts.ones (table): not built yet");
    assertThat(never.run("query", "SELECT 41 + 1 AS n", "--format", "csv").good().out())
        .isEqualToIgnoringNewLines("n42");
    never.run("run").ends(1).tells("metadata.db", "no permission", "may this user write there?");
    assertThat(other.resolve(".towpath")).doesNotExist();
  }

  @Test
  void aReaderSeesWhatTheOwnerPublishesMeanwhile() throws IOException {
    Path store = folder.resolve(".towpath");
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("r-xr-xr-x"));
    permit(store.resolve("metadata.db"), "r--r--r--");
    if (!Cli.isRoot()) {
      return; // the owner is as unable as the reader
    }
    Cli.Running owner = Cli.in(folder).start("run", "--full");
    while (owner.process().isAlive()) {
      assertThat(project.run("query", Small.DIFFERENCE, "--format", "csv").good().out())
          .isEqualToIgnoringNewLines("difference0");
    }
    owner.end().good();
  }

  @Test
  void aLakeThatCannotBeWrittenFailsTheRun() throws IOException {
    Small.arrive(folder, 2);
    permit(folder.resolve(".towpath/lake"), "r-xr-xr-x");
    project.run("run").ends(1).tells(".towpath/lake", "no permission", "nothing was published");
    assertThat(project.run("query", "SELECT count(*) AS n FROM raw.orders").good().out())
        .contains("100");
    permit(folder.resolve(".towpath/lake"), "rwxr-xr-x");
    project.run("run").good();
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("200");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    Small.arrive(folder, 2);
    permit(folder.resolve("data/002.csv"), "---------");
    project.run("run").ends(1).tells("data/002.csv", "may not be read", "the right to read it");
    permit(folder.resolve("data/002.csv"), "rw-r--r--");
    permit(folder.resolve(".towpath/metadata.db"), "---------");
    for (String command : new String[] {"run", "releases", "plan"}) {
      project.run(command).ends(1).tells("metadata.db", "hint:", "this user");
    }
    permit(folder.resolve("models/marts/ones.sql"), "---------");
    project.run("check").ends(1).tells("models/marts/ones.sql: cannot be read: permission denied");
  }
}
