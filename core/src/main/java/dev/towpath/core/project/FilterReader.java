package dev.towpath.core.project;

import dev.towpath.core.project.Dashboard.Choice;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.core.project.Dashboard.Query;
import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the {@code filters} of a dashboard: a list, or a map by their names. */
final class FilterReader {
  static final Set<String> KEYS =
      Set.of("name", "type", "label", "default", "list", "required", "min", "max", "options");

  /** What a page's address says besides its filters. */
  private static final Set<String> TAKEN =
      Set.of("release", "format", "block", "filters", "expires", "signature", "theme");

  private static final String RANGE = " range";
  private static final Set<String> ENDS = Set.of("from", "to");
  private static final Set<String> RANGES =
      Set.of("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "INTEGER", "BIGINT", "DOUBLE");

  private final Problems problems;
  private final Map<String, Location> taken = new HashMap<>();

  private FilterReader(Problems problems) {
    this.problems = problems;
  }

  static List<Filter> read(YamlMap owner, Problems problems) {
    Optional<YamlValue> filters = owner.get("filters");
    return filters.map(new FilterReader(problems)::filters).orElse(List.of());
  }

  private List<Filter> filters(YamlValue value) {
    List<Filter> filters = new ArrayList<>();
    if (value.kind() == YamlValue.Kind.LIST) {
      for (YamlValue item : value.asList()) {
        item.asMap()
            .ifPresent(map ->
                map.required("name", "write name: and what SQL calls it")
                    .ifPresent(name ->
                        name.asText()
                            .flatMap(text -> filter(text, name.location(), map))
                            .ifPresent(filters::add)));
      }
      return filters;
    }
    for (YamlMap.Entry entry : value.asMap().map(YamlMap::entries).orElse(List.of())) {
      if (entry.value().kind() == YamlValue.Kind.TEXT) {
        type(entry.value())
            .flatMap(type -> filter(entry.key(), entry.at(), type, Said.NOTHING))
            .ifPresent(filters::add);
      } else {
        entry
            .value()
            .asMap()
            .flatMap(map -> filter(entry.key(), entry.at(), map))
            .ifPresent(filters::add);
      }
    }
    return filters;
  }

  /** A type, and whether a range of it is meant. */
  private record Typed(DataType type, boolean range) {}

  /** What is said of a filter besides its name and type. */
  private record Said(
      boolean list,
      boolean required,
      Optional<String> low,
      Optional<String> high,
      Optional<String> label,
      Map<String, List<String>> fallback,
      List<Choice> choices,
      Optional<Query> options) {
    static final Said NOTHING =
        new Said(
            false,
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            List.of(),
            Optional.empty());
  }

  private Optional<Typed> type(YamlValue value) {
    Optional<String> text = value.asText();
    boolean range = text.map(t -> t.strip().toLowerCase(Locale.ROOT).endsWith(RANGE)).orElse(false);
    if (!range) {
      return ColumnReader.type(value).map(type -> new Typed(type, false));
    }
    String one = text.orElseThrow().strip();
    String inner = one.substring(0, one.length() - RANGE.length()).strip();
    try {
      DataType type = DataType.parse(inner);
      if (type instanceof DataType.Decimal || RANGES.contains(type.sql())) {
        return Optional.of(new Typed(type, true));
      }
      value.error(
          "there is no range of " + type.sql(), "a range is of date, timestamp, integer or double");
    } catch (dev.towpath.spi.TowpathException e) {
      problems.error(value.location(), String.valueOf(e.getMessage()), e.hint());
    }
    return Optional.empty();
  }

  private Optional<Filter> filter(String name, Location at, YamlMap map) {
    map.only(KEYS, Map.of("params", "type", "values", "options", "title", "label"), Set.of());
    Optional<Typed> type =
        map.required("type", "write type: and a type such as varchar, or date range")
            .flatMap(this::type);
    boolean range = type.map(Typed::range).orElse(false);
    boolean list = map.truth("list", false);
    Map<String, List<String>> fallback = fallback(name, map, range, list);
    List<Choice> choices = choices(map);
    if (range && list) {
      problems.error(map.at("list"), "a range is no list", "take list: out");
    }
    if (range && map.has("options")) {
      problems.error(map.at("options"), "a range has no options", "bound it with min: and max:");
    }
    Said said =
        new Said(
            list,
            map.truth("required", false),
            map.get("min").flatMap(YamlValue::asScalar),
            map.get("max").flatMap(YamlValue::asScalar),
            map.text("label"),
            fallback,
            choices,
            options(name, map));
    if (!choices.isEmpty()) {
      List<String> values = choices.stream().map(Choice::value).toList();
      fallback.values().stream()
          .flatMap(List::stream)
          .filter(v -> !values.contains(v))
          .forEach(v ->
              problems.error(
                  map.at("default"),
                  "the default \"" + NameRules.shown(v) + "\" is not among the options",
                  Problems.knownNames(v, values)));
    }
    return type.flatMap(t -> filter(name, at, t, said));
  }

  private Optional<Filter> filter(String name, Location at, Typed type, Said said) {
    if (!NameRules.isParameter(name)) {
      problems.error(
          at,
          "\"" + NameRules.shown(name) + "\" cannot be the name of a filter",
          "SQL says $name: use letters, digits and _");
      return Optional.empty();
    }
    if (TAKEN.contains(name)) {
      problems.error(
          at, "\"" + name + "\" means something else in a page's address", "give it another name");
      return Optional.empty();
    }
    List<String> names = type.range() ? List.of(name + ".from", name + ".to") : List.of(name);
    for (String one : names) {
      Location earlier = taken.putIfAbsent(Filter.inSql(one).toLowerCase(Locale.ROOT), at);
      if (earlier != null) {
        problems.error(
            at,
            "the filter $" + Filter.inSql(one) + " is there already",
            "it is also on line " + earlier.line() + "; rename one");
        return Optional.empty();
      }
    }
    List<String> values = said.choices().stream().map(Choice::value).toList();
    List<Parameter> parameters = new ArrayList<>();
    for (String one : names) {
      parameters.add(
          new Parameter(
              one,
              type.type(),
              Optional.empty(),
              said.low(),
              said.high(),
              values,
              said.list() && !type.range(),
              !said.required(),
              at));
    }
    return Optional.of(
        new Filter(
            name,
            type.range(),
            parameters,
            said.fallback(),
            said.label(),
            said.choices(),
            said.options(),
            at));
  }

  /** What holds when nobody chose, by the names that an address has for it. */
  private Map<String, List<String>> fallback(
      String name, YamlMap map, boolean range, boolean list) {
    Map<String, List<String>> fallback = new LinkedHashMap<>();
    Optional<YamlValue> given = map.get("default");
    if (given.isEmpty()) {
      return fallback;
    }
    if (range) {
      given
          .flatMap(YamlValue::asMap)
          .ifPresent(ends -> {
            ends.only(ENDS);
            for (String end : ENDS) {
              ends.get(end)
                  .flatMap(YamlValue::asScalar)
                  .ifPresent(v -> fallback.put(name + "." + end, List.of(v)));
            }
          });
    } else {
      List<YamlValue> items = list ? given.get().asListOrOne() : List.of(given.get());
      List<String> texts = items.stream().flatMap(v -> v.asScalar().stream()).toList();
      if (!texts.isEmpty()) {
        fallback.put(name, texts);
      }
    }
    return fallback;
  }

  private List<Choice> choices(YamlMap map) {
    Optional<YamlValue> options = map.get("options");
    if (options.isEmpty() || options.get().kind() != YamlValue.Kind.LIST) {
      return List.of();
    }
    List<Choice> choices = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (YamlValue item : options.get().asList()) {
      Optional<Choice> choice =
          item.kind() == YamlValue.Kind.MAP
              ? item.asMap().flatMap(FilterReader::choice)
              : item.asScalar().map(value -> new Choice(value, value));
      if (choice.isPresent() && !seen.add(choice.get().value())) {
        item.error("the option \"" + NameRules.shown(choice.get().value()) + "\" stands twice");
      }
      choice.ifPresent(choices::add);
    }
    if (choices.isEmpty() && problems.list().isEmpty()) {
      options.get().error("there are no options", "list some, or leave options: out");
    }
    return choices;
  }

  private static Optional<Choice> choice(YamlMap map) {
    map.only(Set.of("value", "label"));
    Optional<String> value =
        map.required("value", "write value: and what the filter is then")
            .flatMap(YamlValue::asScalar);
    Optional<String> label = map.get("label").flatMap(YamlValue::asScalar);
    return value.map(v -> new Choice(v, label.orElse(v)));
  }

  private static Optional<Query> options(String name, YamlMap map) {
    return map.get("options")
        .filter(v -> v.kind() != YamlValue.Kind.LIST)
        .flatMap(value -> BlockReader.sql("options of " + name, value));
  }
}
