package dev.towpath.core.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The projects that a newcomer runs are read without a word. */
class ExamplesTest {
  @ParameterizedTest
  @ValueSource(strings = {"flights", "shop", "tpch"})
  void areRead(String name) {
    Path root = Path.of("../examples").resolve(name);
    Project project =
        ProjectReader.read(
            root,
            Map.of("SHOP_URL", "postgres://localhost/shop"),
            StubSource.TYPES,
            List.of(
                new Type("notebook", Set.of("notebook", "params")),
                new Type("sensor", Set.of("file", "since", "stable_for", "every"))));
    assertThat(project.problems()).isEmpty();
    assertThat(project.notices()).isEmpty();
    assertThat(project.models()).hasSizeGreaterThanOrEqualTo(10);
    assertThat(project.sources()).isNotEmpty();
  }

  /** The types of the flights example's jobs; what runs them is not core's to know. */
  private record Type(String type, Set<String> keys) implements JobRunner {
    @Override
    public List<Problem> check(Job job) {
      return List.of();
    }

    @Override
    public void run(Job job, Context context) {
      throw new UnsupportedOperationException();
    }
  }
}
