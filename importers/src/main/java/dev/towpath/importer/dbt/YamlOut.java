package dev.towpath.importer.dbt;

import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Values;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes YAML as a person would: short lists and maps on one line, quotes only where needed. */
final class YamlOut {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_./$(<>=+*\"'\\]\\[)|~^;!?-][^\\n]*");
  private static final Pattern STARTS_BADLY = Pattern.compile("[-?:,\\[\\]{}#&*!|>'\"%@`=~].*");
  private static final Pattern LOOKS_OTHER =
      Pattern.compile(
          "(?i)true|false|null|~|yes|no|on|off|[-+]?[0-9][0-9_]*|0[xo][0-9a-f]+|"
              + "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)(e[-+]?[0-9]+)?|[-+]?\\.(inf|nan)|"
              + "[0-9]{4}-[0-9]{2}-[0-9]{2}.*");
  private static final int WIDTH = 100;

  private final StringBuilder out = new StringBuilder();

  /** The text of a map. */
  static String of(Map<String, ?> map) {
    YamlOut yaml = new YamlOut();
    yaml.map(map, 0);
    return yaml.out.toString();
  }

  /** The text of a list of maps; a single one stands alone. */
  static String listOf(List<Object> maps) {
    if (maps.size() == 1 && maps.getFirst() instanceof Map<?, ?> map) {
      YamlOut yaml = new YamlOut();
      yaml.map(map, 0);
      return yaml.out.toString();
    }
    YamlOut yaml = new YamlOut();
    yaml.list(maps, 0);
    return yaml.out.toString();
  }

  /** A date or number, written as it is. */
  record Word(String text) {}

  private void map(Map<?, ?> map, int indent) {
    map.forEach((key, value) -> {
      out.append(" ".repeat(indent)).append(text(String.valueOf(key), true)).append(':');
      value(value, indent);
    });
  }

  /** What follows a key. */
  private void value(Object value, int indent) {
    String flow = flow(value);
    boolean fits = !flow.contains("\n") && indent + flow.length() + 20 <= WIDTH;
    switch (value) {
      case Map<?, ?> m when !m.isEmpty() && (!fits || !isFlat(m)) -> {
        out.append('\n');
        map(m, indent + 2);
      }
      case List<?> l when !l.isEmpty() && (!fits || !l.stream().allMatch(YamlOut::isSimple)) -> {
        out.append('\n');
        list(l, indent + 2);
      }
      case String s when s.contains("\n") -> block(s, indent + 2);
      default -> out.append(' ').append(flow).append('\n');
    }
  }

  private void list(List<?> list, int indent) {
    for (Object item : list) {
      String flow = flow(item);
      out.append(" ".repeat(indent)).append("- ");
      if (item instanceof Map<?, ?> m && (flow.length() + indent > WIDTH || !isFlat(m))) {
        int start = out.length();
        map(m, indent + 2);
        out.delete(start, start + indent + 2);
      } else {
        String whole = item instanceof String s ? text(s, false) : flow;
        out.append(whole).append('\n');
      }
    }
  }

  private void block(String text, int indent) {
    out.append(" |").append(text.endsWith("\n") ? "" : "-").append('\n');
    for (String line : text.stripTrailing().split("\n", -1)) {
      out.append((" ".repeat(indent) + line).stripTrailing()).append('\n');
    }
  }

  /** A map whose values all fit on a line with it. */
  private static boolean isFlat(Map<?, ?> map) {
    return map.size() <= 8
        && map.values().stream()
            .allMatch(v ->
                isSimple(v) || (v instanceof List<?> l && l.stream().allMatch(YamlOut::isSimple)));
  }

  private static boolean isSimple(Object value) {
    return !(value instanceof Map)
        && !(value instanceof List)
        && !(value instanceof String s && s.contains("\n"));
  }

  private static String flow(Object value) {
    return switch (value) {
      case Map<?, ?> m ->
          m.entrySet().stream()
              .map(e -> text(String.valueOf(e.getKey()), true) + ": " + flow(e.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> l -> l.stream().map(YamlOut::flow).collect(Collectors.joining(", ", "[", "]"));
      case String s -> text(s, true);
      case Word w -> w.text();
      case None _ -> "null";
      case Boolean b -> b.toString();
      default -> Values.text(value);
    };
  }

  /** A text, in quotes where YAML would take it for something else. */
  private static String text(String s, boolean inFlow) {
    boolean special =
        s.isEmpty()
            || !s.strip().equals(s)
            || s.contains(": ")
            || s.endsWith(":")
            || s.contains(" #")
            || s.chars().anyMatch(c -> c < ' ')
            || STARTS_BADLY.matcher(s).matches()
            || LOOKS_OTHER.matcher(s).matches()
            || !PLAIN.matcher(s).matches()
            || (inFlow && s.chars().anyMatch(c -> ",[]{}".indexOf(c) >= 0));
    if (!special) {
      return s;
    }
    return "\""
        + s.replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\t", "\\t")
            .replace("\r", "\\r")
        + "\"";
  }
}
