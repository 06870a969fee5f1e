package dev.towpath.server;

import dev.towpath.core.project.Endpoint;
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
 * The values of a call of an endpoint.
 *
 * @param bound values of the query's parameters, and of the project's variables
 * @param text one text for each set of values, pages left out
 * @param limit rows of the page that is asked for
 */
record EndpointValues(
    Map<String, Optional<Statement.Bound>> bound,
    String text,
    Optional<Integer> limit,
    Optional<String> cursor) {

  /**
   * Reads them; a 400 that names all mistakes.
   *
   * @param query parameters of the URL, each with all its values
   */
  static EndpointValues read(
      Endpoints.Match match,
      Map<String, List<String>> query,
      Map<String, @Nullable Object> body,
      Map<String, Variable> variables) {
    Endpoint endpoint = match.endpoint();
    List<Parameter> declared = EndpointRoutes.parameters(endpoint);
    Map<String, @Nullable Object> given = new LinkedHashMap<>(body);
    query.forEach((name, values) -> {
      boolean list = declared.stream().anyMatch(p -> p.name().equals(name) && p.list());
      given.put(name, list || values.size() != 1 ? values : values.getFirst());
    });
    // what is in the path already is then given twice, of which neither can be meant
    match.path().forEach((name, value) -> given.merge(name, value, List::of));
    Map<String, @Nullable Object> values = GivenParameters.ofEndpoint(declared, given);
    Optional<Integer> limit = Optional.empty();
    Optional<String> cursor = Optional.empty();
    if (endpoint.answering().page().isPresent()) {
      limit = Optional.of(((Number) limitOf(values)).intValue());
      cursor = Optional.ofNullable(values.remove("cursor")).map(String::valueOf);
    }
    String text = Json.write(values);
    Map<String, Optional<Statement.Bound>> bound = new HashMap<>();
    variables.forEach(
        (name, v) -> bound.put(name, Optional.of(new Statement.Bound(v.text(), v.type()))));
    for (Parameter parameter : endpoint.parameters()) {
      bound.put(
          parameter.name(),
          Optional.ofNullable(values.get(parameter.name())).map(v -> bound(parameter, v)));
    }
    return new EndpointValues(bound, text, limit, cursor);
  }

  private static Object limitOf(Map<String, @Nullable Object> values) {
    Object limit = values.remove("limit");
    if (limit == null) {
      throw new IllegalStateException("limit has a default");
    }
    return limit;
  }

  private static Statement.Bound bound(Parameter parameter, Object value) {
    if (!(value instanceof List<?> list)) {
      return new Statement.Bound(Call.plain(value), parameter.type());
    }
    List<String> texts = new ArrayList<>();
    for (Object element : list) {
      texts.add(Call.plain(element));
    }
    return Statement.Bound.list(texts, new DataType.ListOf(parameter.type()));
  }

  /** The types that its query is prepared with. */
  static Map<String, DataType> types(Endpoint endpoint, Map<String, Variable> variables) {
    Map<String, DataType> types = new HashMap<>();
    variables.forEach((name, variable) -> types.put(name, variable.type()));
    for (Parameter parameter : endpoint.parameters()) {
      types.put(
          parameter.name(),
          parameter.list() ? new DataType.ListOf(parameter.type()) : parameter.type());
    }
    return types;
  }
}
