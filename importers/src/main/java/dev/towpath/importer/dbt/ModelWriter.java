package dev.towpath.importer.dbt;

import dev.towpath.importer.jinja.JinjaException;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns one model or snapshot into the text of a Towpath model. */
final class ModelWriter {
  private static final Pattern RANDOM =
      Pattern.compile("(?i)\\b(random|uuid|gen_random_uuid)\\s*\\(");
  private static final Set<String> NOT_DONE =
      Set.of(
          "pre_hook", "post_hook", "grants", "sql_header", "indexes", "partition_by", "cluster_by");

  private final Context context;
  private final Catalog catalog;
  private final Notes notes;

  ModelWriter(Context context, Catalog catalog, Notes notes) {
    this.context = context;
    this.catalog = catalog;
    this.notes = notes;
  }

  /** A model's text, and what it reads. */
  record Written(String text, Set<TableName> reads) {}

  /** The text; empty when it cannot be rendered, which is noted. */
  Optional<Written> write(Resource resource) {
    try {
      Map<String, Object> header = new LinkedHashMap<>();
      Session session =
          resource.kind() == Resource.Kind.SNAPSHOT
              ? snapshot(resource, header)
              : model(resource, header);
      List<String> tags = resource.texts("tags");
      if (!tags.isEmpty()) {
        header.put("tags", tags);
      }
      return Optional.of(finish(resource, session, header));
    } catch (JinjaException e) {
      notes.missing(e.location(), e.what(), e.todo());
      return Optional.empty();
    }
  }

  /** A rendering and its text. */
  private Session rendered(Resource resource, Session.Mode mode) {
    Session session = context.open(resource, mode, true);
    session.text(session.render());
    return session;
  }

  private Session model(Resource resource, Map<String, Object> header) {
    String materialized = resource.text("materialized").orElse("view");
    settings(resource);
    switch (materialized) {
      case "incremental" -> {
        return incremental(resource, header);
      }
      case "table" -> {}
      case "view" -> header.put("kind", "view");
      case "ephemeral" -> {
        header.put("kind", "view");
        notes.different(
            resource.at("ephemeral"), "an ephemeral model became a view", "nothing is to be done");
      }
      case "materialized_view" -> {
        header.put("kind", "view");
        notes.different(
            resource.at("materialized_view"),
            "a materialized view became a view",
            "remove \"kind: view\" to store its rows");
      }
      default ->
          notes.missing(
              resource.at(materialized),
              "the materialization \"" + materialized + "\" is not known; it became a table",
              "see whether a table does");
    }
    return rendered(resource, Session.Mode.FULL);
  }

  private void settings(Resource resource) {
    for (String key : NOT_DONE) {
      if (resource.config().containsKey(key) && !resource.texts(key).isEmpty()) {
        notes.missing(
            resource.at(key.replace("_hook", "")),
            "\"" + key + "\" of " + resource.name() + " was left out",
            switch (key) {
              case "pre_hook", "post_hook" -> "do its work in a model, or outside";
              case "grants" -> "Towpath's tables have no grants";
              case "partition_by", "cluster_by" -> "see partition_by and sort_by in docs/models.md";
              default -> "see whether it is needed";
            });
      }
    }
  }

  private Session incremental(Resource resource, Map<String, Object> header) {
    List<String> keys = resource.texts("unique_key");
    Location at = resource.at("incremental");
    if (resource.text("incremental_strategy").orElse("").equals("microbatch")) {
      return microbatch(resource, header, at);
    }
    Session session = rendered(resource, Session.Mode.INTERVALS);
    Intervals intervals = new Intervals(resource, session);
    Optional<String> column = intervals.column();
    boolean byTime =
        column.isPresent()
            && (keys.isEmpty()
                || (keys.size() == 1 && keys.getFirst().equalsIgnoreCase(column.get())));
    if (byTime) {
      header.put("kind", "incremental");
      header.put("time", column.get());
      header.put("grain", intervals.grain());
      if (session.filter().lookback() > 0) {
        header.put("lookback", session.filter().lookback());
      }
      notes.different(
          at,
          resource.name() + " is built by intervals of \"" + column.get() + "\"",
          "dbt added newer rows only; here every changed "
              + intervals.grain()
              + " is built again, and rows without \""
              + column.get()
              + "\" are left out");
      return session;
    }
    Session full = rendered(resource, Session.Mode.FULL);
    if (!keys.isEmpty()) {
      header.put("kind", "merge");
      header.put("key", keys);
      header.put("batch", "all"); // dbt's own query saw all rows of its inputs
      notes.different(
          at,
          resource.name() + " is merged by its key; the condition for newer rows is gone",
          "rows that come late are taken too");
    } else {
      notes.different(
          at,
          resource.name() + " became a table: " + intervals.reason(),
          "if it is too large for that, see kinds in docs/models.md");
    }
    return full;
  }

  private Session microbatch(Resource resource, Map<String, Object> header, Location at) {
    Session session = rendered(resource, Session.Mode.INTERVALS);
    Optional<String> time = resource.text("event_time");
    if (time.isEmpty() || !session.text().contains("$start")) {
      notes.different(
          at,
          resource.name() + " became a table: no input has an event_time",
          "filter an input by $start and $end, and add kind: incremental");
      return rendered(resource, Session.Mode.FULL);
    }
    header.put("kind", "incremental");
    header.put("time", time.get());
    header.put("grain", resource.text("batch_size").orElse("day"));
    resource
        .text("begin")
        .ifPresent(b -> header.put("start", new YamlOut.Word(b.replace('T', ' '))));
    resource.text("lookback").ifPresent(l -> header.put("lookback", Long.valueOf(l)));
    return session;
  }

  private Session snapshot(Resource resource, Map<String, Object> header) {
    header.put("kind", "scd2");
    header.put("key", resource.texts("unique_key"));
    boolean byTime = resource.text("strategy").orElse("").equals("timestamp");
    resource.text("updated_at").filter(_ -> byTime).ifPresent(u -> header.put("updated_at", u));
    boolean closes =
        resource.text("hard_deletes").orElse("ignore").equals("invalidate")
            || resource.truth("invalidate_hard_deletes", false);
    header.put("deletes", closes ? "close" : "ignore");
    if (!byTime && !resource.texts("check_cols").equals(List.of("all"))) {
      notes.different(
          resource.at("check_cols"),
          "the snapshot " + resource.name() + " keeps a version when any column changes",
          "select only the key and the columns of check_cols to keep fewer");
    }
    if (resource.text("hard_deletes").orElse("").equals("new_record")) {
      notes.missing(
          resource.at("hard_deletes"),
          "hard_deletes: new_record was left out",
          "deleted rows are ignored; \"deletes: close\" ends their last version");
    }
    notes.different(
        resource.at(),
        "the snapshot " + resource.name() + " became a model of kind scd2, without its history",
        "dbt_valid_from and dbt_valid_to are valid_from and valid_to now; load old versions by hand");
    return rendered(resource, Session.Mode.FULL);
  }

  private Written finish(Resource resource, Session session, Map<String, Object> header) {
    Parameters parameters = new Parameters(session.marked(), context.vars());
    String sql = parameters.place(session.text());
    if (sql.contains(Relation.THIS)) {
      throw new JinjaException(
          resource.at("this"),
          "it reads itself by {{ this }}",
          "write it as one of the kinds in docs/models.md");
    }
    parameters.pasted().forEach(name -> session.fixed().putIfAbsent(name, resource.at(name)));
    session
        .fixed()
        .forEach((name, at) ->
            notes.different(
                at,
                "the variable \"" + name + "\" is fixed in the SQL of " + resource.name(),
                "change the SQL when it changes, or write $" + name + " where a value stands"));
    session.told().forEach((what, at) -> notes.different(at, what, "see whether that is right"));
    if (readsSnapshot(session)) {
      sql = SqlText.replaceWord(sql, "dbt_valid_from", "valid_from");
      sql = SqlText.replaceWord(sql, "dbt_valid_to", "valid_to");
    }
    if (RANDOM.matcher(sql).find()) {
      header.put("volatile", true);
    }
    String block = header.isEmpty() ? "" : "/* towpath\n" + YamlOut.of(header) + "*/\n";
    return new Written(block + SqlText.tidied(sql) + "\n", session.reads());
  }

  private boolean readsSnapshot(Session session) {
    return session.reads().stream()
        .flatMap(t -> catalog.owner(t).stream())
        .anyMatch(r -> r.kind() == Resource.Kind.SNAPSHOT);
  }
}
