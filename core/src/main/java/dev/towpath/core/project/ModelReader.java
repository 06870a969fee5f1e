package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.SortField;
import dev.towpath.spi.TableName;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads one file of {@code models/}. */
final class ModelReader {
  /** Keys of the block comment. */
  static final Set<String> KEYS =
      Set.of(
          "description",
          "columns",
          "checks",
          "tags",
          "kind",
          "time",
          "grain",
          "timezone",
          "start",
          "lookback",
          "key",
          "partition_by",
          "sort_by",
          "delete_when",
          "updated_at",
          "deletes",
          "on_change",
          "batch",
          "exports",
          "ignore_changes",
          "volatile",
          "refresh");

  /** Keys of the comment at the top of a Python file. */
  private static final Set<String> PYTHON_KEYS =
      Stream.concat(KEYS.stream(), PythonReader.KEYS.stream()).collect(Collectors.toSet());

  static final Map<String, Model.Kind> KINDS =
      Map.of(
          "table", Model.Kind.TABLE,
          "view", Model.Kind.VIEW,
          "incremental", Model.Kind.INCREMENTAL,
          "merge", Model.Kind.MERGE,
          "append", Model.Kind.APPEND,
          "scd2", Model.Kind.SCD2);

  /** Keys that have no effect on a view. */
  private static final List<String> STORED_ONLY = List.of("partition_by", "sort_by", "refresh");

  /** Habits from other tools. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "materialized", "kind",
          "unique_key", "key",
          "invalidate_hard_deletes", "deletes",
          "hard_deletes", "deletes",
          "time_column", "time",
          "cron", "grain",
          "partitioned_by", "partition_by",
          "cluster_by", "sort_by",
          "tests", "checks",
          "audits", "checks");

  private final SourceText source;
  private final TableName name;
  private final ZoneId zone;
  private final Problems problems;

  private ModelReader(SourceText source, TableName name, ZoneId zone, Problems problems) {
    this.source = source;
    this.name = name;
    this.zone = zone;
    this.problems = problems;
  }

  /**
   * Reads a model.
   *
   * @param sidecar what {@code _schema.yml} says of it
   * @param zone the project's timezone
   */
  static Model read(
      SourceText source,
      TableName name,
      Optional<Described> sidecar,
      ZoneId zone,
      Problems problems) {
    boolean python = ProjectFiles.isPython(source.file());
    Optional<YamlMap> header =
        python
            ? PythonBlock.read(source, PYTHON_KEYS, problems)
            : HeaderReader.read(source, problems);
    ModelReader reader = new ModelReader(source, name, zone, problems);
    Model model =
        header.map(map -> reader.model(map, sidecar)).orElseGet(() -> reader.plain(sidecar));
    if (python) {
      PythonReader.requireContract(model, problems);
    }
    return model;
  }

  private boolean isPython() {
    return ProjectFiles.isPython(source.file());
  }

  private Model plain(Optional<Described> sidecar) {
    Described described = Described.nothing(source.file()).with(sidecar, problems);
    return new Model(
        name,
        source.file(),
        source.text(),
        Model.Kind.TABLE,
        described.description(),
        described.columns(),
        described.isContract(),
        described.checks(),
        described.tags(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        Model.Changes.NONE,
        List.of(),
        List.of(),
        false,
        Optional.empty(),
        isPython() ? Optional.of(PythonReader.nothing()) : Optional.empty(),
        Map.of());
  }

  private Model model(YamlMap map, Optional<Described> sidecar) {
    map.only(isPython() ? PYTHON_KEYS : KEYS, ELSEWHERE, Set.of());
    Described described = Described.read(map, map.value().location()).with(sidecar, problems);
    Model.Kind written =
        map.get("kind").flatMap(value -> value.asOneOf(KINDS)).orElse(Model.Kind.TABLE);
    Model.Kind kind = isPython() ? PythonReader.kind(map, written) : written;
    Optional<Model.Time> time = TimeReader.read(map, kind, zone);
    List<String> key = columnNames(map, "key");
    boolean timed = kind != Model.Kind.INCREMENTAL || time.isPresent();
    if (kind == Model.Kind.VIEW) {
      noteStoredOnly(map);
    }
    return new Model(
        name,
        source.file(),
        source.text(),
        timed ? kind : Model.Kind.TABLE,
        described.description(),
        described.columns(),
        described.isContract(),
        KeyChecks.with(described.checks(), kind, key, map.at("key")),
        described.tags(),
        time,
        key,
        partitions(map),
        columnNames(map, "sort_by").stream().map(SortField::parse).toList(),
        ChangesReader.read(map, kind, key),
        ExportReader.read(map, key),
        ignored(map),
        map.truth("volatile", false),
        refresh(map),
        isPython() ? Optional.of(PythonReader.read(map, kind)) : Optional.empty(),
        places(map));
  }

  private void noteStoredOnly(YamlMap map) {
    for (String key : STORED_ONLY) {
      if (map.has(key)) {
        problems.error(
            map.at(key),
            "\"" + key + "\" has no effect on a view",
            "remove it, or use kind: table");
      }
    }
  }

  private List<String> columnNames(YamlMap map, String key) {
    List<String> names = map.texts(key);
    if (map.has(key) && names.stream().anyMatch(String::isBlank)) {
      problems.error(map.at(key), "a column's name is empty");
    }
    return names.stream().distinct().toList();
  }

  private List<PartitionField> partitions(YamlMap map) {
    List<PartitionField> fields = new ArrayList<>();
    for (YamlValue item : map.get("partition_by").map(YamlValue::asListOrOne).orElse(List.of())) {
      item.asText().flatMap(text -> partition(item, text)).ifPresent(fields::add);
    }
    return fields;
  }

  private Optional<PartitionField> partition(YamlValue value, String text) {
    Optional<Call> call = Call.parse(text);
    if (call.isEmpty()) {
      boolean name = text.startsWith("\"") || (text.indexOf('(') < 0 && text.indexOf(')') < 0);
      if (!name) {
        value.error("\"" + text + "\" is not a partition", "write a column, or month(column)");
      }
      return name
          ? Optional.of(new PartitionField(Call.unquoted(text), PartitionField.Transform.IDENTITY))
          : Optional.empty();
    }
    Map<String, PartitionField.Transform> transforms = new TreeMap<>();
    for (PartitionField.Transform transform : PartitionField.Transform.values()) {
      transforms.put(transform.name().toLowerCase(Locale.ROOT), transform);
    }
    PartitionField.Transform transform = transforms.get(call.get().name());
    if (transform == null) {
      problems.error(
          value.textLocation(),
          "\"" + call.get().name() + "\" is not a way to partition",
          Problems.knownNames(call.get().name(), transforms.keySet()));
      return Optional.empty();
    }
    if (call.get().arguments().size() != 1) {
      value.error("\"" + call.get().name() + "\" takes one column");
      return Optional.empty();
    }
    return Optional.of(
        new PartitionField(Call.unquoted(call.get().arguments().getFirst()), transform));
  }

  private List<TableName> ignored(YamlMap map) {
    List<TableName> tables = new ArrayList<>();
    for (YamlValue item : map.get("ignore_changes").map(YamlValue::asListOrOne).orElse(List.of())) {
      item.asText()
          .ifPresent(text -> {
            Optional<TableName> table = NameRules.table(text);
            if (table.isEmpty()) {
              item.error("\"" + text + "\" is not a table", "write schema.table");
            }
            table.ifPresent(tables::add);
          });
    }
    return tables;
  }

  private static Optional<Duration> refresh(YamlMap map) {
    return map.get("refresh").flatMap(Values::duration);
  }

  private static Map<String, Location> places(YamlMap map) {
    Map<String, Location> places = new HashMap<>();
    map.entries().forEach(entry -> places.put(entry.key(), entry.at()));
    return places;
  }
}
