package dev.towpath.core.project;

import dev.towpath.core.project.ChartType.Channel;
import dev.towpath.core.project.Dashboard.Block;
import dev.towpath.core.project.Dashboard.Click;
import dev.towpath.core.project.Dashboard.Link;
import dev.towpath.core.project.Dashboard.Look;
import dev.towpath.core.project.Dashboard.Query;
import dev.towpath.core.project.Dashboard.Ref;
import dev.towpath.core.project.Dashboard.Shown;
import dev.towpath.core.project.Dashboard.Sort;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Reads the YAML of a chart, a table or a metric. */
final class BlockReader {
  static final Set<String> COMMON =
      Set.of("id", "query", "sql", "title", "format", "height", "width");
  static final Set<String> CLICKS = Set.of("filter", "link");
  static final Set<String> TABLE_KEYS = with(COMMON, "columns", "page", "filter", "link", "sort");
  static final Set<String> METRIC_KEYS = with(COMMON, "value", "compare", "better");
  static final Set<String> COLUMN_KEYS = Set.of("name", "label", "format", "link");
  static final List<String> WIDTHS = List.of("full", "half", "third", "quarter");
  static final List<String> BETTER = List.of("higher", "lower");
  static final List<String> SCOPES =
      List.of(
          "world", "usa", "europe", "asia", "africa", "north america", "south america", "oceania");

  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "color", "series", "label", "title", "data", "query", "names", "x", "labels", "x",
          "values", "y", "name", "title");

  static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,59}");
  private static final Pattern COLOR =
      Pattern.compile("#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{3}|[a-z]{3,20}");
  private static final Pattern FORMAT =
      Pattern.compile(
          "(?=.)\\+?[$€£]?,?(\\.\\d{1,2})?[%dfsrg]?"
              + "|integer|(decimal|percent)(:\\d{1,2})?|compact|currency(:[A-Z]{3})?|bytes|duration"
              + "|date|datetime|month");
  private static final Pattern SORT =
      Pattern.compile("(.*?)(?:\\s+(asc|desc))?", Pattern.CASE_INSENSITIVE);
  private static final int DEFAULT_PAGE = 20;
  private static final int MOST_PAGE = 1_000;
  private static final int LEAST_HEIGHT = 40;
  private static final int MOST_HEIGHT = 4_000;

  private final YamlMap map;
  private final String fallbackId;
  private final Location at;
  private final Consumer<Query> queries;

  /**
   * Reads a block.
   *
   * @param fallbackId its id when it says none
   * @param at where it starts
   * @param queries takes the query that stands in it, if one does
   */
  BlockReader(YamlMap map, String fallbackId, Location at, Consumer<Query> queries) {
    this.map = map;
    this.fallbackId = fallbackId;
    this.at = at;
    this.queries = queries;
  }

  /** Reads only how a block looks. */
  BlockReader(YamlMap map) {
    this(map, "", map.value().location(), _ -> {});
  }

  static Set<String> with(Set<String> keys, String... more) {
    Set<String> all = new HashSet<>(keys);
    all.addAll(List.of(more));
    return Set.copyOf(all);
  }

  /** The keys of a type of chart. */
  static Set<String> keys(ChartType type) {
    Set<String> keys = new HashSet<>(COMMON);
    keys.add("type");
    type.channels().map(Channel::key).forEach(keys::add);
    keys.addAll(type.options());
    if (type.isClicked()) {
      keys.addAll(CLICKS);
    }
    return keys;
  }

  /** SQL that stands in YAML. */
  static Optional<Query> sql(String name, YamlValue value) {
    Optional<String> text = value.asText();
    if (text.filter(String::isBlank).isPresent()) {
      value.error("there is no SQL", "write a SELECT");
      return Optional.empty();
    }
    return text.map(sql -> {
      Location start = value.textLocation();
      // later lines of a block of text have lost their indentation, which is the first line's
      int indent = start.line() > value.location().line() ? start.column() - 1 : 0;
      return new Query(name, false, sql, start, indent);
    });
  }

  Optional<Block> chart() {
    Optional<ChartType> type =
        map.required("type", "write type: line, bar or another kind of chart")
            .flatMap(v -> v.asOneOf(ChartType.WORDS));
    if (type.isEmpty()) {
      return Optional.empty();
    }
    ChartType kind = type.get();
    map.only(keys(kind), ELSEWHERE, Set.of());
    String id = id();
    Optional<Ref> query = query(id);
    Map<Channel, List<Ref>> columns = new EnumMap<>(Channel.class);
    kind.channels().forEach(channel -> column(kind, channel, columns));
    Look look = look(kind.options());
    Click click = kind.isClicked() ? click() : Click.NONE;
    return query
        .filter(_ -> columns.keySet().containsAll(kind.needs()))
        .map(q -> new Dashboard.Chart(id, kind, q, columns, geo(), look, click, at));
  }

  private Optional<Dashboard.Geo> geo() {
    Optional<Ref> file = map.get("geo").flatMap(BlockReader::ref);
    Optional<Ref> key = map.get("key").flatMap(BlockReader::ref);
    if (key.isPresent() && !map.has("geo")) {
      map.value()
          .problems()
          .error(
              map.at("key"),
              "\"key\" is of a file of regions, and there is none",
              "write geo: dashboards/regions.geojson, too");
    }
    return file.map(f -> new Dashboard.Geo(f, key.orElse(new Ref("id", f.location()))));
  }

  private void column(ChartType type, Channel channel, Map<Channel, List<Ref>> columns) {
    String key = channel.key();
    Optional<YamlValue> value =
        type.needs().contains(channel)
            ? map.required(key, "a " + type.word() + " needs " + key + ": and a column's name")
            : map.get(key);
    value.ifPresent(v -> {
      if (v.kind() == YamlValue.Kind.LIST && !type.takesSeveral(channel)) {
        v.error("\"" + key + "\" is one column", "name one");
        return;
      }
      List<Ref> refs = refs(v);
      if (!refs.isEmpty()) {
        columns.put(channel, refs);
      }
    });
  }

  private static List<Ref> refs(YamlValue value) {
    return value.asListOrOne().stream().flatMap(item -> ref(item).stream()).toList();
  }

  private static Optional<Ref> ref(YamlValue value) {
    return value.asText().map(text -> new Ref(text, value.location()));
  }

  Optional<Block> table() {
    map.only(TABLE_KEYS, Map.of("rows", "page", "limit", "page", "label", "title"), Set.of());
    String id = id();
    Optional<Ref> query = query(id);
    List<Shown> columns = map.get("columns").map(BlockReader::columns).orElse(List.of());
    int page =
        map.get("page")
            .flatMap(v -> v.asInteger(1, MOST_PAGE))
            .map(Long::intValue)
            .orElse(DEFAULT_PAGE);
    Look look = look(Set.of("sort"));
    Click click = click();
    return query.map(q -> new Dashboard.Table(id, q, columns, page, look, click, at));
  }

  private static List<Shown> columns(YamlValue value) {
    List<Shown> columns = new ArrayList<>();
    if (value.kind() == YamlValue.Kind.MAP) {
      for (YamlMap.Entry entry : value.asMap().map(YamlMap::entries).orElse(List.of())) {
        Ref ref = new Ref(entry.key(), entry.at());
        switch (entry.value().kind()) {
          case NULL ->
              columns.add(new Shown(ref, Optional.empty(), Optional.empty(), Optional.empty()));
          case MAP -> entry.value().asMap().ifPresent(m -> columns.add(shown(ref, m)));
          default ->
              entry
                  .value()
                  .asText()
                  .ifPresent(label ->
                      columns.add(
                          new Shown(ref, Optional.of(label), Optional.empty(), Optional.empty())));
        }
      }
      return columns;
    }
    for (YamlValue item : value.asListOrOne()) {
      if (item.kind() == YamlValue.Kind.MAP) {
        item.asMap()
            .ifPresent(m ->
                m.required("name", "write name: and a column")
                    .flatMap(BlockReader::ref)
                    .ifPresent(ref -> columns.add(shown(ref, m))));
      } else {
        ref(item)
            .ifPresent(ref ->
                columns.add(new Shown(ref, Optional.empty(), Optional.empty(), Optional.empty())));
      }
    }
    return columns;
  }

  private static Shown shown(Ref ref, YamlMap map) {
    map.only(COLUMN_KEYS, Map.of("title", "label"), Set.of());
    return new Shown(
        ref,
        map.text("label"),
        map.get("format").flatMap(BlockReader::format),
        map.get("link").flatMap(BlockReader::link));
  }

  Optional<Block> metric() {
    map.only(METRIC_KEYS, Map.of("label", "title", "y", "value"), Set.of());
    String id = id();
    Optional<Ref> query = query(id);
    Optional<Ref> value =
        map.required("value", "write value: and the column that holds the number")
            .flatMap(BlockReader::ref);
    Optional<Ref> compare = map.get("compare").flatMap(BlockReader::ref);
    Look look = look(Set.of("better"));
    return query.isPresent() && value.isPresent()
        ? Optional.of(new Dashboard.Metric(id, query.get(), value.get(), compare, look, at))
        : Optional.empty();
  }

  private String id() {
    Optional<YamlValue> value = map.get("id");
    Optional<String> id = value.flatMap(YamlValue::asText);
    if (id.filter(text -> !ID.matcher(text).matches()).isPresent()) {
      value
          .orElseThrow()
          .error(
              "\"" + NameRules.shown(id.get()) + "\" cannot be an id",
              "use letters, digits, - and _, a letter first");
      return fallbackId;
    }
    return id.orElse(fallbackId);
  }

  /** The name of the query whose rows are shown. */
  private Optional<Ref> query(String id) {
    if (map.has("query") == map.has("sql")) {
      map.value()
          .problems()
          .error(
              map.has("sql") ? map.at("sql") : map.value().location(),
              map.has("sql") ? "it has both \"query\" and \"sql\"" : "it shows no query",
              "write query: and the name of one, or sql: and a SELECT");
      return Optional.empty();
    }
    if (map.has("query")) {
      return map.get("query").flatMap(BlockReader::ref);
    }
    Optional<Query> own = map.get("sql").flatMap(value -> sql(id, value));
    own.ifPresent(queries);
    return own.map(query -> new Ref(query.name(), query.start()));
  }

  private Click click() {
    Optional<Ref> filter = Optional.empty();
    Optional<Ref> column = Optional.empty();
    Optional<YamlValue> value = map.get("filter");
    if (value.isPresent() && value.get().kind() == YamlValue.Kind.MAP) {
      Optional<YamlMap> both = value.get().asMap();
      both.ifPresent(m -> m.only(Set.of("name", "column")));
      filter =
          both.flatMap(m -> m.required("name", "write name: and a filter"))
              .flatMap(BlockReader::ref);
      column = both.flatMap(m -> m.get("column")).flatMap(BlockReader::ref);
    } else if (value.isPresent()) {
      filter = ref(value.get());
    }
    return new Click(filter, column, map.get("link").flatMap(BlockReader::link));
  }

  private static Optional<Link> link(YamlValue value) {
    Optional<String> text = value.asText();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int mark = text.get().indexOf('?');
    String dashboard = mark < 0 ? text.get() : text.get().substring(0, mark);
    Map<String, String> values = new LinkedHashMap<>();
    for (String part : mark < 0 ? new String[0] : text.get().substring(mark + 1).split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals <= 0) {
        value.error(
            "\"" + NameRules.shown(part) + "\" sets no filter",
            "write a link such as routes?origin={origin}");
        return Optional.empty();
      }
      values.put(part.substring(0, equals), part.substring(equals + 1));
    }
    return Optional.of(new Link(text.get(), dashboard, values, value.location()));
  }

  /** How it looks; the options are those that only some blocks have. */
  Look look(Set<String> options) {
    Map<String, Object> plain = new LinkedHashMap<>();
    for (String key : options) {
      Optional<YamlValue> value = map.get(key);
      switch (key) {
        case "stack", "horizontal" ->
            value.flatMap(YamlValue::asBoolean).ifPresent(v -> plain.put(key, v));
        case "x_title", "y_title" ->
            value.flatMap(YamlValue::asText).ifPresent(v -> plain.put(key, v));
        case "bins" -> value.flatMap(v -> v.asInteger(1, 1_000)).ifPresent(v -> plain.put(key, v));
        case "min", "max" -> value.flatMap(BlockReader::number).ifPresent(v -> plain.put(key, v));
        case "better" -> value.flatMap(v -> word(v, BETTER)).ifPresent(v -> plain.put(key, v));
        case "scope" -> value.flatMap(v -> word(v, SCOPES)).ifPresent(v -> plain.put(key, v));
        case "sort", "colors", "geo", "key" -> {
          // read below
        }
        default -> throw new IllegalStateException("nobody reads " + key);
      }
    }
    return new Look(
        map.text("title"),
        map.get("format").flatMap(BlockReader::format),
        map.get("height").flatMap(v -> v.asInteger(LEAST_HEIGHT, MOST_HEIGHT)).map(Long::intValue),
        map.get("width").flatMap(v -> word(v, WIDTHS)).orElse("full"),
        options.contains("sort") ? map.get("sort").flatMap(BlockReader::sort) : Optional.empty(),
        options.contains("colors")
            ? map.get("colors").map(BlockReader::colors).orElse(List.of())
            : List.of(),
        plain);
  }

  private static Optional<String> word(YamlValue value, List<String> words) {
    Map<String, String> all = new LinkedHashMap<>();
    words.forEach(word -> all.put(word, word));
    return value.asOneOf(all);
  }

  private static Optional<Double> number(YamlValue value) {
    Optional<Double> number =
        switch (value.kind()) {
          case INTEGER, DECIMAL -> value.scalar().map(Double::valueOf);
          default -> Optional.empty();
        };
    if (number.filter(n -> Double.isFinite(n)).isEmpty()) {
      value.error("it must be a number");
      return Optional.empty();
    }
    return number;
  }

  private static Optional<String> format(YamlValue value) {
    Optional<String> text = value.asText();
    if (text.filter(t -> !FORMAT.matcher(t).matches()).isPresent()) {
      value.error(
          "\"" + NameRules.shown(text.orElse("")) + "\" is no format",
          "write one such as \",.1f\" (1,234.5), \",d\" (1,234), \".1%\" (12.3% of 0.123), compact,"
              + " currency:EUR, date or month");
      return Optional.empty();
    }
    return text;
  }

  private static Optional<Sort> sort(YamlValue value) {
    return value
        .asText()
        .map(text -> {
          var match = SORT.matcher(text.strip());
          boolean matches = match.matches();
          String column = matches ? match.group(1) : text;
          boolean down = matches && "desc".equalsIgnoreCase(match.group(2));
          return new Sort(new Ref(column, value.location()), down);
        });
  }

  private static List<String> colors(YamlValue value) {
    List<String> colors = new ArrayList<>();
    for (YamlValue item : value.asListOrOne()) {
      Optional<String> text = item.asText();
      if (text.filter(t -> !COLOR.matcher(t).matches()).isPresent()) {
        item.error(
            "\"" + NameRules.shown(text.get()) + "\" is no colour",
            "write one such as \"#0B6BCB\"");
      } else {
        text.ifPresent(colors::add);
      }
    }
    return colors;
  }
}
