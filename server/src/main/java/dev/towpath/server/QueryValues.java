package dev.towpath.server;

import dev.towpath.core.parameter.GivenValues;
import dev.towpath.core.project.Variable;
import dev.towpath.core.query.QueryText;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Values that a request gives for the {@code $name}s of a query of its own. Without a type a value
 * has the one that the query uses it as. A project's variables need not be given.
 */
final class QueryValues {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*|\\d+");

  /** A value as given; null for NULL. */
  private record Given(String name, Optional<DataType> type, @Nullable Object value) {}

  private final Map<String, Given> given = new LinkedHashMap<>();
  private final Map<String, Variable> variables;

  /** Reads them; a 400 for what can be no value. */
  QueryValues(Map<String, @Nullable Object> members, Map<String, Variable> variables) {
    this.variables = variables;
    members.forEach((name, value) -> {
      if (!NAME.matcher(name).matches()) {
        throw Refusal.bad(
            "params." + name, "\"" + name + "\" is no name of a parameter", "SQL says $name");
      }
      if (given.put(identity(name), given(name, value)) != null) {
        throw Refusal.bad("params." + name, "$" + name + " is given twice", "keep one");
      }
    });
  }

  private static String identity(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static Given given(String name, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      // JSON tells a truth value from the rest; anything else is what the query uses it as
      Optional<DataType> type =
          value instanceof Boolean ? Optional.of(new DataType.Simple("BOOLEAN")) : Optional.empty();
      return new Given(name, type, value);
    }
    if (!(map.get("type") instanceof String type) || !map.containsKey("value") || map.size() != 2) {
      throw Refusal.bad(
          "params." + name,
          "params." + name + " is no value",
          "write {\"type\": \"date\", \"value\": \"2026-01-01\"}");
    }
    try {
      return new Given(name, Optional.of(DataType.parse(type)), map.get("value"));
    } catch (TowpathException e) {
      throw Refusal.bad(
          "params." + name, String.valueOf(e.getMessage()), e.hint().orElse("write a type"));
    }
  }

  /** The types that are known before the query is looked at. */
  Map<String, DataType> types() {
    Map<String, DataType> types = new HashMap<>();
    variables.forEach((name, variable) -> types.put(identity(name), variable.type()));
    given.forEach((name, value) -> {
      types.remove(name);
      value.type().ifPresent(type -> types.put(name, type));
    });
    return types;
  }

  /**
   * The values to bind; a 400 that names all that are of another type, missing, or of no use.
   *
   * @param used the query's parameters
   */
  Map<String, Optional<Statement.Bound>> of(QueryText text, List<Lakehouse.Parameter> used) {
    List<Map<String, @Nullable Object>> mistakes = new ArrayList<>();
    Map<String, Optional<Statement.Bound>> values = new HashMap<>();
    Set<String> names = used.stream().map(p -> identity(p.name())).collect(Collectors.toSet());
    for (Given value : given.values()) {
      if (!names.contains(identity(value.name()))) {
        mistakes.add(
            Refusal.mistake(
                "params." + value.name(),
                "the query has no $" + value.name(),
                Names.nearest(value.name(), new TreeSet<>(names))
                    .map(n -> "did you mean \"" + n + "\"?")
                    .orElse("write $" + value.name() + " where the value belongs")));
      }
    }
    for (Lakehouse.Parameter parameter : used) {
      Given known = given.get(identity(parameter.name()));
      Object value = known == null ? null : known.value();
      if (known == null) {
        values.put(parameter.name(), Optional.of(variable(text, parameter.name())));
      } else if (value == null) {
        values.put(parameter.name(), Optional.empty());
      } else {
        bound(parameter, value)
            .ifPresentOrElse(
                bound -> values.put(parameter.name(), Optional.of(bound)),
                () -> mistakes.add(wrong(parameter, value)));
      }
    }
    if (!mistakes.isEmpty()) {
      throw Refusal.bad(String.valueOf(mistakes.getFirst().get("detail")), mistakes);
    }
    return values;
  }

  private Statement.Bound variable(QueryText text, String name) {
    return variables.entrySet().stream()
        .filter(v -> identity(v.getKey()).equals(identity(name)))
        .findFirst()
        .map(v -> new Statement.Bound(v.getValue().text(), v.getValue().type()))
        .orElseThrow(() -> text.missing(name, "\"params\": {\"" + name + "\": VALUE}"));
  }

  private static Optional<Statement.Bound> bound(Lakehouse.Parameter parameter, Object value) {
    if (parameter.type() instanceof DataType.ListOf list && value instanceof List<?> elements) {
      List<String> texts = new ArrayList<>();
      for (Object element : elements) {
        Optional<Object> read =
            element == null ? Optional.empty() : GivenValues.value(list.element(), element);
        if (read.isEmpty()) {
          return Optional.empty();
        }
        texts.add(Call.plain(read.get()));
      }
      return Optional.of(Statement.Bound.list(texts, list));
    }
    return GivenValues.value(parameter.type(), value)
        .map(read -> new Statement.Bound(Call.plain(read), parameter.type()));
  }

  private static Map<String, @Nullable Object> wrong(Lakehouse.Parameter parameter, Object value) {
    String shown = Json.write(value);
    return Refusal.mistake(
        "params." + parameter.name(),
        "params."
            + parameter.name()
            + " cannot be "
            + (shown.length() > 100 ? shown.substring(0, 100) + "…" : shown),
        "the query uses it as " + parameter.type().sql());
  }
}
