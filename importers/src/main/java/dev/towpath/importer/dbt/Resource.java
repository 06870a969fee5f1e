package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.importer.jinja.Node;
import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Template;
import dev.towpath.spi.Location;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model, seed, snapshot or singular test of the dbt project.
 *
 * @param file path relative to the dbt project
 * @param folders of its file below the folder of its kind
 * @param template of an SQL file
 * @param body the part of the template that is its query
 * @param properties what a YAML file says of it
 * @param config all that configures it, merged
 */
record Resource(
    Kind kind,
    String name,
    String file,
    Path path,
    List<String> folders,
    Optional<Template> template,
    List<Node> body,
    Optional<YamlMap> properties,
    Map<String, Object> config) {

  /** What it is; the word is the key in YAML files. */
  enum Kind {
    MODEL("models"),
    SEED("seeds"),
    SNAPSHOT("snapshots"),
    TEST("data_tests");

    final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  Resource {
    folders = List.copyOf(folders);
    body = List.copyOf(body);
    config = Map.copyOf(config);
  }

  Resource with(Map<String, Object> newConfig) {
    return new Resource(kind, name, file, path, folders, template, body, properties, newConfig);
  }

  /** A configured value as text. */
  Optional<String> text(String key) {
    Object value = config.get(key);
    return value == null || value == None.NONE
        ? Optional.empty()
        : Optional.of(String.valueOf(value));
  }

  /** A configured list. */
  List<String> texts(String key) {
    Object value = config.get(key);
    return value == null ? List.of() : Plain.texts(value);
  }

  /** A configured truth. */
  boolean truth(String key, boolean otherwise) {
    return text(key).map(t -> t.equalsIgnoreCase("true")).orElse(otherwise);
  }

  /** The top of its file. */
  Location at() {
    return new Location(file, 1, 1);
  }

  /** The place of its first mention of a word, or the top of the file. */
  Location at(String word) {
    Optional<SourceText> source = template.map(Template::source);
    int offset = source.map(s -> s.text().indexOf(word)).orElse(-1);
    return offset < 0 ? at() : source.orElseThrow().at(offset);
  }
}
