package dev.towpath.importer.dbt;

import dev.towpath.importer.jinja.Arguments;
import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.importer.jinja.Macro;
import dev.towpath.importer.jinja.None;
import dev.towpath.importer.jinja.Values;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Names tables. dbt puts the target's schema before a model's own; here environments keep things
 * apart, so the model's own schema is all of it.
 */
final class Naming {
  private static final Set<String> RESERVED =
      Set.of("main", "temp", "system", "information_schema");

  private final String project;
  private final Profile profile;
  private final Context context;
  private final Notes notes;

  Naming(String project, Profile profile, Context context, Notes notes) {
    this.project = project;
    this.profile = profile;
    this.context = context;
    this.notes = notes;
  }

  /** The table that a resource becomes. */
  TableName table(Resource resource) {
    Optional<String> custom =
        resource.text("schema").or(() -> resource.text("target_schema")).filter(s -> !s.isBlank());
    Optional<String> made = macro("generate_schema_name", custom, resource);
    String schema = made.map(this::withoutTarget).orElse(custom.orElse(profile.schema()));
    Optional<String> alias = resource.text("alias");
    String table =
        macro("generate_alias_name", alias, resource).orElse(alias.orElse(resource.name()));
    return new TableName(allowed(schema), table.strip());
  }

  /** What the project's own macro makes of a name; empty when it has none. */
  private Optional<String> macro(String name, Optional<String> custom, Resource resource) {
    Session session = context.open(resource, Session.Mode.FULL, false);
    Optional<Macro> macro = context.macros().own(name, session.scope());
    if (macro.isEmpty()) {
      return Optional.empty();
    }
    Object given = custom.<Object>map(c -> c).orElse(None.NONE);
    try {
      Object result =
          macro
              .get()
              .call(
                  new Arguments(
                      List.of(given, session.scope().get("model")),
                      Map.of(),
                      macro.get().location()));
      return Optional.of(Values.text(result).strip());
    } catch (JinjaException e) {
      notes.missing(e.location(), e.what(), "names are made as dbt does without this macro");
      return Optional.empty();
    }
  }

  private String withoutTarget(String schema) {
    String prefix = profile.schema() + "_";
    return schema.startsWith(prefix) && schema.length() > prefix.length()
        ? schema.substring(prefix.length())
        : schema;
  }

  /** The schema, or another name when Towpath keeps it for itself. */
  String allowed(String schema) {
    String identity = Names.identity(schema);
    boolean reserved =
        RESERVED.contains(identity) || identity.startsWith("pg_") || identity.startsWith("towpath");
    if (!reserved) {
      return schema.strip();
    }
    return identity.equals("main") ? project.toLowerCase(Locale.ROOT) : "dbt_" + schema.strip();
  }
}
