package dev.towpath.cli;

import dev.towpath.core.project.Variable;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.store.JsonText;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Names;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values for the {@code $name}s of a query, from {@code --param NAME[:TYPE]=VALUE} and {@code
 * --null NAME}, or from a request. They are bound, never pasted into the text; without a type of
 * its own a value has the one that the query uses it as. A project's variables need not be given.
 */
final class QueryParameters {
  private static final Pattern FORM =
      Pattern.compile("\\$?([A-Za-z_]\\w*)(?::([^=]+))?=(.*)", Pattern.DOTALL);

  private static final Pattern WHOLE = Pattern.compile("\\s*[-+]?\\d+\\s*");

  /** A value as given; empty for NULL. */
  private record Given(String option, Optional<DataType> type, Optional<String> text) {}

  private final Map<String, Given> given = new LinkedHashMap<>();
  private final Map<String, Variable> variables;

  QueryParameters(List<String> values, List<String> nulls, Map<String, Variable> variables) {
    this.variables = variables;
    for (String value : values) {
      if (value.startsWith("@")) {
        file(value.substring(1));
        continue;
      }
      Matcher form = FORM.matcher(value);
      if (!form.matches()) {
        throw new UsageException(
            "--param cannot be \"" + value + "\"",
            "write --param NAME=VALUE, or NAME:TYPE=VALUE to say its type");
      }
      Optional<DataType> type = Optional.ofNullable(form.group(2)).map(t -> type(form.group(1), t));
      add(form.group(1), new Given("--param", type, Optional.of(form.group(3))));
    }
    for (String name : nulls) {
      add(name.replaceFirst("^\\$", ""), new Given("--null", Optional.empty(), Optional.empty()));
    }
  }

  /** Of a file: a plain value, {@code {"type", "value"}}, or null. */
  private void file(String file) {
    Map<String, @Nullable Object> all;
    try {
      all = JsonText.object(Files.readString(Path.of(file)));
    } catch (IOException | RuntimeException e) {
      throw new UsageException(
          "--param @" + file + " cannot be read as a JSON object",
          "write {\"name\": \"value\", \"other\": {\"type\": \"DATE\", \"value\": \"2026-01-02\"}}");
    }
    all.forEach((name, value) -> {
      Optional<DataType> type =
          value instanceof Map<?, ?> typed && typed.get("type") instanceof String text
              ? Optional.of(type(name, text))
              : Optional.empty();
      Object text = value instanceof Map<?, ?> typed ? typed.get("value") : value;
      add(name, new Given("--param", type, Optional.ofNullable(text).map(Object::toString)));
    });
  }

  private static DataType type(String name, String text) {
    try {
      return DataType.parse(text);
    } catch (TowpathException e) {
      throw new UsageException(
          "--param " + name + ": " + e.getMessage(), e.hint().orElse("write a type, such as date"));
    }
  }

  private void add(String name, Given value) {
    if (given.put(identity(name), value) != null) {
      throw new UsageException("$" + name + " is given twice", "keep one");
    }
  }

  private static String identity(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** The types that are known before the query is looked at. */
  Map<String, DataType> types() {
    Map<String, DataType> types = new LinkedHashMap<>();
    variables.forEach((name, variable) -> types.put(identity(name), variable.type()));
    given.forEach((name, value) -> {
      types.remove(name);
      value.type().ifPresent(t -> types.put(name, t));
    });
    return types;
  }

  /**
   * The values to bind, each looked at first.
   *
   * @param query where they go
   * @param used what the query has, with the types that it uses them as
   * @throws UsageException when the query has no such parameter, or its type no such value
   * @throws TowpathException when a parameter got no value
   */
  Map<String, Object> values(QueryText query, Map<String, DataType> used, EngineSession session) {
    Map<String, DataType> types = new LinkedHashMap<>();
    used.forEach((name, type) -> types.put(identity(name), type));
    Map<String, Object> values = new LinkedHashMap<>();
    variables.forEach((name, v) -> values.put(name, new Statement.Bound(v.text(), v.type())));
    given.forEach((name, value) -> {
      DataType type = types.get(name);
      if (type == null) {
        throw new UsageException(
            value.option() + " " + name + ": the query has no $" + name,
            Names.nearest(name, types.keySet())
                .map(n -> "did you mean \"" + n + "\"?")
                .orElse("write $" + name + " where the value belongs"));
      }
      values.put(
          name,
          value
              .text()
              .map(t -> bound(value.option() + " " + name, t, type, session))
              .orElse(Optional.empty()));
    });
    // as they are spelled in the query
    used.keySet()
        .forEach(name -> {
          Object value = values.get(identity(name));
          if (value == null) {
            throw query.missing(name, "--param " + name + "=VALUE");
          }
          values.put(name, value);
        });
    return values;
  }

  private static Object bound(String what, String text, DataType type, EngineSession session) {
    Statement.Bound bound = new Statement.Bound(text, type);
    String refused = what + " cannot be \"" + text + "\"";
    String hint = "the query uses it as " + type.sql();
    if (type.sql().endsWith("INT") || type.sql().equals("INTEGER")) {
      if (!WHOLE.matcher(text).matches()) { // the engine would round it
        throw new UsageException(refused, hint);
      }
    }
    try {
      session.query(new Statement("SELECT $value IS NULL", Map.of("value", bound)), 1);
    } catch (SqlException e) {
      throw new UsageException(refused, hint);
    }
    return bound;
  }
}
