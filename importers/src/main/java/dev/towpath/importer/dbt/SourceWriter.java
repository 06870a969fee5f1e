package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes {@code sources/<name>.yml} for a source of dbt. */
final class SourceWriter {
  private static final Pattern READER =
      Pattern.compile(
          "(?is)(read_csv|read_csv_auto|read_parquet|parquet_scan|read_json|read_json_auto|read_ndjson)\\s*\\(\\s*'([^']+)'(.*)\\)\\s*");
  private static final Pattern OPTION = Pattern.compile("(\\w+)\\s*=\\s*('([^']*)'|[\\w.]+)");
  private static final Map<String, String> OPTIONS =
      Map.of(
          "delim",
          "delimiter",
          "sep",
          "delimiter",
          "header",
          "header",
          "quote",
          "quote",
          "escape",
          "escape",
          "nullstr",
          "nullstr",
          "skip",
          "skip",
          "dateformat",
          "dateformat",
          "timestampformat",
          "timestampformat");
  private static final List<String> ENDINGS =
      List.of(".csv", ".parquet", ".json", ".ndjson", ".tsv", ".csv.gz", ".csv.zst");

  private final Path dbt;
  private final Path target;
  private final Optional<Path> data;
  private final Profile profile;
  private final Notes notes;

  SourceWriter(Path dbt, Path target, Optional<Path> data, Profile profile, Notes notes) {
    this.dbt = dbt;
    this.target = target;
    this.data = data;
    this.profile = profile;
    this.notes = notes;
  }

  /** One table of a source: what dbt says of it, and what Towpath shall. */
  record Table(
      YamlMap map, String name, TableName table, Map<String, Object> described, Location at) {}

  /** The file's text. */
  String write(YamlMap source, String name, String schema, List<Table> tables) {
    Map<String, Object> all = new LinkedHashMap<>();
    boolean postgres = profile.type().equals("postgres") && data.isEmpty();
    all.put("type", postgres ? "postgres" : "files");
    if (!schema.equals(name)) {
      all.put("schema", schema);
    }
    if (postgres) {
      all.put("url", "${DBT_DATABASE_URL}");
      notes.different(
          source.value().location(),
          "the source \"" + name + "\" is read from PostgreSQL",
          "set DBT_DATABASE_URL to postgresql://user@host/database, or put it into .env");
    }
    freshness(source).ifPresent(f -> all.put("freshness", f));
    Plain.text(source, "description").ifPresent(d -> all.put("description", d.strip()));
    Map<String, Object> written = new LinkedHashMap<>();
    for (Table table : tables) {
      Map<String, Object> one = new LinkedHashMap<>();
      if (postgres) {
        String from = Plain.text(table.map(), "identifier").orElse(table.name());
        String where = Plain.text(source, "schema").orElse(name);
        one.put("table", where + "." + from);
      } else {
        location(source, name, table, one);
      }
      one.putAll(table.described());
      written.put(table.table().table(), one);
    }
    all.put("tables", written);
    return YamlOut.of(all);
  }

  /**
   * The files of a table: what external_location says, those in a folder, or a place to put them.
   */
  private void location(YamlMap source, String name, Table table, Map<String, Object> one) {
    Optional<String> external =
        setting(table.map(), "external_location").or(() -> setting(source, "external_location"));
    String identifier = Plain.text(table.map(), "identifier").orElse(table.name());
    if (external.isPresent()) {
      String schema = Plain.text(source, "schema").orElse(name);
      external(
          external
              .get()
              .replace("{name}", table.name())
              .replace("{identifier}", identifier)
              .replace("{source_name}", name)
              .replace("{schema}", schema),
          table,
          one);
      return;
    }
    Optional<Path> found = data.flatMap(folder -> file(folder, name, table.name(), identifier));
    if (found.isPresent()) {
      one.put("path", below(found.get()));
      return;
    }
    String path = "data/" + name + "." + table.name() + ".csv";
    one.put("path", path);
    notes.missing(
        table.at(),
        "nothing says where the rows of the source \"" + name + "." + table.name() + "\" are",
        "put them into "
            + path
            + ", or change sources/"
            + name
            + ".yml; --sources DIR finds files by name");
  }

  private static Optional<String> setting(YamlMap map, String key) {
    Optional<YamlMap> config = Plain.map(map, "config");
    return Plain.map(map, "meta")
        .flatMap(m -> Plain.text(m, key))
        .or(() -> config.flatMap(c -> Plain.map(c, "meta")).flatMap(m -> Plain.text(m, key)))
        .or(() -> config.flatMap(c -> Plain.text(c, key)));
  }

  private void external(String given, Table table, Map<String, Object> one) {
    String location = environment(given.strip());
    Matcher reader = READER.matcher(location);
    if (reader.matches()) {
      one.put("path", below(reader.group(2)));
      String function = reader.group(1).toLowerCase(java.util.Locale.ROOT);
      String format =
          function.contains("parquet")
              ? "parquet"
              : function.contains("ndjson") ? "ndjson" : function.contains("json") ? "json" : "csv";
      if (ENDINGS.stream().noneMatch(e -> reader.group(2).endsWith(e))) {
        one.put("format", format);
      }
      options(reader.group(3), table, one);
      return;
    }
    if (location.contains("(")) {
      notes.missing(
          table.at(),
          "the location " + location + " is no file",
          "change the path of " + table.table() + " in sources/");
    }
    one.put("path", below(location.replaceAll("^'|'$", "")));
  }

  private void options(String text, Table table, Map<String, Object> one) {
    Matcher matcher = OPTION.matcher(text);
    while (matcher.find()) {
      String key = matcher.group(1).toLowerCase(java.util.Locale.ROOT);
      String value = matcher.group(3) != null ? matcher.group(3) : matcher.group(2);
      String ours = OPTIONS.get(key);
      if (ours == null) {
        notes.missing(
            table.at(),
            "the option " + key + " of " + table.table() + " was left out",
            "see the keys of files in docs/sources.md");
      } else {
        Object typed =
            value.matches("(?i)true|false")
                ? Boolean.valueOf(value)
                : value.matches("\\d+") ? Long.valueOf(value) : value;
        one.put(ours, typed);
      }
    }
  }

  /** {@code {{ env_var('X') }}} in YAML is the environment variable of Towpath. */
  private static String environment(String text) {
    return text.replaceAll("\\{\\{\\s*env_var\\(\\s*['\"](\\w+)['\"][^)]*\\)\\s*\\}\\}", "\\${$1}");
  }

  /** A path as seen from the new project. */
  private String below(String path) {
    boolean local = !path.contains("://") && !path.startsWith("${") && !Path.of(path).isAbsolute();
    return local ? below(dbt.resolve(path)) : path;
  }

  private String below(Path path) {
    return target.relativize(path.toAbsolutePath().normalize()).toString().replace('\\', '/');
  }

  private static Optional<Path> file(Path folder, String source, String table, String identifier) {
    for (String stem :
        List.of(
            source + "." + table,
            source + "." + identifier,
            source + "/" + table,
            source + "/" + identifier,
            table,
            identifier)) {
      for (String ending : ENDINGS) {
        Path path = folder.resolve(stem + ending);
        if (Files.isRegularFile(path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  /** dbt's {@code warn_after}, or {@code error_after}, as a duration. */
  static Optional<String> freshness(YamlMap map) {
    Optional<YamlMap> freshness =
        Plain.map(map, "freshness")
            .or(() -> Plain.map(map, "config").flatMap(c -> Plain.map(c, "freshness")));
    return freshness
        .flatMap(f -> Plain.map(f, "warn_after").or(() -> Plain.map(f, "error_after")))
        .flatMap(after -> {
          Optional<String> unit =
              Plain.text(after, "period")
                  .map(p -> Map.of("minute", "m", "hour", "h", "day", "d").getOrDefault(p, ""));
          return Plain.text(after, "count").flatMap(n -> unit.map(u -> n + u));
        });
  }

  /** The check for a table that says when its rows were loaded. */
  static List<Object> freshCheck(YamlMap source, YamlMap table) {
    Optional<String> field =
        Plain.text(table, "loaded_at_field").or(() -> Plain.text(source, "loaded_at_field"));
    Optional<String> age = freshness(table).or(() -> freshness(source));
    List<Object> checks = new ArrayList<>();
    if (field.isPresent() && age.isPresent() && field.get().matches("\\w+")) {
      checks.add("fresh(" + field.get() + ", " + age.get() + ")");
    }
    return checks;
  }
}
