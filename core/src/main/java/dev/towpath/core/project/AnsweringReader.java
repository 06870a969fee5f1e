package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how an endpoint answers: {@code page, cache, rate_limit} and {@code timeout}. */
final class AnsweringReader {
  static final Set<String> KEYS = Set.of("page", "cache", "rate_limit", "timeout");

  private static final int DEFAULT_SIZE = 100;
  private static final int MOST_SIZE = 10_000;
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Pattern RATE = Pattern.compile("(\\d{1,9})\\s*/\\s*([smh])");
  private static final Pattern KEY =
      Pattern.compile("(.*?)(?:\\s+(asc|desc))?", Pattern.CASE_INSENSITIVE);
  private static final Map<String, Duration> UNITS =
      Map.of("s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1));

  private AnsweringReader() {}

  static Answering read(YamlMap map) {
    Optional<YamlValue> cache = map.get("cache");
    boolean off = cache.flatMap(YamlValue::scalar).filter("off"::equals).isPresent();
    return new Answering(
        map.get("page").flatMap(AnsweringReader::page),
        !off,
        off ? Optional.empty() : cache.flatMap(AnsweringReader::fresh),
        map.get("rate_limit").flatMap(AnsweringReader::rate),
        map.get("timeout").flatMap(AnsweringReader::timeout));
  }

  private static Optional<Duration> fresh(YamlValue value) {
    Optional<Duration> fresh = value.scalar().flatMap(Values::duration);
    if (fresh.isEmpty()) {
      value.error(
          "\"" + NameRules.shown(value.scalar().orElse("")) + "\" does not say how long",
          "write off, or for how long an answer may be used again, such as 5m");
    }
    return fresh;
  }

  private static Optional<Answering.Rate> rate(YamlValue value) {
    Optional<Answering.Rate> rate =
        value
            .asText()
            .map(RATE::matcher)
            .filter(Matcher::matches)
            .map(m ->
                new Answering.Rate(
                    Integer.parseInt(m.group(1)), UNITS.getOrDefault(m.group(2), LONGEST)))
            .filter(r -> r.calls() > 0);
    if (rate.isEmpty() && value.kind() == YamlValue.Kind.TEXT) {
      value.error(
          "\"" + NameRules.shown(value.scalar().orElse("")) + "\" is no rate",
          "write calls and s, m or h, such as 100/m");
    }
    return rate;
  }

  private static Optional<Duration> timeout(YamlValue value) {
    Optional<Duration> timeout = Values.duration(value);
    if (timeout.filter(t -> t.compareTo(LONGEST) > 0).isPresent()) {
      value.error("a timeout is at most an hour", "build a table of what takes so long");
      return Optional.empty();
    }
    return timeout;
  }

  private static Optional<Answering.Page> page(YamlValue value) {
    if (value.kind() != YamlValue.Kind.MAP) {
      value.error(
          "page needs the columns that order the rows", "write page: {size: 100, by: [day, id]}");
      return Optional.empty();
    }
    return value.asMap().flatMap(AnsweringReader::page);
  }

  private static Optional<Answering.Page> page(YamlMap map) {
    map.only(Set.of("size", "most", "by"));
    long most = map.get("most").flatMap(v -> v.asInteger(1, MOST_SIZE)).orElse((long) MOST_SIZE);
    Optional<Long> given = map.get("size").flatMap(v -> v.asInteger(1, MOST_SIZE));
    long size = given.orElse(Math.min(DEFAULT_SIZE, most));
    if (size > most) {
      map.get("size")
          .ifPresent(v -> v.error("a page of " + size + " is more than " + most, "raise most:"));
      return Optional.empty();
    }
    List<Answering.Key> keys =
        map
            .required("by", "name columns that together are unique, such as by: [day, id desc]")
            .map(YamlValue::asTexts)
            .orElse(List.of())
            .stream()
            .map(AnsweringReader::key)
            .toList();
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Answering.Page(Math.toIntExact(size), Math.toIntExact(most), keys));
  }

  private static Answering.Key key(String text) {
    Matcher key = KEY.matcher(text.strip());
    boolean matches = key.matches();
    String order = matches && key.group(2) != null ? key.group(2) : "asc";
    return new Answering.Key(
        matches ? key.group(1) : text, order.toLowerCase(Locale.ROOT).equals("desc"));
  }
}
