package dev.towpath.importer.dbt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every folder of {@code dbt/} is a dbt project and, in {@code expected.txt}, all that its import
 * writes and says. Rewritten with {@code -Dgolden.rewrite=true}, to be read in review.
 */
class GoldenImportTest {
  private static final Path PROJECTS = Path.of("src/test/resources/dbt");

  @TempDir private Path folder;

  static List<String> cases() throws IOException {
    try (Stream<Path> folders = Files.list(PROJECTS)) {
      return folders
          .filter(Files::isDirectory)
          .map(p -> p.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void importsAsExpected(String name) throws IOException {
    Path root = PROJECTS.resolve(name).toAbsolutePath();
    Path copy = folder.resolve("dbt");
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(p -> !p.endsWith("expected.txt")).toList()) {
        Files.copy(path, copy.resolve(root.relativize(path).toString()));
      }
    }
    Imported imported =
        new DbtImport(
                copy,
                folder.resolve("new"),
                Optional.of(copy.resolve("rows")).filter(Files::isDirectory))
            .run();
    StringBuilder actual = new StringBuilder();
    for (String file : imported.files()) {
      if (!file.equals(".gitignore") && !file.equals("IMPORT.md")) {
        actual.append("=== ").append(file).append('\n');
        actual.append(Files.readString(imported.target().resolve(file)));
      }
    }
    actual.append("=== notes\n");
    imported.notes().forEach(note -> actual.append(note).append('\n'));
    Path expected = root.resolve("expected.txt");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(expected, actual);
    }
    assertThat(actual.toString()).isEqualTo(Files.readString(expected));
  }

  @Test
  void thereAreCases() throws IOException {
    assertThat(cases()).hasSizeGreaterThan(4);
  }
}
