package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every folder of {@code projects/} is a project and, in {@code expected.txt}, what reading it
 * gives. Rewritten with {@code -Dgolden.rewrite=true}, to be read in review.
 */
class GoldenProjectsTest {
  private static final Path PROJECTS = Path.of("src/test/resources/projects");

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
  void readsAsExpected(String name) throws IOException {
    Path root = PROJECTS.resolve(name);
    Project project =
        ProjectReader.read(root, Map.of("SHOP_PASSWORD", "tops3cret"), StubSource.TYPES);
    String actual = ProjectText.of(project);
    Path expected = root.resolve("expected.txt");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(expected, actual);
    }
    assertThat(actual).isEqualTo(Files.readString(expected));
  }

  @Test
  void thereAreCases() throws IOException {
    assertThat(cases()).hasSizeGreaterThan(25);
  }
}
