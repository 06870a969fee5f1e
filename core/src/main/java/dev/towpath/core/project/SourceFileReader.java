package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Column;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TableName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Reads one file of {@code sources/}. */
final class SourceFileReader {
  /** Keys that every source takes. */
  static final Set<String> KEYS =
      Set.of("type", "schema", "tables", "freshness", "replayable", "description", "tags");

  /** Keys that every table of a source takes. */
  static final Set<String> TABLE_KEYS =
      Set.of("mode", "columns", "checks", "replayable", "description", "tags");

  /** Keys that people write for a type that does not take them, and what to do instead. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "key",
          "to have it checked, write checks: [\"unique(id)\"]",
          "cursor",
          "a type that takes it reads what is new only; this one does not",
          "start",
          "a type that takes it reads what is new only; this one does not");

  private static final Set<String> LATER =
      Set.of("kafka", "mongodb", "redis", "cassandra", "clickhouse");

  private final Path root;
  private final String file;
  private final String name;
  private final SourceTypes types;
  private final Variables variables;
  private final Problems problems;
  private Map<String, Object> options = Map.of();
  private Map<String, Object> writtenOptions = Map.of();
  private Map<String, Location> places = Map.of();
  private final Set<Problem> told = new HashSet<>();
  private boolean replayable = true;

  private SourceFileReader(
      Path root,
      String file,
      String name,
      SourceTypes types,
      Variables variables,
      Problems problems) {
    this.root = root;
    this.file = file;
    this.name = name;
    this.types = types;
    this.variables = variables;
    this.problems = problems;
  }

  /** Reads a source; empty when not even its type is known, which is noted. */
  static Optional<Source> read(
      Path root,
      SourceText text,
      String name,
      SourceTypes types,
      Variables variables,
      Problems problems) {
    SourceFileReader reader =
        new SourceFileReader(root, text.file(), name, types, variables, problems);
    Optional<YamlValue> value = Yaml.read(text, problems);
    if (value.isEmpty() && problems.list().isEmpty()) {
      problems.error(
          new Location(text.file(), 1, 1), "the file is empty", "write type: and tables:");
    }
    return value.flatMap(YamlValue::asMap).flatMap(reader::source);
  }

  private Optional<Source> source(YamlMap map) {
    Optional<String> schema = schema(map);
    Optional<SourceReader> reader =
        map.required("type", "write one of " + String.join(", ", types.types()))
            .flatMap(this::reader);
    if (reader.isEmpty() && !map.has("type")) {
      Set<String> known = new TreeSet<>(KEYS);
      types.types().forEach(t -> types.reader(t).ifPresent(r -> known.addAll(r.sourceKeys())));
      map.only(known);
    }
    if (reader.isEmpty() || schema.isEmpty()) {
      return Optional.empty();
    }
    Set<String> known = union(KEYS, reader.get().sourceKeys());
    map.only(known);
    places = places(Optional.of(map));
    options = options(map, KEYS, this::resolved);
    writtenOptions = counting(map, KEYS, reader.get());
    replayable = map.truth("replayable", true);
    List<Source.Table> tables = new ArrayList<>();
    Optional<YamlMap> declared =
        map.required("tables", "list them: tables: {name: {}}").flatMap(YamlValue::asMap);
    for (YamlMap.Entry entry : declared.map(YamlMap::entries).orElse(List.of())) {
      table(entry, schema.get(), reader.get()).ifPresent(tables::add);
    }
    return Optional.of(
        new Source(
            name,
            reader.get().type(),
            schema.get(),
            tables,
            map.get("freshness").flatMap(Values::duration),
            map.texts("tags"),
            map.text("description"),
            new Location(file, 1, 1)));
  }

  private Optional<String> schema(YamlMap map) {
    Optional<YamlValue> declared = map.get("schema");
    String schema = declared.flatMap(YamlValue::asText).orElse(name);
    Optional<String> mistake =
        schema.contains("${")
            ? Optional.of("holds a variable, which only values of the type's own keys may")
            : NameRules.schemaMistake(schema);
    mistake.ifPresent(m ->
        problems.error(
            declared.map(YamlValue::location).orElse(new Location(file, 1, 1)),
            "the schema's name \"" + NameRules.shown(schema) + "\" " + m,
            "write schema: and another name"));
    return mistake.isPresent() ? Optional.empty() : Optional.of(schema);
  }

  private Optional<SourceReader> reader(YamlValue value) {
    Optional<String> type = value.asText();
    Optional<SourceReader> reader = type.flatMap(types::reader);
    if (type.isPresent() && reader.isEmpty()) {
      if (LATER.contains(type.get())) {
        value.error(
            "the source type \"" + type.get() + "\" comes in a later version",
            "there are " + String.join(", ", types.types()));
      } else {
        problems.error(
            value.location(),
            "unknown source type \"" + type.get() + "\"",
            Problems.knownNames(type.get(), types.types()));
      }
    }
    return reader;
  }

  private String resolved(YamlValue value, String text) {
    return variables.resolve(value, text, problems);
  }

  private Optional<Source.Table> table(YamlMap.Entry entry, String schema, SourceReader reader) {
    Optional<String> mistake = NameRules.mistake(entry.key());
    if (mistake.isPresent()) {
      problems.error(
          entry.at(),
          "the table's name \"" + NameRules.shown(entry.key()) + "\" " + mistake.get(),
          "choose another");
      return Optional.empty();
    }
    TableName table = new TableName(schema, entry.key());
    if (entry.value().kind() == YamlValue.Kind.NULL) {
      Described nothing = Described.nothing(file);
      return Optional.of(table(reader, Optional.empty(), table, "full", nothing, entry.at()));
    }
    Optional<YamlMap> map = entry.value().asMap();
    if (map.isEmpty()) {
      return Optional.empty();
    }
    Set<String> foreign = foreign(map.get(), reader);
    map.get().only(union(TABLE_KEYS, reader.tableKeys()), Map.of(), foreign);
    Described described = Described.read(map.get(), entry.at()).with(Optional.empty(), problems);
    String mode = mode(map.get(), reader);
    return Optional.of(table(reader, map, table, mode, described, entry.at()));
  }

  /** Notes the keys that other types would take, or the source itself, and gives them. */
  private Set<String> foreign(YamlMap map, SourceReader reader) {
    Map<String, String> foreign = new TreeMap<>(ELSEWHERE);
    reader.sourceKeys().forEach(key -> foreign.put(key, "write it above tables:"));
    foreign.keySet().removeAll(union(TABLE_KEYS, reader.tableKeys()));
    for (YamlMap.Entry entry : map.entries()) {
      String key = entry.key();
      if (foreign.containsKey(key)) {
        String what =
            reader.sourceKeys().contains(key)
                ? "\" is a key of the source, not of a table"
                : "\" means nothing to a source of type " + reader.type();
        problems.error(entry.at(), "\"" + key + what, Optional.ofNullable(foreign.get(key)));
      }
    }
    return foreign.keySet();
  }

  private static String mode(YamlMap map, SourceReader reader) {
    Map<String, String> modes = new TreeMap<>();
    reader.modes().forEach(mode -> modes.put(mode, mode));
    return map.get("mode").flatMap(value -> value.asOneOf(modes)).orElse("full");
  }

  private Source.Table table(
      SourceReader reader,
      Optional<YamlMap> map,
      TableName table,
      String mode,
      Described described,
      Location at) {
    Optional<Schema> columns = columns(described);
    SourceTable declaration =
        new SourceTable(
            table,
            reader.type(),
            root,
            options,
            map.map(m -> options(m, TABLE_KEYS, this::resolved)).orElse(Map.of()),
            mode,
            columns,
            at,
            places(map),
            variables.redaction());
    check(reader, declaration);
    String fingerprint =
        Fingerprints.of(
            List.of(
                reader.type(),
                mode,
                writtenOptions,
                map.map(m -> counting(m, TABLE_KEYS, reader)).orElse(Map.of()),
                columns.map(Schema::columns).orElse(List.of()).stream()
                    .map(c -> List.of(c.name(), c.type().sql()))
                    .toList()));
    return new Source.Table(
        declaration,
        described.description(),
        described.columns(),
        described.checks(),
        described.tags(),
        map.map(m -> m.truth("replayable", replayable)).orElse(replayable),
        fingerprint);
  }

  /** What of the keys counts in a fingerprint, as it is written. */
  private Map<String, Object> counting(YamlMap map, Set<String> except, SourceReader reader) {
    Map<String, Object> all = options(map, except, (_, text) -> text);
    all.entrySet().removeIf(e -> reader.isPassing(e.getKey(), e.getValue()));
    return all;
  }

  /** What the reader says of the keys; nothing when a variable of theirs is missing already. */
  private void check(SourceReader reader, SourceTable table) {
    List<Object> values = new ArrayList<>(table.options().values());
    values.addAll(table.sourceOptions().values());
    if (values.stream().noneMatch(value -> value.toString().contains("${"))) {
      for (Problem problem : reader.check(table)) {
        if (told.add(problem)) { // what is wrong with the source's keys is so for every table
          problems.error(
              problem.location(),
              table.secrets().apply(problem.message()),
              problem.hint().map(table.secrets()::apply));
        }
      }
    }
  }

  /** The declared schema, when the columns have types; a part of them is noted. */
  private Optional<Schema> columns(Described described) {
    for (ColumnDeclaration column : described.columns()) {
      if (column.renamedFrom().isPresent()) {
        problems.error(
            column.location(),
            "\"renamed_from\" means nothing to a source",
            "a column of a source has the name that it has there; rename it in a model");
      }
    }
    List<ColumnDeclaration> typed =
        described.columns().stream().filter(c -> c.type().isPresent()).toList();
    if (typed.isEmpty()) {
      return Optional.empty();
    }
    for (ColumnDeclaration column : described.columns()) {
      if (column.type().isEmpty()) {
        problems.error(
            column.location(),
            "the column \"" + column.name() + "\" has no type, but others have",
            "give every column a type, or none");
        return Optional.empty();
      }
    }
    return Optional.of(
        new Schema(typed.stream().map(c -> new Column(c.name(), c.type().orElseThrow())).toList()));
  }

  private Map<String, Object> options(
      YamlMap map, Set<String> except, BiFunction<YamlValue, String, String> texts) {
    Map<String, Object> options = new LinkedHashMap<>();
    for (YamlMap.Entry entry : map.entries()) {
      if (!except.contains(entry.key())) {
        map.get(entry.key()).ifPresent(v -> options.put(entry.key(), v.plain(texts)));
      }
    }
    return options;
  }

  /** Where the values of keys stand, the source's among them unless these have the same. */
  private Map<String, Location> places(Optional<YamlMap> map) {
    Map<String, Location> all = new HashMap<>(places);
    map.map(YamlMap::entries)
        .orElse(List.of())
        .forEach(entry -> all.put(entry.key(), entry.value().location()));
    return all;
  }

  private static Set<String> union(Collection<String> one, Collection<String> other) {
    Set<String> union = new TreeSet<>(one);
    union.addAll(other);
    return union;
  }
}
