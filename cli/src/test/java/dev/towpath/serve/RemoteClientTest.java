package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.Venv;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python client reads, queries and runs a project through a real server. */
@Tag("integration")
class RemoteClientTest {
  private static final Path SOURCES = Path.of("../tasks/python/src").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void speaksToTheServer() throws Exception {
    Served.project(folder);
    Venv venv =
        Venv.with(List.of("pandas==3.1.1", "polars==2.1.0", "pyarrow==26.0.1", "pytest==9.2.0"));
    try (Served server = Served.start(folder)) {
      Venv.Ended tests =
          venv.run(
              SOURCES.resolve("test/python"),
              Map.of(
                  "TOWPATH_PACKAGE", SOURCES.resolve("main/python").toString(),
                  "TOWPATH_SERVER", server.url().toString(),
                  "TOWPATH_TOKEN", server.token()),
              List.of(
                  "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "test_remote.py"));

      assertThat(tests.code()).as(tests.output()).isZero();
      assertThat(tests.output()).contains(" passed").doesNotContain("skipped");
    }
  }
}
