package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The projects that a newcomer runs are read without a word. */
class ExamplesTest {
  @ParameterizedTest
  @ValueSource(strings = {"flights", "shop", "tpch"})
  void areRead(String name) {
    Path root = Path.of("../examples").resolve(name);
    Project project =
        ProjectReader.read(root, Map.of("SHOP_URL", "postgres://localhost/shop"), StubSource.TYPES);
    assertThat(project.problems()).isEmpty();
    assertThat(project.notices()).isEmpty();
    assertThat(project.models()).hasSizeGreaterThanOrEqualTo(10);
    assertThat(project.sources()).isNotEmpty();
  }
}
