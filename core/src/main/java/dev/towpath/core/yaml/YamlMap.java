package dev.towpath.core.yaml;

import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** A YAML map being read. Keys are unique; a key that stands twice was noted. */
public final class YamlMap {
  private final YamlValue owner;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> unknown = new HashSet<>();

  /**
   * One key and its value.
   *
   * @param at the key's place
   */
  public record Entry(String key, Location at, YamlValue value) {}

  YamlMap(YamlValue owner, Yaml yaml, MappingNode node) {
    this.owner = owner;
    for (NodeTuple tuple : node.getValue()) {
      YamlValue keyValue = new YamlValue(yaml, tuple.getKeyNode(), "a key");
      Optional<String> key = keyValue.scalar();
      if (key.isEmpty()) {
        keyValue.error("a key must be a single text, not " + keyValue.kind().words);
        continue;
      }
      String name = key.get();
      if (name.equals("<<") && keyValue.isPlain()) {
        keyValue.error("YAML 1.2 has no merge key \"<<\"", "write the keys out");
        continue;
      }
      YamlValue value = new YamlValue(yaml, tuple.getValueNode(), "\"" + name + "\"");
      Entry entry = new Entry(name, keyValue.location(), value);
      Entry earlier = entries.putIfAbsent(name, entry);
      if (earlier != null) {
        keyValue.error(
            "the key \"" + name + "\" stands twice",
            "it is also on line " + earlier.at().line() + "; keep one");
      }
    }
  }

  /** The map as a value. */
  public YamlValue value() {
    return owner;
  }

  /** All keys and values, in order. */
  public List<Entry> entries() {
    return new ArrayList<>(entries.values());
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The key's place, or the map's when it is not there. */
  public Location at(String key) {
    Entry entry = entries.get(key);
    return entry == null ? owner.location() : entry.at();
  }

  /** The value of an optional key; a key without a value is noted. */
  public Optional<YamlValue> get(String key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.value().kind() == YamlValue.Kind.NULL) {
      owner
          .problems()
          .error(entry.at(), "\"" + key + "\" has no value", "give it one, or leave the key out");
      return Optional.empty();
    }
    return Optional.of(entry.value());
  }

  /**
   * The value of a key that must be there; notes it when it is not, unless {@link #only} found a
   * misspelling of it.
   */
  public Optional<YamlValue> required(String key, String hint) {
    boolean misspelt = unknown.stream().anyMatch(k -> Names.nearest(k, List.of(key)).isPresent());
    if (!has(key) && !misspelt) {
      owner.problems().error(owner.location(), "the key \"" + key + "\" is missing", hint);
    }
    return get(key);
  }

  /** The text of an optional key. */
  public Optional<String> text(String key) {
    return get(key).flatMap(YamlValue::asText);
  }

  /** A text or a list of texts; empty when the key is not there. */
  public List<String> texts(String key) {
    return get(key).map(YamlValue::asTexts).orElse(List.of());
  }

  /** The truth of an optional key, {@code fallback} when it is not there. */
  public boolean truth(String key, boolean fallback) {
    return get(key).flatMap(YamlValue::asBoolean).orElse(fallback);
  }

  /** Notes every key that is not among the known ones, with the nearest as a hint. */
  public void only(Collection<String> known) {
    only(known, Map.of(), Set.of());
  }

  /**
   * Notes every key that is not among the known ones.
   *
   * @param elsewhere what other tools call a key, and what it is called here
   * @param noted keys that are not known but have been noted already
   */
  public void only(
      Collection<String> known, Map<String, String> elsewhere, Collection<String> noted) {
    for (Entry entry : entries.values()) {
      String key = entry.key();
      if (!known.contains(key) && !noted.contains(key)) {
        unknown.add(key);
        Optional<String> here = Optional.ofNullable(elsewhere.get(key));
        owner
            .problems()
            .error(
                entry.at(),
                "unknown key \"" + key + "\"",
                here.map(name -> "it is called \"" + name + "\" here")
                    .or(() -> Problems.knownNames(key, known)));
      }
    }
  }
}
