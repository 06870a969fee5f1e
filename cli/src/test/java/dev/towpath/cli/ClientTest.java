package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.fault.Program;
import dev.towpath.testing.Venv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python client reads, queries and runs a project through the real program. */
@Tag("integration")
class ClientTest {
  private static final Path SOURCES = Path.of("../tasks/python/src").toAbsolutePath().normalize();

  static final List<String> PACKAGES =
      List.of("pandas==3.1.1", "polars==2.1.0", "pyarrow==26.0.1", "pytest==9.2.0");

  @TempDir private Path folder;

  /** Writes a program that is the real one. */
  static void launcher(Path file) throws IOException {
    Files.writeString(
        file,
        "#!/bin/sh\nexec "
            + Program.command().stream()
                .map(w -> "'" + w.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "))
            + " \"$@\"\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void speaksToTheProgram() throws Exception {
    Path launcher = folder.resolve("towpath");
    launcher(launcher);
    Venv venv = Venv.with(PACKAGES);

    Venv.Ended tests =
        venv.run(
            SOURCES.resolve("test/python"),
            Map.of(
                "TOWPATH_PACKAGE", SOURCES.resolve("main/python").toString(),
                "TOWPATH_PROGRAM", launcher.toString()),
            List.of(
                "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "test_client.py"));

    assertThat(tests.code()).as(tests.output()).isZero();
    assertThat(tests.output()).contains(" passed").doesNotContain("skipped");
  }
}
