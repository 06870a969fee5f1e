package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads the short form of a check: {@code not_null(day)}, or any boolean SQL expression. */
final class CheckParser {
  /** The checks by name, and how each is written. */
  static final Map<String, String> FORMS = new TreeMap<>();

  static {
    FORMS.put("not_null", "not_null(column)");
    FORMS.put("unique", "unique(column, ...)");
    FORMS.put("accepted", "accepted(column, [value, ...])");
    FORMS.put("relationship", "relationship(column, schema.table.column)");
    FORMS.put("range", "range(column, low, high), one of them may be null");
    FORMS.put("row_count", "row_count(low, high), one of them may be null");
    FORMS.put("fresh", "fresh(column, 2h)");
  }

  private final YamlValue value;
  private final Problems problems;
  private final String text;

  private CheckParser(YamlValue value, String text) {
    this.value = value;
    this.problems = value.problems();
    this.text = text;
  }

  /** A rule and the name it goes by unless it is given one. */
  record Named(String name, Check.Rule rule) {}

  /** Reads a text; notes why when it is no check. */
  static Optional<Named> parse(YamlValue value, String text) {
    return new CheckParser(value, text.strip()).parse();
  }

  private Optional<Named> parse() {
    if (text.isEmpty()) {
      return wrong("the check is empty", "write a check such as not_null(column)");
    }
    Optional<Call> call = Call.parse(text);
    if (call.isPresent()) {
      return call(call.get());
    }
    String form = FORMS.get(Names.identity(text));
    if (form != null) {
      return wrong("the check \"" + text + "\" lacks its arguments", "write " + form);
    }
    int open = text.indexOf('(');
    if (open > 0 && FORMS.containsKey(Names.identity(text.substring(0, open).strip()))) {
      if (Call.closing(text, open) < 0) {
        return wrong("a \")\" is missing in \"" + shortened() + "\"", "close the bracket");
      }
    }
    return Optional.of(new Named(shortened(), new Check.Expression(text)));
  }

  private Optional<Named> call(Call call) {
    List<String> arguments = call.arguments();
    return switch (call.name()) {
      case "not_null" ->
          arguments.size() == 1 && isColumn(arguments.get(0))
              ? named(call, new Check.NotNull(column(arguments.get(0))))
              : misused(call);
      case "unique" ->
          !arguments.isEmpty() && arguments.stream().allMatch(CheckParser::isColumn)
              ? named(call, new Check.Unique(arguments.stream().map(this::column).toList()))
              : misused(call);
      case "accepted" -> accepted(call);
      case "relationship" -> relationship(call);
      case "range" -> range(call);
      case "row_count" -> rowCount(call);
      case "fresh" -> fresh(call);
      default -> other(call);
    };
  }

  private Optional<Named> other(Call call) {
    // Only a near miss: anything else may be a function of the engine.
    Optional<String> meant =
        call.name().length() < 4 || call.name().equals("rank")
            ? Optional.empty()
            : Names.nearest(call.name(), FORMS.keySet());
    if (meant.isPresent() && !isFunction(call.name())) {
      return wrong(
          "unknown check \"" + call.name() + "\"", "did you mean \"" + meant.get() + "\"?");
    }
    return Optional.of(new Named(shortened(), new Check.Expression(text)));
  }

  /** Functions that return a boolean and are spelled like a check. */
  private static boolean isFunction(String name) {
    return name.startsWith("is") || name.startsWith("has") || name.endsWith("_with");
  }

  private Optional<Named> accepted(Call call) {
    List<String> arguments = call.arguments();
    if (arguments.size() != 2 || !isColumn(arguments.get(0)) || !isList(arguments.get(1))) {
      return misused(call);
    }
    String list = arguments.get(1);
    List<String> values =
        Call.split(list.substring(1, list.length() - 1), ',').stream().map(Call::unquoted).toList();
    if (values.isEmpty()) {
      return wrong("\"accepted\" needs at least one value", "write " + FORMS.get("accepted"));
    }
    return named(call, new Check.Accepted(column(arguments.get(0)), values));
  }

  private static boolean isList(String text) {
    return text.length() >= 2 && text.startsWith("[") && text.endsWith("]");
  }

  private Optional<Named> relationship(Call call) {
    if (call.arguments().size() != 2 || !isColumn(call.arguments().get(0))) {
      return misused(call);
    }
    List<String> parts =
        Call.split(call.arguments().get(1), '.').stream().map(Call::unquoted).toList();
    if (parts.size() != 3 || parts.stream().anyMatch(String::isEmpty)) {
      return misused(call);
    }
    return named(
        call,
        new Check.Relationship(
            column(call.arguments().get(0)),
            new TableName(parts.get(0), parts.get(1)),
            parts.get(2)));
  }

  private Optional<Named> range(Call call) {
    List<String> arguments = call.arguments();
    if (arguments.size() != 3 || !isColumn(arguments.get(0))) {
      return misused(call);
    }
    Optional<String> low = bound(arguments.get(1));
    Optional<String> high = bound(arguments.get(2));
    if (low.isEmpty() && high.isEmpty()) {
      return misused(call);
    }
    if (upsideDown(low, high)) {
      return wrong("the range ends before it starts", "swap the two bounds");
    }
    return named(call, new Check.Range(column(arguments.get(0)), low, high));
  }

  private Optional<Named> rowCount(Call call) {
    List<String> arguments = call.arguments();
    if (arguments.size() != 2) {
      return misused(call);
    }
    Optional<String> low = bound(arguments.get(0));
    Optional<String> high = bound(arguments.get(1));
    boolean whole =
        low.map(CheckParser::isCount).orElse(true) && high.map(CheckParser::isCount).orElse(true);
    if (!whole || (low.isEmpty() && high.isEmpty())) {
      return misused(call);
    }
    if (upsideDown(low, high)) {
      return wrong("the range ends before it starts", "swap the two bounds");
    }
    return named(call, new Check.RowCount(low.map(Long::valueOf), high.map(Long::valueOf)));
  }

  private static boolean isCount(String text) {
    return text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Optional<String> bound(String text) {
    return text.isEmpty() || text.equalsIgnoreCase("null")
        ? Optional.empty()
        : Optional.of(Call.unquoted(text));
  }

  private static boolean upsideDown(Optional<String> low, Optional<String> high) {
    try {
      return low.isPresent()
          && high.isPresent()
          && new BigDecimal(low.get()).compareTo(new BigDecimal(high.get())) > 0;
    } catch (NumberFormatException _) {
      return false; // dates and texts: only the column's type can tell
    }
  }

  private Optional<Named> fresh(Call call) {
    List<String> arguments = call.arguments();
    Optional<Duration> age =
        arguments.size() == 2 ? Values.duration(Call.unquoted(arguments.get(1))) : Optional.empty();
    return age.isPresent() && isColumn(arguments.get(0))
        ? named(call, new Check.Fresh(column(arguments.get(0)), age.get()))
        : misused(call);
  }

  private static boolean isColumn(String text) {
    return !text.isEmpty() && (text.startsWith("\"") || text.indexOf('(') < 0);
  }

  private String column(String text) {
    return text.startsWith("\"") ? Call.unquoted(text) : text;
  }

  private Optional<Named> named(Call call, Check.Rule rule) {
    String arguments = call.arguments().stream().collect(Collectors.joining(", "));
    return Optional.of(new Named(call.name() + "(" + arguments + ")", rule));
  }

  private Optional<Named> misused(Call call) {
    return wrong(
        "\"" + call.name() + "\" does not take these arguments", "write " + FORMS.get(call.name()));
  }

  private Optional<Named> wrong(String message, String hint) {
    problems.error(value.textLocation(), message, hint);
    return Optional.empty();
  }

  /** The text as a name: one line, single spaces, not too long. */
  private String shortened() {
    String line = String.join(" ", text.split("\\s+", -1));
    int end = line.offsetByCodePoints(0, Math.min(80, line.codePointCount(0, line.length())));
    return end == line.length() ? line : line.substring(0, end) + "…";
  }
}
