package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.SourceText;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one file of {@code apis/}. */
final class EndpointReader {
  static final Set<String> KEYS = keys();
  private static final List<String> RESERVED = List.of("api", "console", "embed");
  private static final Set<String> RESERVED_PATHS = Set.of("/healthz", "/readyz", "/metrics");

  private static Set<String> keys() {
    Set<String> keys = new HashSet<>(AnsweringReader.KEYS);
    keys.addAll(Set.of("get", "post", "params", "description", "tags"));
    return keys;
  }

  private final SourceText source;
  private final Problems problems;

  private EndpointReader(SourceText source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  /** Reads an endpoint; empty when it has no path, which is noted. */
  static Optional<Endpoint> read(SourceText source, String name, Problems problems) {
    Optional<YamlMap> map = HeaderReader.read(source, problems);
    if (map.isEmpty()) {
      if (problems.list().isEmpty()) {
        problems.error(
            new Location(source.file(), 1, 1),
            "an endpoint needs a block with its path",
            "start the file with /* towpath, a line get: /" + name + ", and */");
      }
      return Optional.empty();
    }
    return new EndpointReader(source, problems).endpoint(map.get(), name);
  }

  private Optional<Endpoint> endpoint(YamlMap map, String name) {
    map.only(KEYS);
    Optional<String> description = map.text("description");
    List<String> tags = map.texts("tags");
    if (map.has("get") == map.has("post")) {
      problems.error(
          map.at("post"), "an endpoint has either \"get\" or \"post\"", "write get: /" + name);
      return Optional.empty();
    }
    String method = map.has("get") ? "get" : "post";
    Optional<String> path = map.get(method).flatMap(this::path);
    Set<String> inPath = new HashSet<>(path.map(EndpointReader::placeholders).orElse(List.of()));
    List<Parameter> parameters = ParameterReader.read(map, problems, true);
    Answering answering = AnsweringReader.read(map);
    parameters.stream().filter(p -> inPath.contains(p.name())).forEach(this::requireOneValue);
    map.get("params").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of()).stream()
        .map(YamlMap.Entry::key)
        .forEach(inPath::remove);
    for (String missing : inPath.stream().sorted().toList()) {
      problems.error(
          map.get(method).map(YamlValue::location).orElse(map.at(method)),
          "the path's {" + missing + "} has no type",
          "add params: {" + missing + ": varchar}");
    }
    return path.map(p ->
        new Endpoint(
            name,
            source.file(),
            source.text(),
            method.toUpperCase(java.util.Locale.ROOT),
            p,
            description,
            parameters,
            answering,
            tags,
            map.at(method)));
  }

  private Optional<String> path(YamlValue value) {
    Optional<String> path = value.asText();
    Optional<String> mistake = path.flatMap(EndpointReader::mistake);
    mistake.ifPresent(m -> value.error(m, "write a path such as /revenue/{region}"));
    return mistake.isPresent() ? Optional.empty() : path;
  }

  private static Optional<String> mistake(String path) {
    if (!path.startsWith("/") || path.length() == 1 || path.endsWith("/")) {
      return Optional.of("the path must start with / and not end with it");
    }
    Set<String> names = new HashSet<>();
    String[] segments = path.substring(1).split("/", -1);
    for (String segment : segments) {
      boolean placeholder = segment.startsWith("{") && segment.endsWith("}");
      String name = placeholder ? segment.substring(1, segment.length() - 1) : "";
      if (placeholder && !NameRules.isParameter(name)) {
        return Optional.of("\"" + segment + "\" is not a parameter of the path");
      }
      if (placeholder && !names.add(name)) {
        return Optional.of("the path holds " + segment + " twice");
      }
      if (!placeholder && !isLiteral(segment)) {
        return Optional.of("\"" + NameRules.shown(segment) + "\" cannot be part of a path");
      }
    }
    if (RESERVED.contains(segments[0]) || RESERVED_PATHS.contains(path)) {
      return Optional.of("the path \"" + path + "\" is reserved for the system");
    }
    return Optional.empty();
  }

  private static boolean isLiteral(String segment) {
    return !segment.isEmpty()
        && !segment.equals(".")
        && !segment.equals("..")
        && segment
            .codePoints()
            .allMatch(c -> Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0);
  }

  private static List<String> placeholders(String path) {
    List<String> names = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (segment.startsWith("{")) {
        names.add(segment.substring(1, segment.length() - 1));
      }
    }
    return names;
  }

  private void requireOneValue(Parameter parameter) {
    if (parameter.list() || parameter.fallback().isPresent() || parameter.nullable()) {
      problems.error(
          parameter.location(),
          "a parameter of the path is one value and always there",
          "remove \"" + (parameter.list() ? "list" : "default") + "\"");
    }
  }
}
