package dev.towpath.core.run;

import dev.towpath.core.interval.Interval;
import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.project.Variable;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Statement;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Values for the {@code $name}s of a query. */
public final class Parameters {
  private Parameters() {}

  /** Values of the project variables among the parameters. */
  static Map<String, Object> variables(
      Map<String, DataType> parameters, Map<String, Variable> vars) {
    Map<String, Object> values = new HashMap<>();
    parameters.forEach((name, type) -> {
      Variable variable = vars.get(name);
      if (variable != null) {
        values.put(name, new Statement.Bound(variable.text(), variable.type()));
      }
    });
    return values;
  }

  /** The bounds of an interval, as far as the parameters ask for them. */
  static Map<String, Object> bounds(
      Map<String, DataType> parameters, Interval interval, ZoneId zone) {
    Map<String, Object> values = new HashMap<>();
    DataType start = parameters.get("start");
    if (start != null) {
      values.put(
          "start", new Statement.Bound(TimeValues.text(interval.start(), start, zone), start));
    }
    DataType end = parameters.get("end");
    if (end != null) {
      values.put("end", new Statement.Bound(TimeValues.text(interval.end(), end, zone), end));
    }
    return values;
  }

  /** Values for a model's whole result: its project variables, and bounds that let all through. */
  public static Map<String, Object> forAllTime(
      dev.towpath.core.graph.Asset.FromModel model, Map<String, Variable> vars) {
    Map<String, Object> values = variables(model.parameters(), vars);
    model
        .model()
        .time()
        .ifPresent(time -> values.putAll(bounds(model.parameters(), Interval.ALL, time.zone())));
    return values;
  }

  /** The query with its parameters written as typed literals, for views, which cannot be bound. */
  public static String inline(String sql, Map<String, Object> values) {
    return rewrite(
        sql,
        name ->
            values.get(name) instanceof Statement.Bound bound
                ? "CAST(" + Names.literal(bound.text()) + " AS " + bound.type().sql() + ")"
                : "$" + name);
  }

  private static String rewrite(String sql, Function<String, String> value) {
    StringBuilder out = new StringBuilder(sql.length());
    int i = 0;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      int end = i + 1;
      if (c == '\'' || c == '"') {
        end = after(sql, i + 1, String.valueOf(c));
      } else if (sql.startsWith("--", i)) {
        end = after(sql, i, "\n");
      } else if (sql.startsWith("/*", i)) {
        end = after(sql, i + 2, "*/");
      } else if (c == '$' && i + 1 < sql.length() && isName(sql.charAt(i + 1))) {
        while (end < sql.length() && isName(sql.charAt(end))) {
          end++;
        }
        out.append(value.apply(sql.substring(i + 1, end)));
        i = end;
        continue;
      }
      out.append(sql, i, end);
      i = end;
    }
    return out.toString();
  }

  private static int after(String sql, int from, String end) {
    int at = sql.indexOf(end, from);
    return at < 0 ? sql.length() : at + end.length();
  }

  private static boolean isName(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
