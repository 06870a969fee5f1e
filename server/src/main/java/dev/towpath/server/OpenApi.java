package dev.towpath.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The OpenAPI 3.1 document, made of the routes themselves. */
final class OpenApi {
  private OpenApi() {}

  /** What stands at the top of a document. */
  record Info(String title, String version, String description) {}

  /**
   * A document of routes.
   *
   * @param schemas that they refer to, by name
   */
  static Map<String, @Nullable Object> document(
      Info info, List<Route> routes, Map<String, Map<String, @Nullable Object>> schemas) {
    Map<String, @Nullable Object> paths = new LinkedHashMap<>();
    for (Route route : routes) {
      @SuppressWarnings("unchecked") // made here
      Map<String, @Nullable Object> path =
          (Map<String, @Nullable Object>)
              paths.computeIfAbsent(route.path(), _ -> new LinkedHashMap<String, Object>());
      path.put(route.method().toLowerCase(Locale.ROOT), operation(route));
    }
    return Json.object(
        "openapi",
        "3.1.0",
        "info",
        Json.object(
            "title", info.title(), "version", info.version(), "description", info.description()),
        "servers",
        List.of(Json.object("url", "/")),
        "security",
        List.of(Json.object("token", List.of())),
        "tags",
        routes.stream().map(Route::tag).distinct().map(tag -> Json.object("name", tag)).toList(),
        "paths",
        paths,
        "components",
        Json.object(
            "securitySchemes",
            Json.object("token", Json.object("type", "http", "scheme", "bearer")),
            "schemas",
            schemas));
  }

  private static Map<String, @Nullable Object> operation(Route route) {
    Map<String, @Nullable Object> operation = new LinkedHashMap<>();
    operation.put("operationId", route.id());
    operation.put("summary", route.summary());
    operation.put("tags", List.of(route.tag()));
    if (route.access() == Route.Access.TOKEN || route.access() == Route.Access.LINK) {
      operation.put("x-role", route.role().word());
    } else {
      operation.put("security", List.of());
    }
    List<Object> parameters = new ArrayList<>();
    for (Route.Param param : route.parameters()) {
      if (!param.name().equals("Accept")) { // OpenAPI says this by the types of the answers
        parameters.add(parameter(param));
      }
    }
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    route
        .body()
        .ifPresent(body ->
            operation.put(
                "requestBody",
                Json.object(
                    "required",
                    body.required(),
                    "content",
                    Json.object(body.type(), Json.object("schema", body.schema())))));
    Map<String, @Nullable Object> responses = new LinkedHashMap<>();
    for (Route.Answers answer : route.answers()) {
      Map<String, @Nullable Object> content = new LinkedHashMap<>();
      answer.content().forEach((type, schema) -> content.put(type, Json.object("schema", schema)));
      responses.put(
          Integer.toString(answer.status()),
          Json.object("description", answer.description(), "content", content));
    }
    responses.put("default", error());
    operation.put("responses", responses);
    return operation;
  }

  private static Map<String, @Nullable Object> parameter(Route.Param param) {
    Map<String, @Nullable Object> parameter = new LinkedHashMap<>();
    parameter.put("name", param.name());
    parameter.put("in", param.place().name().toLowerCase(Locale.ROOT));
    parameter.put("required", param.required());
    parameter.put("description", param.description());
    parameter.put("schema", param.schema());
    if ("object".equals(param.schema().get("type"))) {
      parameter.put("style", "form"); // its members are parameters of their own
      parameter.put("explode", true);
    }
    return parameter;
  }

  private static Map<String, @Nullable Object> error() {
    return Json.object(
        "description",
        "What is wrong",
        "content",
        Json.object("application/problem+json", Json.object("schema", Schemas.ref("Error"))));
  }
}
