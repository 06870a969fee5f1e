package dev.towpath.server;

import dev.towpath.core.access.Role;
import dev.towpath.core.project.Export;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Source;
import dev.towpath.spi.Redaction;
import dev.towpath.spi.S3Connection;
import dev.towpath.spi.SourceTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the project is connected with: where rows come from and go to. Never a secret. */
final class ConnectionRoutes {
  private static final Pattern SECRET =
      Pattern.compile("password|passwd|secret|.*token|credential|authorization|headers?|.*_?key");
  private static final Pattern PASSWORD =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://[^/?#@\\s]*?:)(?!\\$\\{)[^/?#@\\s]*@");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "([?&](?:password|token|key|secret|sig|signature)=)(?!\\$\\{)[^&\\s]*",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("\\$\\{\\w+}");
  private static final String HIDDEN = "***";

  private final Site site;

  ConnectionRoutes(Site site) {
    this.site = site;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/connections",
                "listConnections",
                "Sources, exports and object stores, without secrets")
            .tag("project")
            .needs(Role.ADMIN)
            .gives(
                200,
                "Connections",
                Schemas.object(
                    "sources",
                    Schemas.list(
                        Schemas.object(
                            "name",
                            Schemas.text("Its file's name without ending"),
                            "type",
                            Schemas.text("Such as postgres"),
                            "schema",
                            Schemas.text("Of its tables"),
                            "file",
                            Schemas.text("Relative to the project"),
                            "description",
                            Schemas.text("May be empty"),
                            "settings",
                            Schemas.map(
                                Schemas.text("As the file says; secrets as ${NAME} or ***")),
                            "tables",
                            Schemas.list(Schemas.text("schema.table")))),
                    "exports",
                    Schemas.list(
                        Schemas.object(
                            "table",
                            Schemas.text("What is written out"),
                            "to",
                            Schemas.text("Where to; secrets as ${NAME} or ***"),
                            "mode",
                            Schemas.text("How rows are put there"),
                            "file",
                            Schemas.text("That declares it"))),
                    "stores",
                    Schemas.list(
                        Schemas.object(
                            "name",
                            Schemas.text("As towpath.yml calls it"),
                            "type",
                            Schemas.text("Such as s3"),
                            "settings",
                            Schemas.map(
                                Schemas.text("As the file says; secrets as ${NAME} or ***"))),
                        "Object stores that sensors look into")))
            .by(_ -> Answer.json(connections(site.current().checked().project()))));
  }

  private static Map<String, @Nullable Object> connections(Project project) {
    List<Map<String, @Nullable Object>> exports = new ArrayList<>();
    for (Model model : project.models()) {
      for (Export export : model.exports()) {
        exports.add(
            Json.object(
                "table",
                model.name().toString(),
                "to",
                export.place() + export.table().map(t -> " " + t).orElse(""),
                "mode",
                export.mode().name().toLowerCase(Locale.ROOT),
                "file",
                model.file()));
      }
    }
    return Json.object(
        "sources",
        project.sources().stream().map(ConnectionRoutes::source).toList(),
        "exports",
        exports,
        "stores",
        project.connections().values().stream()
            .sorted(Comparator.comparing(S3Connection::name))
            .map(ConnectionRoutes::store)
            .toList());
  }

  private static Map<String, @Nullable Object> store(S3Connection store) {
    Map<String, @Nullable Object> settings = new TreeMap<>();
    store.endpoint().ifPresent(url -> settings.put("endpoint", shown("endpoint", url)));
    settings.put("region", store.region());
    store.pathStyle().ifPresent(style -> settings.put("path_style", style.toString()));
    store
        .keys()
        .ifPresentOrElse(
            keys -> {
              settings.put("access_key", shown("access_key", keys.access()));
              settings.put("secret_key", shown("secret_key", keys.secret()));
              keys.token().ifPresent(t -> settings.put("session_token", shown("session_token", t)));
            },
            () -> settings.put("anonymous", "true"));
    return Json.object("name", store.name(), "type", "s3", "settings", settings);
  }

  private static Map<String, @Nullable Object> source(Source source) {
    Optional<SourceTable> table =
        source.tables().stream().findFirst().map(Source.Table::declaration);
    return Json.object(
        "name",
        source.name(),
        "type",
        source.type(),
        "schema",
        source.schema(),
        "file",
        source.location().file(),
        "description",
        source.description().orElse(""),
        "settings",
        table.map(t -> settings(t.sourceOptions(), t.secrets())).orElseGet(TreeMap::new),
        "tables",
        source.tables().stream().map(t -> t.declaration().name().toString()).toList());
  }

  /** Settings as people wrote them, but for secrets, whoever wrote one where. */
  static Map<String, @Nullable Object> settings(Map<String, Object> given, Redaction secrets) {
    Map<String, @Nullable Object> shown = new TreeMap<>();
    given.forEach((name, value) -> {
      boolean scalar = !(value instanceof Map || value instanceof List);
      String text = secrets.apply(scalar ? value.toString() : Json.write(value));
      shown.put(name, shown(name, text));
    });
    return shown;
  }

  private static String shown(String name, String text) {
    if (SECRET.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
      return NAME.matcher(text).matches() ? text : HIDDEN;
    }
    String masked = PASSWORD.matcher(text).replaceAll("$1" + HIDDEN + "@");
    return PARAMETER.matcher(masked).replaceAll("$1" + HIDDEN);
  }
}
