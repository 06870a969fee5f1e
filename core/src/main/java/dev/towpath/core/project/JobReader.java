package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads one file of {@code jobs/}. */
final class JobReader {
  /** Keys that every job takes. */
  static final Set<String> KEYS =
      Set.of(
          "type",
          "description",
          "tags",
          "needs",
          "retries",
          "timeout",
          "when",
          "trigger_rule",
          "pool",
          "priority",
          "for_each",
          "for_each_limit",
          "params");

  /** What {@code trigger_rule:} takes. */
  static final Map<String, TriggerRule> RULES =
      Arrays.stream(TriggerRule.values())
          .collect(
              Collectors.toUnmodifiableMap(
                  rule -> rule.name().toLowerCase(Locale.ROOT), rule -> rule));

  private static final int ROWS = 1_000;
  private static final int MOST_ROWS = 10_000;

  private final Path root;
  private final Path files;
  private final SourceText source;
  private final Map<String, JobRunner> runners = new TreeMap<>();
  private final Problems problems;

  private JobReader(
      Path root,
      Path files,
      SourceText source,
      Collection<? extends JobRunner> runners,
      Problems problems) {
    this.root = root;
    this.files = files;
    this.source = source;
    this.problems = problems;
    runners.forEach(runner -> this.runners.put(runner.type(), runner));
  }

  /** Reads a job; empty when it has no known type, which is noted. */
  static Optional<Job> read(
      Path root,
      Path files,
      SourceText source,
      String name,
      Collection<? extends JobRunner> runners,
      Problems problems) {
    Optional<YamlMap> map = Yaml.read(source, problems).flatMap(YamlValue::asMap);
    if (map.isEmpty() && problems.list().isEmpty()) {
      problems.error(
          new Location(source.file(), 1, 1), "the file is empty", "write type: shell and run: ...");
    }
    return map.flatMap(m -> new JobReader(root, files, source, runners, problems).job(m, name));
  }

  private Optional<Job> job(YamlMap map, String name) {
    Optional<JobRunner> runner =
        map.required("type", "write type: and one of " + String.join(", ", runners.keySet()))
            .flatMap(value -> value.asOneOf(runners));
    if (runner.isEmpty()) {
      return Optional.empty();
    }
    Set<String> known = new TreeSet<>(KEYS);
    known.addAll(runner.get().keys());
    map.only(known);
    Map<String, Location> places = new HashMap<>();
    Map<String, Object> options = new LinkedHashMap<>();
    for (YamlMap.Entry entry : map.entries()) {
      places.put(entry.key(), entry.at());
      places.put(entry.key() + ":", entry.value().textLocation());
      if (entry.key().equals("memory") && runner.get().keys().contains("memory")) {
        map.get("memory").flatMap(Values::size).ifPresent(bytes -> options.put("memory", bytes));
      } else if (!KEYS.contains(entry.key()) || runner.get().keys().contains(entry.key())) {
        map.get(entry.key()).ifPresent(v -> options.put(entry.key(), v.plain((_, text) -> text)));
      }
    }
    JobRunner.Job declaration =
        new JobRunner.Job(name, source.file(), root, files, options, places);
    runner
        .get()
        .check(declaration)
        .forEach(p -> problems.error(p.location(), p.message(), p.hint()));
    List<TableName> tables = new ArrayList<>();
    List<String> jobs = new ArrayList<>();
    map.get("needs")
        .map(YamlValue::asListOrOne)
        .orElse(List.of())
        .forEach(value -> need(value, tables, jobs));
    return Optional.of(
        new Job(
            name,
            source.file(),
            runner.get().type(),
            map.text("description"),
            map.texts("tags"),
            declaration,
            tables,
            jobs,
            map.get("retries").map(value -> RetriesReader.read(value)),
            map.get("timeout").flatMap(Values::duration),
            control(map, runner.get().keys().contains("params")),
            new Location(source.file(), 1, 1)));
  }

  private Job.Control control(YamlMap map, boolean checked) {
    if (map.has("for_each_limit") && !map.has("for_each")) {
      problems.error(
          map.at("for_each_limit"),
          "\"for_each_limit\" needs \"for_each\"",
          "add for_each: and a query, or remove it");
    }
    return new Job.Control(
        sql(map, "when"),
        map.get("trigger_rule").flatMap(v -> v.asOneOf(RULES)).orElse(TriggerRule.ALL_SUCCESS),
        map.text("pool").orElse(Job.DEFAULT_POOL),
        map.get("priority").flatMap(v -> v.asInteger(-1_000, 1_000)).map(Math::toIntExact),
        sql(map, "for_each"),
        map.get("for_each_limit")
            .flatMap(v -> v.asInteger(1, MOST_ROWS))
            .map(Math::toIntExact)
            .orElse(ROWS),
        params(map, checked));
  }

  private static Optional<Job.Sql> sql(YamlMap map, String key) {
    return map.get(key).flatMap(v -> v.asText().map(t -> new Job.Sql(t, v.textLocation())));
  }

  /**
   * The values that a job is given.
   *
   * @param checked whether its runner says what is wrong with them
   */
  private Map<String, Object> params(YamlMap map, boolean checked) {
    Map<String, Object> params = new LinkedHashMap<>();
    for (YamlMap.Entry entry :
        map.get("params")
            .filter(value -> !checked || value.kind() == YamlValue.Kind.MAP)
            .flatMap(YamlValue::asMap)
            .map(YamlMap::entries)
            .orElse(List.of())) {
      if (NameRules.isParameter(entry.key())) {
        params.put(entry.key(), entry.value().plain((_, text) -> text));
      } else if (!checked) {
        problems.error(
            entry.at(),
            "\"" + NameRules.shown(entry.key()) + "\" cannot be the name of a parameter",
            "use letters, digits and _");
      }
    }
    return params;
  }

  private static void need(YamlValue value, List<TableName> tables, List<String> jobs) {
    Optional<String> text = value.asText();
    if (text.isEmpty()) {
      return;
    }
    if (text.get().startsWith("job:")) {
      jobs.add(text.get().substring("job:".length()));
      return;
    }
    Optional<TableName> table = NameRules.table(text.get());
    if (table.isEmpty()) {
      value.error(
          "\"" + text.get() + "\" is neither a table nor a job", "write schema.table, or job:name");
    }
    table.ifPresent(tables::add);
  }
}
