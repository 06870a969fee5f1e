package dev.towpath.server;

import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Variable;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the filters of a dashboard are.
 *
 * @param bound values by the names that SQL has for them, and the project's variables
 * @param shown values by the names that an address has for them; null for one that chooses nothing
 */
public record FilterValues(
    Map<String, Optional<Statement.Bound>> bound, Map<String, @Nullable Object> shown) {

  /**
   * Reads them, with the defaults of those that are not given. An empty text chooses nothing.
   *
   * @param given values by the names that an address has for them
   * @throws Refusal a 400 that names all mistakes
   */
  static FilterValues read(
      Dashboard dashboard, Map<String, List<String>> given, Map<String, Variable> variables) {
    Map<String, @Nullable Object> chosen = new LinkedHashMap<>();
    List<Parameter> declared = new ArrayList<>();
    for (Filter filter : dashboard.filters()) {
      for (Parameter parameter : filter.parameters()) {
        declared.add(parameter);
        List<String> texts =
            Optional.ofNullable(given.get(parameter.name()))
                .or(() -> Optional.ofNullable(filter.fallback().get(parameter.name())))
                .orElse(List.of())
                .stream()
                .filter(text -> !text.isEmpty())
                .toList();
        if (!texts.isEmpty()) {
          boolean several = parameter.list() || texts.size() > 1;
          chosen.put(parameter.name(), several ? texts : texts.getFirst());
        }
      }
    }
    given.forEach((name, texts) -> {
      if (declared.stream().noneMatch(p -> p.name().equals(name))) {
        chosen.put(name, texts); // which is refused by its name
      }
    });
    Map<String, @Nullable Object> values = GivenParameters.ofEndpoint(declared, chosen);
    Map<String, Optional<Statement.Bound>> bound = new HashMap<>();
    variables.forEach(
        (name, v) -> bound.put(name, Optional.of(new Statement.Bound(v.text(), v.type()))));
    for (Parameter parameter : declared) {
      bound.put(
          Filter.inSql(parameter.name()),
          Optional.ofNullable(values.get(parameter.name())).map(v -> bound(parameter, v)));
    }
    return new FilterValues(bound, values);
  }

  private static Statement.Bound bound(Parameter parameter, Object value) {
    if (!(value instanceof List<?> list)) {
      return new Statement.Bound(Call.plain(value), parameter.type());
    }
    List<String> texts = new ArrayList<>();
    list.forEach(element -> texts.add(Call.plain(element)));
    return Statement.Bound.list(texts, new DataType.ListOf(parameter.type()));
  }

  /** The values that a query takes, as a text that differs when they do. */
  String text(Map<String, DataType> types) {
    Map<String, @Nullable Object> used = new LinkedHashMap<>();
    shown.forEach((name, value) -> {
      if (types.containsKey(Filter.inSql(name))) {
        used.put(name, value);
      }
    });
    return Json.write(used);
  }
}
