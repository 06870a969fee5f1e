package dev.towpath.core.yaml;

import dev.towpath.spi.Location;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML value and its place. The {@code as...} methods note a problem and return nothing when the
 * value is of another kind.
 */
public final class YamlValue {
  private final Yaml yaml;
  private final Node node;
  private final String label;

  /** What a value can be. */
  public enum Kind {
    TEXT("text"),
    INTEGER("a number"),
    DECIMAL("a number"),
    BOOLEAN("true or false"),
    NULL("nothing"),
    LIST("a list"),
    MAP("a map");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  YamlValue(Yaml yaml, Node node, String label) {
    this.yaml = yaml;
    this.node = node;
    this.label = label;
  }

  /** What it is. */
  public Kind kind() {
    if (node instanceof MappingNode) {
      return Kind.MAP;
    }
    if (node instanceof SequenceNode) {
      return Kind.LIST;
    }
    Tag tag = node.getTag();
    if (tag.equals(Tag.STR)) {
      return Kind.TEXT;
    }
    if (tag.equals(Tag.INT)) {
      return Kind.INTEGER;
    }
    if (tag.equals(Tag.FLOAT)) {
      return Kind.DECIMAL;
    }
    return tag.equals(Tag.BOOL) ? Kind.BOOLEAN : Kind.NULL;
  }

  /** Where it starts; at the quote of a quoted text. */
  public Location location() {
    return yaml.at(node.getStartMark());
  }

  /** Where the first character of a text stands: behind the quote, or on the line after a bar. */
  public Location textLocation() {
    if (!(node instanceof ScalarNode scalar) || scalar.isPlain()) {
      return location();
    }
    Location at = location();
    if (scalar.getScalarStyle() == ScalarStyle.LITERAL
        || scalar.getScalarStyle() == ScalarStyle.FOLDED) {
      return node.getStartMark().map(mark -> blockStart(at, yaml.from(mark))).orElse(at);
    }
    return new Location(at.file(), at.line(), at.column() + 1);
  }

  /**
   * Where a character of a text stands, as far as that can be told: exact in a text on one line
   * without escapes, else the text's first character.
   *
   * @param offset 0-based UTF-16 offset in the text
   */
  public Location textLocation(int offset) {
    Location at = textLocation();
    if (node instanceof ScalarNode scalar) {
      int quote = scalar.isPlain() ? 0 : 1;
      boolean exact =
          node.getStartMark()
              .map(mark -> yaml.from(mark).startsWith(scalar.getValue(), quote))
              .orElse(false);
      if (exact) {
        int columns = scalar.getValue().codePointCount(0, offset);
        return new Location(at.file(), at.line(), at.column() + columns);
      }
    }
    return at;
  }

  private static Location blockStart(Location header, String text) {
    int line = header.line();
    int lineStart = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && !text.startsWith("\n", i + 1))) {
        line++;
        lineStart = i + 1;
      } else if (lineStart > 0 && c != ' ' && c != '\r') {
        return new Location(header.file(), line, i - lineStart + 1);
      }
    }
    return header;
  }

  /** Whether it is a text without quotes. */
  public boolean isPlain() {
    return node instanceof ScalarNode scalar && scalar.isPlain();
  }

  /** The characters of a scalar, whatever its kind, null included; empty for lists and maps. */
  public Optional<String> scalar() {
    return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
  }

  /** The YAML's own characters from here to the end of the line. */
  public String line() {
    String rest = node.getStartMark().map(yaml::from).orElse("");
    int end = 0;
    while (end < rest.length() && rest.charAt(end) != '\n' && rest.charAt(end) != '\r') {
      end++;
    }
    return rest.substring(0, end);
  }

  /** A text. */
  public Optional<String> asText() {
    if (kind() == Kind.TEXT) {
      return scalar();
    }
    switch (kind()) {
      case INTEGER, DECIMAL, BOOLEAN ->
          error(
              label + " must be text, not " + kind().words,
              "put quotes around it: \"" + scalar().orElse("") + "\"");
      default -> wrong("text");
    }
    return Optional.empty();
  }

  /** The characters of a text, number or truth. */
  public Optional<String> asScalar() {
    return switch (kind()) {
      case TEXT, INTEGER, DECIMAL, BOOLEAN -> scalar();
      default -> wrong("a single value");
    };
  }

  /** A whole number between two bounds, both included. */
  public Optional<Long> asInteger(long least, long most) {
    if (kind() != Kind.INTEGER) {
      return wrong("a whole number");
    }
    Optional<Long> value = scalar().flatMap(YamlValue::integer);
    if (value.isEmpty() || value.get() < least || value.get() > most) {
      error(
          label
              + (most == Long.MAX_VALUE || most == Integer.MAX_VALUE
                  ? " must be at least " + least
                  : " must be between " + least + " and " + most));
      return Optional.empty();
    }
    return value;
  }

  /** The number that an integer's characters mean; empty when it does not fit 64 bits. */
  public static Optional<Long> integer(String text) {
    boolean octal = text.startsWith("0o");
    boolean hex = text.startsWith("0x");
    int radix = hex ? 16 : octal ? 8 : 10;
    BigInteger value = new BigInteger(hex || octal ? text.substring(2) : text, radix);
    return value.bitLength() < 64 ? Optional.of(value.longValueExact()) : Optional.empty();
  }

  /** True or false. */
  public Optional<Boolean> asBoolean() {
    if (kind() != Kind.BOOLEAN) {
      return wrong("true or false");
    }
    return scalar().map(Boolean::parseBoolean);
  }

  /** The items of a list. */
  public List<YamlValue> asList() {
    if (node instanceof SequenceNode list) {
      List<YamlValue> items = new ArrayList<>();
      for (Node item : list.getValue()) {
        items.add(new YamlValue(yaml, item, "an item of " + label));
      }
      return items;
    }
    wrong("a list");
    return List.of();
  }

  /** The items of a list, or the value itself when it is none. */
  public List<YamlValue> asListOrOne() {
    return kind() == Kind.LIST ? asList() : List.of(this);
  }

  /** A list of texts, or one text. */
  public List<String> asTexts() {
    return asListOrOne().stream().flatMap(item -> item.asText().stream()).toList();
  }

  /** A map. */
  public Optional<YamlMap> asMap() {
    if (node instanceof MappingNode map) {
      return Optional.of(new YamlMap(this, yaml, map));
    }
    return wrong("a map of keys and values");
  }

  /** One of some words; the nearest is the hint. */
  public <T> Optional<T> asOneOf(Map<String, T> words) {
    Optional<String> text = asText();
    Optional<T> found = text.flatMap(t -> Optional.ofNullable(words.get(t)));
    if (text.isPresent() && found.isEmpty()) {
      problems()
          .error(
              location(),
              "\"" + text.get() + "\" is not a value of " + label,
              Problems.knownNames(text.get(), words.keySet()));
    }
    return found;
  }

  /**
   * The value as plain Java: String, Long, Double, Boolean, List or Map. A missing value is noted
   * and becomes an empty text. A whole number beyond 64 bits stays a text.
   *
   * @param texts what becomes of each text
   */
  public Object plain(BiFunction<YamlValue, String, String> texts) {
    String text = scalar().orElse("");
    return switch (kind()) {
      case TEXT -> texts.apply(this, text);
      case INTEGER -> integer(text).<Object>map(n -> n).orElse(text);
      case DECIMAL -> decimal(text);
      case BOOLEAN -> Boolean.parseBoolean(text);
      case NULL -> {
        error(label + " has no value");
        yield "";
      }
      case LIST -> asList().stream().map(item -> item.plain(texts)).toList();
      case MAP -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (YamlMap.Entry entry : asMap().map(YamlMap::entries).orElse(List.of())) {
          map.put(entry.key(), entry.value().plain(texts));
        }
        yield map;
      }
    };
  }

  private static double decimal(String text) {
    return switch (text.toLowerCase(java.util.Locale.ROOT)) {
      case ".inf", "+.inf" -> Double.POSITIVE_INFINITY;
      case "-.inf" -> Double.NEGATIVE_INFINITY;
      case ".nan" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  /** Notes an error at this value. */
  public void error(String message) {
    problems().error(location(), message);
  }

  /** Notes an error at this value and what to do. */
  public void error(String message, String hint) {
    problems().error(location(), message, hint);
  }

  /** Where its problems go. */
  public Problems problems() {
    return yaml.problems();
  }

  private <T> Optional<T> wrong(String wanted) {
    error(label + " must be " + wanted + ", not " + kind().words);
    return Optional.empty();
  }
}
