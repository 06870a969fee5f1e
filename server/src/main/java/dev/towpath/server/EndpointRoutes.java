package dev.towpath.server;

import dev.towpath.core.access.Role;
import dev.towpath.core.check.Checked;
import dev.towpath.core.parameter.GivenValues;
import dev.towpath.core.project.Answering;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Parameter;
import dev.towpath.server.form.Form;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an endpoint takes and gives, as a route, of which its OpenAPI document is made. */
final class EndpointRoutes {
  private EndpointRoutes() {}

  static Route of(Endpoint endpoint, Checked checked) {
    List<Route.Param> params = new ArrayList<>();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    boolean post = endpoint.method().equals("POST");
    for (Parameter parameter : parameters(endpoint)) {
      boolean inPath = endpoint.isInPath(parameter);
      boolean needed = parameter.fallback().isEmpty() && !parameter.nullable();
      if (post && !inPath) {
        members.put(parameter.name(), schema(parameter));
        if (needed) {
          required.add(parameter.name());
        }
      } else {
        params.add(
            new Route.Param(
                inPath ? Route.Place.PATH : Route.Place.QUERY,
                parameter.name(),
                schema(parameter),
                needed,
                describes(endpoint, parameter)));
      }
    }
    Optional<Route.Body> body =
        post && !members.isEmpty()
            ? Optional.of(
                new Route.Body(
                    Form.JSON.type(),
                    Schemas.requiring(
                        Json.object("type", "object", "properties", members),
                        required.toArray(String[]::new)),
                    !required.isEmpty(),
                    Call.BODY_BYTES))
            : Optional.empty();
    return new Route(
        endpoint.method(),
        endpoint.path(),
        endpoint.name(),
        endpoint.tags().isEmpty() ? "endpoints" : endpoint.tags().getFirst(),
        endpoint.description().orElse(endpoint.name()),
        Route.Access.TOKEN,
        Role.VIEWER,
        params,
        body,
        List.of(answers(endpoint, checked.endpointColumns().get(endpoint.file()))),
        _ -> {
          throw new IllegalStateException("endpoints are answered by EndpointAnswers");
        });
  }

  /** The parameters that it takes, those of its pages included. */
  static List<Parameter> parameters(Endpoint endpoint) {
    if (endpoint.answering().page().isEmpty()) {
      return endpoint.parameters();
    }
    Answering.Page page = endpoint.answering().page().get();
    List<Parameter> all = new ArrayList<>(endpoint.parameters());
    all.add(
        new Parameter(
            "limit",
            new DataType.Simple("INTEGER"),
            Optional.of(Integer.toString(page.size())),
            Optional.of("1"),
            Optional.of(Integer.toString(page.most())),
            List.of(),
            false,
            endpoint.location()));
    all.add(
        new Parameter(
            "cursor",
            new DataType.Simple("VARCHAR"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            true,
            endpoint.location()));
    return all;
  }

  private static String describes(Endpoint endpoint, Parameter parameter) {
    boolean paged = endpoint.answering().page().isPresent();
    if (paged && parameter.name().equals("cursor")) {
      return "What next said";
    }
    return paged && parameter.name().equals("limit")
        ? "Rows of a page"
        : parameter.type().sql() + (parameter.list() ? ", any number of them" : "");
  }

  private static Map<String, @Nullable Object> schema(Parameter parameter) {
    Map<String, @Nullable Object> one = new LinkedHashMap<>(TypeSchemas.of(parameter.type()));
    if (!parameter.values().isEmpty()) {
      one.put("enum", parameter.values().stream().map(v -> json(parameter, v)).toList());
    }
    boolean number = "integer".equals(one.get("type")) || "number".equals(one.get("type"));
    parameter.low().ifPresent(v -> one.put(number ? "minimum" : "x-minimum", json(parameter, v)));
    parameter.high().ifPresent(v -> one.put(number ? "maximum" : "x-maximum", json(parameter, v)));
    Map<String, @Nullable Object> all =
        parameter.list() ? new LinkedHashMap<>(Json.object("type", "array", "items", one)) : one;
    parameter
        .fallback()
        .ifPresent(v ->
            all.put(
                "default", parameter.list() ? List.of(json(parameter, v)) : json(parameter, v)));
    return all;
  }

  private static Object json(Parameter parameter, String text) {
    return GivenValues.value(parameter.type(), text).orElse(text);
  }

  private static Route.Answers answers(Endpoint endpoint, @Nullable Schema columns) {
    Map<String, Map<String, @Nullable Object>> content = new LinkedHashMap<>();
    Map<String, @Nullable Object> row = row(columns);
    content.put(
        Form.JSON.type(),
        Schemas.requiring(
            Schemas.object(
                "data",
                Schemas.list(row),
                "next",
                Json.object(
                    "type",
                    List.of("string", "null"),
                    "description",
                    endpoint.answering().page().isPresent()
                        ? "The cursor of the next page; null on the last"
                        : "null: all rows are here")),
            "data",
            "next"));
    for (Form form : Form.values()) {
      if (form != Form.JSON) {
        content.put(
            form.type(),
            Json.object("type", "string", "description", "The rows", "format", "binary"));
      }
    }
    return new Route.Answers(200, "Rows", content);
  }

  private static Map<String, @Nullable Object> row(@Nullable Schema columns) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    if (columns != null) {
      for (Column column : columns.columns()) {
        members.put(column.name(), TypeSchemas.nullable(column.type()));
      }
    }
    return Json.object("type", "object", "properties", members);
  }
}
