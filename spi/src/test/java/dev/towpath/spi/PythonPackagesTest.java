package dev.towpath.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonPackagesTest {
  @TempDir private Path root;

  private Map<String, String> with(String file, String text) throws IOException {
    Files.writeString(root.resolve(file), text);
    return PythonPackages.of(root).asked();
  }

  @Test
  void includedFilesCount() throws IOException {
    Map<String, String> none = with("requirements.txt", "-r base.txt\n");
    Map<String, String> first = with("base.txt", "pandas==2.3.3 # why\n");
    assertThat(first).isNotEqualTo(none);
    assertThat(with("base.txt", "\n# another comment\npandas==2.3.3\n")).isEqualTo(first);
    assertThat(with("base.txt", "pandas==3.1.1\n")).isNotEqualTo(first);
  }

  @Test
  void ofAProjectItIsThePyprojectThatCounts() throws IOException {
    with("requirements.txt", "numpy\n");
    Map<String, String> first =
        with(
            "pyproject.toml",
            "[project]\nname = 'x'\ndependencies = [\n  'pandas',\n]\n[tool.ruff]\nline-length = 88\n");
    assertThat(with("requirements.txt", "polars\n")).isEqualTo(first);
    assertThat(
            with(
                "pyproject.toml",
                "[project]\nname = 'x'\ndependencies = [\n  'pandas',\n]\n[tool.ruff]\nline-length = 99\n"))
        .isEqualTo(first);
    assertThat(with("pyproject.toml", "[project]\nname = 'x'\ndependencies = [\n  'polars',\n]\n"))
        .isNotEqualTo(first);
  }

  @Test
  void onlyAProjectAsksForPackages() throws IOException {
    assertThat(with("pyproject.toml", "[tool.ruff]\nline-length = 88\n")).isEmpty();
    assertThat(with("pyproject.toml", "[dependency-groups]\ndev = ['pytest']\n")).isEmpty();
    assertThat(PythonPackages.of(root).kind()).isEqualTo(PythonPackages.Kind.NONE);
    with("requirements.txt", "numpy\n");
    assertThat(PythonPackages.of(root).file()).isEqualTo("requirements.txt");
  }
}
