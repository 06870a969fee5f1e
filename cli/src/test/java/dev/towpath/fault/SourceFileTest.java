package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Source files that are not there, not whole, or not still. */
@Tag("integration")
class SourceFileTest {
  private static final int MANY = 1_500_000;

  @TempDir private Path folder;
  private Cli project = Cli.in(Path.of(""));

  @BeforeEach
  void published() throws IOException {
    project = Small.in(folder);
    project.here().run("run").good();
  }

  @Test
  void noFileAtAll() throws IOException {
    Small.write(
        folder,
        "sources/other.yml",
        "type: files\nschema: other\ntables:\n  none: {path: data/none.csv}\n");
    project.run("run").ends(1).tells("sources/other.yml:4:3", "data/none.csv", "hint:");
    unchanged();
  }

  @Test
  void anEmptyFile() throws IOException {
    Small.write(folder, "data/002.csv", "");
    project.run("run").ends(1).tells("data/002.csv", "is empty", "nothing was published");
    unchanged();
    mended();
  }

  @Test
  void aCompressedFileThatIsCutShort() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(Small.rows(5000).getBytes(StandardCharsets.UTF_8));
    }
    Path file = folder.resolve("data/002.csv.gz");
    Small.write(folder, "sources/zipped.yml", zipped());
    for (int length : new int[] {bytes.size() / 2, bytes.size() - 5, 3}) {
      Files.write(file, Arrays.copyOf(bytes.toByteArray(), length));
      project.run("run").ends(1).tells("data/002.csv.gz", "hint:");
      unchanged();
    }
    Files.write(file, bytes.toByteArray());
    project.run("run").good();
    assertThat(Small.number(project, "SELECT count(*) FROM zipped.orders")).isEqualTo("5000");
  }

  private static String zipped() {
    return "type: files\nschema: zipped\ntables:\n  orders: {path: \"data/*.csv.gz\"}\n";
  }

  @Test
  void aFileThatIsStillWritten() throws Exception {
    Path file = folder.resolve("data/002.csv");
    Files.writeString(file, Small.rows(MANY));
    Cli.Running running = project.start("run").until("building");
    while (running.process().isAlive()) {
      Files.writeString(file, "1,west,1.00\n", StandardOpenOption.APPEND);
      Thread.sleep(2);
    }
    running.end().ends(1).tells("data/002.csv", "changed while", "nothing was published");
    unchanged();
    project.run("run").good();
    long lines;
    try (var all = Files.lines(file)) {
      lines = all.count();
    }
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders"))
        .isEqualTo(Long.toString(100 + lines - 1));
  }

  @Test
  void aFileThatVanishesWhileItIsRead() throws Exception {
    Path file = folder.resolve("data/002.csv");
    String rows = Small.rows(MANY);
    for (int millis : new int[] {50, 150, 250, 350}) {
      Files.writeString(file, rows);
      Cli.Running running = project.start("run").until("building");
      Thread.sleep(millis);
      Files.delete(file);
      Cli.Said said = running.end();
      if (said.exit() == 0) { // it went before it was found, or after it was read
        assertThat(Small.number(project, "SELECT count(*) FROM raw.orders"))
            .isIn("100", Integer.toString(100 + MANY));
        project.here().run("rollback", "1");
      } else {
        said.ends(1).tells("data/002.csv", "nothing was published");
      }
      unchanged();
    }
  }

  @Test
  void aFileThatHasBeenReadAndIsGone() throws IOException {
    Files.delete(folder.resolve("data/001.csv"));
    Small.arrive(folder, 2);
    project.run("run").good();
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("200");
    project.run("run", "--full").good();
    unchanged(); // the second file's rows alone
  }

  /** What was published is there as before. */
  private void unchanged() {
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("100");
    assertThat(Small.number(project, Small.DIFFERENCE)).isEqualTo("0");
  }

  private void mended() throws IOException {
    Small.arrive(folder, 2);
    project.run("run").good();
    assertThat(Small.number(project, "SELECT count(*) FROM raw.orders")).isEqualTo("200");
  }
}
