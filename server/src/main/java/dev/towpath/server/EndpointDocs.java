package dev.towpath.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The project's endpoints, described: an OpenAPI document of those that somebody may call, and a
 * page that shows it and tries them. The page itself holds nothing of the project.
 */
final class EndpointDocs {
  private static final String DOCUMENT = "/api/v1/endpoints/openapi.json";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Site site;
  private final Endpoints endpoints;

  EndpointDocs(Site site, Endpoints endpoints) {
    this.site = site;
    this.endpoints = endpoints;
  }

  List<Route> routes() {
    return List.of(
        Route.get(DOCUMENT, "getEndpoints", "The project's endpoints")
            .tag("endpoints")
            .gives(200, "An OpenAPI 3.1 document", Json.object("type", "object"))
            .by(this::document),
        page("/api/docs", "getDocsPage", "index.html", "text/html"),
        page("/api/docs/page.js", "getDocsScript", "page.js", "text/javascript"),
        page("/api/docs/page.css", "getDocsStyle", "page.css", "text/css"));
  }

  private Answer document(Call call) {
    String name = site.current().checked().project().name();
    return Answer.json(
        OpenApi.document(
            new OpenApi.Info(
                name,
                site.version(),
                "What the project " + name + " answers, in " + site.environment() + "."),
            endpoints.routes().stream()
                .filter(route -> call.principal().grants().calls(route.id()))
                .toList(),
            Map.of("Error", Refusal.schema())));
  }

  private static Route page(String path, String id, String file, String type) {
    String text = resource(file);
    return Route.get(path, id, "The page that shows the endpoints")
        .tag("endpoints")
        .access(Route.Access.OPEN)
        .gives(200, "A part of the page", type, Json.object("type", "string"))
        .by(_ -> new Answer.Whole(200, type, text, Map.of("Content-Security-Policy", POLICY)));
  }

  private static String resource(String file) {
    try (InputStream in = EndpointDocs.class.getResourceAsStream("docs/" + file)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
