package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every folder of {@code cases/} is a project, the commands that are run on it, and in {@code
 * expected.txt} all that a person sees of them. To add a case, add a folder; to write what it
 * expects, run with {@code -Dgolden.rewrite=true} and read the difference in review.
 */
class CasesTest {
  private static final Path CASES = Path.of("src/test/resources/cases");

  @TempDir private Path folder;

  static List<String> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders
          .filter(Files::isDirectory)
          .map(p -> p.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void saysWhatIsExpected(String name) throws IOException {
    Path files = CASES.resolve(name);
    String said = new Case(files, folder).play();
    Path expected = files.resolve(Case.EXPECTED);
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.writeString(expected, said);
    }
    assertThat(said).isEqualTo(Files.readString(expected));
  }

  @Test
  void thereAreCases() throws IOException {
    assertThat(cases()).hasSizeGreaterThan(30);
  }
}
