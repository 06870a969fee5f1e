package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.source.Sources;
import dev.towpath.spi.SourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The published schema knows each kind of source with the keys that its reader takes. */
class SourceSchemaTest {
  private static final Set<String> COMMON =
      Set.of("type", "schema", "tables", "freshness", "replayable", "description", "tags");
  private static final Set<String> TABLE_COMMON =
      Set.of("mode", "columns", "checks", "replayable", "description", "tags");

  private final Object schema;

  SourceSchemaTest() throws IOException {
    String json = Files.readString(Path.of("../schemas/source.schema.json"));
    schema = new Load(LoadSettings.builder().build()).loadFromString(json); // JSON is YAML
  }

  @Test
  void knowsEveryType() {
    assertThat(words("properties", "type"))
        .isEqualTo(Sources.bundled().stream().map(SourceReader::type).collect(Collectors.toSet()));
  }

  @Test
  void keysAreThoseOfTheReaders() {
    for (SourceReader reader : Sources.bundled()) {
      assertThat(keys("$defs", reader.type(), "properties"))
          .as(reader.type())
          .isEqualTo(union(COMMON, reader.sourceKeys()));
      assertThat(keys("$defs", reader.type() + "Table", "oneOf", 1, "properties"))
          .as(reader.type() + " table")
          .isEqualTo(union(TABLE_COMMON, reader.tableKeys()));
      assertThat(words("$defs", reader.type() + "Table", "oneOf", 1, "properties", "mode"))
          .as(reader.type() + " mode")
          .isEqualTo(reader.modes());
    }
  }

  private static Set<Object> union(Set<String> one, Set<String> other) {
    Set<Object> union = new HashSet<>(one);
    union.addAll(other);
    return union;
  }

  private Set<Object> keys(Object... path) {
    return new HashSet<>(((Map<?, ?>) at(path)).keySet());
  }

  private Set<Object> words(Object... path) {
    Map<?, ?> found = (Map<?, ?>) at(path);
    return new HashSet<>((List<?>) found.get("enum"));
  }

  private Object at(Object... path) {
    Object found = schema;
    for (Object step : path) {
      found =
          step instanceof Integer index
              ? ((List<?>) found).get(index)
              : ((Map<?, ?>) found).get(step);
    }
    return found;
  }
}
