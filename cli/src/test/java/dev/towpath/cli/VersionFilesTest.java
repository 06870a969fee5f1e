package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files belong to a version of a project. */
class VersionFilesTest {
  @TempDir private Path root;

  private void write(String... files) throws IOException {
    for (String file : files) {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, file);
    }
  }

  private List<String> found() {
    return new VersionFiles(root)
        .find().stream().map(path -> root.relativize(path).toString()).toList();
  }

  @Test
  void whatIsReadAndCodeAndNothingElse() throws IOException {
    write(
        "towpath.yml",
        "schemas.lock",
        "requirements-dev.txt",
        "models/marts/a.sql",
        "models/data/b.py",
        "seeds/s/big.csv",
        "jobs/a.yml",
        "lib/util.py",
        "lib/page.html",
        "notebooks/n.ipynb");
    List<String> ours = found();
    assertThat(ours).hasSize(10);
    write(
        ".env",
        "out.txt",
        "report.html",
        "data/x.csv",
        "data/load.py",
        "reports/day.html",
        ".git/config.py",
        ".towpath/versions/x/a.py",
        "lib/__pycache__/util.py",
        "lib/big.parquet",
        "env/pyvenv.cfg",
        "env/lib/site.py",
        "lake/store.json",
        "lake/marts/x.sql");
    assertThat(found()).isEqualTo(ours);
  }

  @Test
  void whatRequirementsIncludeBelongsToThem() throws IOException {
    write("towpath.yml", "base.txt", "pins/all.txt", "pins/other.txt");
    Files.writeString(root.resolve("requirements.txt"), "-r base.txt\n-cpins/all.txt\n");
    assertThat(found())
        .containsExactly("base.txt", "pins/all.txt", "requirements.txt", "towpath.yml");
  }

  @Test
  void tooMuchIsRefusedWithTheLargest() throws IOException {
    write("towpath.yml", "seeds/s/big.csv");
    try (RandomAccessFile file =
        new RandomAccessFile(root.resolve("seeds/s/big.csv").toFile(), "rw")) {
      file.setLength(65L << 20);
    }
    assertThatThrownBy(this::found)
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("seeds/s/big.csv");
  }
}
