package dev.towpath.core.project;

import dev.towpath.core.project.Dashboard.Look;
import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.spi.Location;
import dev.towpath.spi.PythonRunner.Limits;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a block of Python that draws a figure, and the comment at its top. */
final class FigureReader {
  /** Keys of the comment. */
  static final Set<String> KEYS = Set.of("title", "height", "width", "timeout", "memory");

  /** What a figure may take that says nothing: people wait for it. */
  static final Duration TIME = Duration.ofMinutes(1);

  static final long MEMORY = 2L << 30;

  private final String file;
  private final PageParts.Fence fence;
  private final Problems problems;

  FigureReader(String file, PageParts.Fence fence, Problems problems) {
    this.file = file;
    this.fence = fence;
    this.problems = problems;
  }

  /** The figure of that id; empty when there is no code, which is noted. */
  Optional<Dashboard.Block> read(String id) {
    if (fence.text().isBlank()) {
      problems.error(
          fence.at(), "the figure is empty", "write def figure(t): that returns a Plotly figure");
      return Optional.empty();
    }
    String text = "\n".repeat(fence.at().line()) + fence.text();
    Optional<YamlMap> keys = PythonBlock.read(new SourceText(file, text), KEYS, problems);
    keys.ifPresent(map -> map.only(KEYS, Map.of("name", "title", "label", "title"), Set.of()));
    Look look = keys.map(map -> new BlockReader(map).look(Set.of())).orElse(Look.PLAIN);
    return Optional.of(new Dashboard.Figure(id, text, look, limits(keys), fence.at()));
  }

  private Limits limits(Optional<YamlMap> keys) {
    return new Limits(
        false,
        Optional.of(keys.flatMap(m -> m.get("timeout")).flatMap(Values::duration).orElse(TIME)),
        at(keys, "timeout"),
        Optional.of(keys.flatMap(m -> m.get("memory")).flatMap(Values::size).orElse(MEMORY)),
        at(keys, "memory"));
  }

  private Location at(Optional<YamlMap> keys, String key) {
    return keys.filter(map -> map.has(key)).map(map -> map.at(key)).orElse(fence.at());
  }
}
