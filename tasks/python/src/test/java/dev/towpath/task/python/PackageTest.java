package dev.towpath.task.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.Venv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The wheel that the build made, installed with pip, passes the package's own tests: with pandas 3,
 * with pandas 2, and with the oldest versions that it promises to work with.
 */
@Tag("integration")
class PackageTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pandas 3 | pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1 plotly==7.1.0
          pandas 2 | pandas==2.3.3 polars==2.1.0 pyarrow==26.0.1 plotly==6.9.0
          oldest   | pandas==2.0.3 numpy==1.26.4 polars==1.12.0 pyarrow==15.0.2 plotly==5.24.1
          """)
  void theWheelPassesItsTests(String name, String packages) throws Exception {
    List<String> wanted =
        Stream.concat(Arrays.stream(packages.split(" ")), Stream.of("pytest==9.2.0")).toList();
    Venv venv = Venv.with(wanted);
    Path site = folder.resolve("site");
    Venv.Ended installed =
        venv.run(
            folder,
            Map.of(),
            List.of(
                "-m",
                "pip",
                "install",
                "-q",
                "--no-index",
                "--no-deps",
                "--target",
                site.toString(),
                wheel().toString()));
    assertThat(installed.code()).as(installed.output()).isZero();

    Venv.Ended tests =
        venv.run(
            Path.of("src/test/python").toAbsolutePath(),
            Map.of("TOWPATH_PACKAGE", site.toString(), "TOWPATH_PROGRAM", ""),
            List.of("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider"));

    assertThat(tests.code()).as("%s: %s", name, tests.output()).isZero();
    assertThat(tests.output()).contains(" passed");
    Venv.Ended version =
        venv.run(
            folder,
            Map.of("PYTHONPATH", site.toString()),
            List.of(
                "-c",
                "import importlib.metadata as m, towpath; d = m.distribution('towpath');"
                    + " print(towpath.__version__ == d.version, d.metadata['Requires-Python'],"
                    + " all(f.hash is None or f.locate().exists() for f in d.files))"));
    assertThat(version.output().strip()).isEqualTo("True >=3.9 True");
  }

  private static Path wheel() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files
          .filter(f -> f.toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow()
          .toAbsolutePath();
    }
  }
}
