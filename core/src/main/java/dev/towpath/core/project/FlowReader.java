package dev.towpath.core.project;

import dev.towpath.core.interval.CronExpression;
import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one file of {@code flows/}. */
final class FlowReader {
  static final Set<String> TRIGGERS = Set.of("cron", "every", "after", "webhook");
  static final Set<String> KEYS =
      Set.of(
          "description",
          "tags",
          "cron",
          "every",
          "after",
          "webhook",
          "timezone",
          "start",
          "end",
          "catchup",
          "run",
          "finally",
          "params",
          "concurrency",
          "retries",
          "timeout",
          "deadline",
          "priority",
          "paused",
          "notify");

  /** What other tools call a key. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "schedule", "cron",
          "schedule_interval", "cron",
          "interval", "every",
          "select", "run",
          "tasks", "run",
          "start_date", "start",
          "end_date", "end",
          "tz", "timezone",
          "max_active_runs", "concurrency");

  static final Map<String, Flow.Concurrency> CONCURRENCY =
      Map.of(
          "queue", Flow.Concurrency.QUEUE,
          "skip", Flow.Concurrency.SKIP,
          "cancel", Flow.Concurrency.CANCEL);

  private final SourceText source;
  private final List<Flow.Notice> notices;
  private final Problems problems;

  private FlowReader(SourceText source, List<Flow.Notice> notices, Problems problems) {
    this.source = source;
    this.notices = notices;
    this.problems = problems;
  }

  /**
   * Reads a flow; empty when the file is no map, which is noted.
   *
   * @param notices whom the project tells of flows that do not say themselves
   */
  static Optional<Flow> read(
      SourceText source,
      String name,
      ZoneId projectZone,
      List<Flow.Notice> notices,
      Problems problems) {
    Optional<YamlMap> map = Yaml.read(source, problems).flatMap(YamlValue::asMap);
    if (map.isEmpty() && problems.list().isEmpty()) {
      problems.error(
          new Location(source.file(), 1, 1),
          "the file is empty",
          "write cron: \"0 2 * * *\" and run: [marts.*]");
    }
    return map.map(m -> new FlowReader(source, notices, problems).flow(m, name, projectZone));
  }

  private Flow flow(YamlMap map, String name, ZoneId projectZone) {
    map.only(KEYS, ELSEWHERE, List.of());
    ZoneId zone = map.get("timezone").flatMap(TimeReader::zone).orElse(projectZone);
    Map<String, Location> keys = new HashMap<>();
    map.entries().forEach(entry -> keys.put(entry.key(), entry.at()));
    Optional<LocalDateTime> start = map.get("start").flatMap(FlowReader::moment);
    Optional<LocalDateTime> end = map.get("end").flatMap(FlowReader::moment);
    if (start.isPresent() && end.isPresent() && !end.get().isAfter(start.get())) {
      problems.error(map.at("end"), "\"end\" is not after \"start\"", "no run would ever be due");
    }
    List<Flow.Choice> select =
        map
            .required("run", "write run: and what it runs, such as [marts.*, \"tag:finance\"]")
            .map(YamlValue::asListOrOne)
            .orElse(List.of())
            .stream()
            .flatMap(v -> v.asText().map(text -> new Flow.Choice(text, v.location())).stream())
            .toList();
    if (select.isEmpty() && map.has("run") && problems.list().isEmpty()) {
      problems.error(map.at("run"), "\"run\" chooses nothing", "write \"*\" for everything");
    }
    return new Flow(
        name,
        source.file(),
        map.text("description"),
        map.texts("tags"),
        trigger(map),
        select,
        last(map),
        zone,
        start,
        end,
        map.truth("catchup", false),
        ParameterReader.read(map, problems, false),
        map.get("concurrency").flatMap(v -> v.asOneOf(CONCURRENCY)).orElse(Flow.Concurrency.QUEUE),
        map.get("retries").map(RetriesReader::read).orElse(Flow.Retries.NONE),
        map.get("timeout").flatMap(Values::duration),
        map.get("deadline").flatMap(Values::duration),
        map.get("priority").flatMap(v -> v.asInteger(-1_000, 1_000)).orElse(0L).intValue(),
        map.truth("paused", false),
        map.has("notify") ? NoticeReader.read(map, NoticeReader.FLOW_EVENTS) : notices,
        keys);
  }

  private static List<Flow.Choice> last(YamlMap map) {
    List<Flow.Choice> last = new ArrayList<>();
    for (YamlValue value : map.get("finally").map(YamlValue::asListOrOne).orElse(List.of())) {
      Optional<String> text = value.asText();
      if (text.isPresent() && !text.get().startsWith("job:")) {
        value.error("\"finally\" takes jobs only", "write job:NAME");
      } else {
        text.ifPresent(t -> last.add(new Flow.Choice(t, value.location())));
      }
    }
    return last;
  }

  private Flow.Trigger trigger(YamlMap map) {
    List<String> there = TRIGGERS.stream().filter(map::has).sorted().toList();
    if (there.size() > 1) {
      problems.error(
          map.at(there.get(1)),
          "a flow has one trigger, not both \"" + there.get(0) + "\" and \"" + there.get(1) + "\"",
          "keep one; the other can be a flow of its own with the same run:");
    }
    if (!map.has("cron") && !map.has("every")) {
      for (String key : List.of("start", "end", "catchup")) {
        if (map.has(key)) {
          problems.error(
              map.at(key), "\"" + key + "\" needs a schedule", "add cron: or every:, or remove it");
        }
      }
    }
    if (there.isEmpty()) {
      return new Flow.Manual();
    }
    return switch (there.getFirst()) {
      case "cron" -> map.get("cron").flatMap(this::cron).orElseGet(Flow.Manual::new);
      case "every" ->
          map.get("every")
              .flatMap(Values::duration)
              .<Flow.Trigger>map(Flow.Every::new)
              .orElseGet(Flow.Manual::new);
      case "webhook" ->
          map.get("webhook")
              .flatMap(YamlValue::asText)
              .<Flow.Trigger>map(Flow.Webhook::new)
              .orElseGet(Flow.Manual::new);
      default -> map.get("after").map(this::after).orElseGet(Flow.Manual::new);
    };
  }

  private Optional<Flow.Trigger> cron(YamlValue value) {
    Optional<String> text = value.asText();
    Optional<String> mistake = text.flatMap(CronExpression::mistake);
    mistake.ifPresent(m ->
        value.error(
            m, "five fields: minute hour day-of-month month day-of-week, as \"0 2 * * *\""));
    return mistake.isPresent() ? Optional.empty() : text.map(Flow.Cron::new);
  }

  private Flow.Trigger after(YamlValue value) {
    if (value.kind() != YamlValue.Kind.MAP) {
      return new Flow.After(tables(value), false);
    }
    Optional<YamlMap> map = value.asMap();
    map.ifPresent(m -> m.only(Set.of("all", "any")));
    boolean all = map.map(m -> m.has("all")).orElse(false);
    if (map.isPresent() && all == map.get().has("any")) {
      value.error(
          "\"after\" has either \"all\" or \"any\"", "write after: {all: [staging.orders]}");
    }
    return new Flow.After(
        map.flatMap(m -> m.get(all ? "all" : "any")).map(this::tables).orElse(List.of()), all);
  }

  private List<TableName> tables(YamlValue value) {
    List<TableName> tables = new ArrayList<>();
    for (YamlValue item : value.asListOrOne()) {
      Optional<String> text = item.asText();
      Optional<TableName> table = text.flatMap(NameRules::table);
      if (text.isPresent() && table.isEmpty()) {
        item.error("\"" + text.get() + "\" is not a table", "write schema.table");
      }
      table.ifPresent(tables::add);
    }
    return tables;
  }

  private static Optional<LocalDateTime> moment(YamlValue value) {
    Optional<String> text = value.asText();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      String iso = text.get().replace(' ', 'T');
      return Optional.of(
          iso.contains("T") ? LocalDateTime.parse(iso) : LocalDate.parse(iso).atStartOfDay());
    } catch (DateTimeException _) {
      value.error(
          "\"" + text.get() + "\" is not a date",
          "write a date such as 2026-01-01, or 2026-01-01T06:00, in the flow's timezone");
      return Optional.empty();
    }
  }
}
