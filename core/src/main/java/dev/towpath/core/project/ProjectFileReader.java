package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.Yaml;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.S3Connection;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code towpath.yml}. */
final class ProjectFileReader {
  static final String FILE = "towpath.yml";
  static final Set<String> KEYS =
      Set.of(
          "project",
          "version",
          "environments",
          "vars",
          "timezone",
          "on_request",
          "pools",
          "access",
          "embed",
          "notify",
          "smtp",
          "connections");
  static final Set<String> ENVIRONMENT_KEYS =
      Set.of("engine", "lake", "metadata", "memory", "threads", "keep");
  static final Set<String> EMBED_KEYS = Set.of("origins");
  private static final Pattern ORIGIN =
      Pattern.compile("https?://(\\*\\.)?[A-Za-z0-9.-]+(:\\d{1,5})?");
  static final Set<String> ENGINE_KEYS = Set.of("type", "url");

  private final Variables variables;
  private final Problems problems;

  private ProjectFileReader(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  /** What the file says, defaults filled in. */
  record Content(
      String name,
      List<Environment> environments,
      Map<String, Variable> vars,
      ZoneId zone,
      List<Flow.Choice> onRequest,
      Map<String, Integer> pools,
      Map<String, S3Connection> connections,
      Telling telling,
      AccessRules access,
      List<String> embedding) {}

  /** Reads the file; what is broken is noted and gets its default. */
  static Content read(SourceText source, String folder, Variables variables, Problems problems) {
    Optional<YamlMap> map = Yaml.read(source, problems).flatMap(YamlValue::asMap);
    if (map.isEmpty()) {
      if (problems.list().isEmpty()) {
        problems.error(new Location(FILE, 1, 1), "the file is empty", "write project: " + folder);
      }
      return new Content(
          folder,
          List.of(dev()),
          Map.of(),
          ZoneOffset.UTC,
          List.of(),
          Map.of(),
          Map.of(),
          Telling.NONE,
          AccessRules.NONE,
          List.of());
    }
    return new ProjectFileReader(variables, problems).content(map.get(), folder);
  }

  private static Environment dev() {
    return new Environment(
        "dev",
        "duckdb",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Location(FILE, 1, 1),
        List.of());
  }

  private Content content(YamlMap map, String folder) {
    map.only(KEYS);
    String name =
        map.required("project", "write project: " + folder)
            .flatMap(YamlValue::asText)
            .orElse(folder);
    map.get("version").ifPresent(this::version);
    ZoneId zone = map.get("timezone").flatMap(TimeReader::zone).orElse(ZoneOffset.UTC);
    List<Flow.Choice> onRequest =
        map.get("on_request").map(YamlValue::asListOrOne).orElse(List.of()).stream()
            .flatMap(v -> v.asText().map(text -> new Flow.Choice(text, v.location())).stream())
            .toList();
    return new Content(
        name,
        environments(map),
        vars(map),
        zone,
        onRequest,
        pools(map),
        ConnectionReader.read(map),
        NoticeReader.telling(map),
        AccessReader.read(map),
        embedding(map));
  }

  /** The origins whose pages may show dashboards in a frame. */
  private static List<String> embedding(YamlMap map) {
    Optional<YamlMap> embed = map.get("embed").flatMap(YamlValue::asMap);
    embed.ifPresent(m -> m.only(EMBED_KEYS));
    List<String> origins = new ArrayList<>();
    for (YamlValue item :
        embed.flatMap(m -> m.get("origins")).map(YamlValue::asListOrOne).orElse(List.of())) {
      Optional<String> text = item.asText();
      if (text.filter(t -> !ORIGIN.matcher(t).matches()).isPresent()) {
        item.error(
            "\"" + NameRules.shown(text.get()) + "\" is no origin",
            "write scheme and host, such as https://intranet.example.org");
      } else {
        text.ifPresent(origins::add);
      }
    }
    return origins;
  }

  private Map<String, Integer> pools(YamlMap map) {
    Map<String, Integer> pools = new HashMap<>();
    for (YamlMap.Entry entry :
        map.get("pools").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of())) {
      Optional<String> mistake = NameRules.mistake(entry.key());
      if (mistake.isPresent()) {
        problems.error(
            entry.at(),
            "the pool's name \"" + NameRules.shown(entry.key()) + "\" " + mistake.get(),
            "use letters, digits, \"_\" and \"-\"");
      } else {
        entry
            .value()
            .asInteger(1, 10_000)
            .ifPresent(slots -> pools.put(entry.key(), slots.intValue()));
      }
    }
    return pools;
  }

  private void version(YamlValue value) {
    value
        .asInteger(0, Integer.MAX_VALUE)
        .filter(version -> version != 1)
        .ifPresent(version ->
            value.error(
                "version " + version + " of the format is not known to this towpath",
                "write version: 1, or use a newer towpath"));
  }

  private List<Environment> environments(YamlMap map) {
    List<Environment> environments = new ArrayList<>();
    Map<String, String> seen = new HashMap<>();
    List<YamlMap.Entry> entries =
        map.get("environments").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of());
    for (YamlMap.Entry entry : entries) {
      Optional<String> mistake = NameRules.mistake(entry.key());
      String earlier = seen.putIfAbsent(Names.identity(entry.key()), entry.key());
      if (mistake.isPresent() || entry.key().startsWith("-")) {
        problems.error(
            entry.at(),
            "the environment's name \""
                + NameRules.shown(entry.key())
                + "\" "
                + mistake.orElse("starts with -"),
            "use letters, digits, \"_\", \"-\" and \".\"");
      } else if (earlier != null) {
        problems.error(
            entry.at(), "the environments \"" + earlier + "\" and \"" + entry.key() + "\" are one");
      } else {
        environments.add(environment(entry));
      }
    }
    return environments.isEmpty() ? List.of(dev()) : environments;
  }

  private Environment environment(YamlMap.Entry entry) {
    Optional<YamlMap> map =
        entry.value().kind() == YamlValue.Kind.NULL ? Optional.empty() : entry.value().asMap();
    map.ifPresent(m -> m.only(ENVIRONMENT_KEYS));
    Problems unset = new Problems(); // matters only to whom uses this environment
    return new Environment(
        entry.key(),
        map.flatMap(m -> m.get("engine")).flatMap(this::engine).orElse("duckdb"),
        map.flatMap(m -> resolved(m, "lake", unset)),
        map.flatMap(m -> resolved(m, "metadata", unset)),
        map.flatMap(m -> m.get("memory")).flatMap(Values::size),
        map.flatMap(m -> m.get("threads")).flatMap(v -> v.asInteger(1, 4096)).map(Math::toIntExact),
        map.flatMap(m -> m.get("keep"))
            .flatMap(v -> v.asInteger(1, Integer.MAX_VALUE))
            .map(Math::toIntExact),
        entry.at(),
        unset.list());
  }

  private Optional<String> resolved(YamlMap map, String key, Problems unset) {
    Optional<YamlValue> value = map.get(key);
    Optional<String> text = value.flatMap(v -> v.asText().map(t -> variables.resolve(v, t, unset)));
    if (text.isPresent() && text.get().isBlank()) {
      unset.error(map.at(key), "\"" + key + "\" is empty", "give it a value, or leave it out");
    }
    return text;
  }

  private Optional<String> engine(YamlValue value) {
    if (value.kind() != YamlValue.Kind.MAP) {
      return value.asText();
    }
    Optional<YamlMap> map = value.asMap();
    map.ifPresent(m -> m.only(ENGINE_KEYS));
    return map.flatMap(m -> m.required("type", "write type: duckdb")).flatMap(YamlValue::asText);
  }

  private Map<String, Variable> vars(YamlMap map) {
    Map<String, Variable> vars = new HashMap<>();
    List<YamlMap.Entry> entries =
        map.get("vars").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of());
    for (YamlMap.Entry entry : entries) {
      String name = entry.key();
      if (!NameRules.isParameter(name)) {
        problems.error(
            entry.at(),
            "\"" + NameRules.shown(name) + "\" cannot be the name of a variable",
            "SQL says $name: use letters, digits and _");
      } else if (name.equals("start") || name.equals("end")) {
        problems.error(
            entry.at(),
            "\"" + name + "\" cannot be the name of a variable",
            "$start and $end are the bounds of an incremental model; choose another");
      } else {
        variable(entry).ifPresent(v -> vars.put(name, v));
      }
    }
    return vars;
  }

  private Optional<Variable> variable(YamlMap.Entry entry) {
    YamlValue value = entry.value();
    String text = value.scalar().orElse("");
    return switch (value.kind()) {
      case TEXT -> Optional.of(variable(entry, value.isPlain() ? typeOf(text) : "VARCHAR", text));
      case INTEGER -> {
        Optional<Long> number = YamlValue.integer(text);
        if (number.isEmpty()) {
          value.error(
              "the number does not fit 64 bits", "put quotes around it, and cast it in the SQL");
        }
        yield number.map(n -> variable(entry, "BIGINT", n.toString()));
      }
      case DECIMAL -> Optional.of(variable(entry, "DOUBLE", decimal(text)));
      case BOOLEAN ->
          Optional.of(variable(entry, "BOOLEAN", text.toLowerCase(java.util.Locale.ROOT)));
      case NULL, LIST, MAP -> {
        value.error(
            "a variable must be a single value", "write a text, number, date, true or false");
        yield Optional.empty();
      }
    };
  }

  private static Variable variable(YamlMap.Entry entry, String type, String text) {
    return new Variable(entry.key(), DataType.parse(type), text, entry.at());
  }

  private static String decimal(String text) {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    return lower.endsWith(".inf") || lower.endsWith(".nan") ? lower.replace(".", "") : text;
  }

  /** The type of a text without quotes: a date and a time are what they look like. */
  private static String typeOf(String text) {
    boolean digit = !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9';
    if (!digit || text.length() < 10 || text.charAt(4) != '-') {
      return "VARCHAR";
    }
    if (parses(() -> LocalDate.parse(text))) {
      return "DATE";
    }
    String iso = text.replace(' ', 'T');
    boolean time =
        parses(() -> LocalDateTime.parse(iso)) || parses(() -> OffsetDateTime.parse(iso));
    return time ? "TIMESTAMP" : "VARCHAR";
  }

  private static boolean parses(Runnable parse) {
    try {
      parse.run();
      return true;
    } catch (DateTimeParseException _) {
      return false;
    }
  }
}
