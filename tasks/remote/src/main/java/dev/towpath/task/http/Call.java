package dev.towpath.task.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A question to a web server as a job's keys put it.
 *
 * @param keys {@code url}, {@code method}, {@code headers}, {@code body}, {@code status}
 * @param urlKey how the key of the URL is called in messages
 */
public record Call(Map<String, Object> keys, String urlKey, Location at) {
  /** Keys of a question. */
  public static final Set<String> KEYS = Set.of("url", "method", "headers", "body", "status");

  static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern RANGE = Pattern.compile("[1-5]xx");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Headers that the connection itself sets. */
  private static final Set<String> RESERVED =
      Set.of("connection", "content-length", "expect", "host", "upgrade", "transfer-encoding");

  public Call {
    keys = Map.copyOf(keys);
  }

  /** What is wrong with it. */
  public List<Problem> check(Map<String, Location> places) {
    List<Problem> problems = new ArrayList<>();
    Optional<String> url = text("url").filter(u -> !u.isBlank());
    if (url.isEmpty()) {
      problems.add(
          Problem.error(
              at, "it has no \"" + urlKey + "\"", "write " + urlKey + ": https://host/path"));
    } else if (!url.get().contains("${")) {
      try {
        Request.url(urlKey, url.get());
      } catch (TowpathException e) {
        problems.add(problem(places, "url", String.valueOf(e.getMessage()), e.hint().orElse("")));
      }
    }
    text("method")
        .filter(m -> !METHODS.contains(m.toUpperCase(Locale.ROOT)))
        .ifPresent(m ->
            problems.add(
                problem(
                    places,
                    "method",
                    "\"method\" cannot be \"" + m + "\"",
                    "it is one of " + String.join(", ", new TreeSet<>(METHODS)))));
    headerProblems(places, problems);
    if (statuses().isEmpty()) {
      problems.add(
          problem(
              places,
              "status",
              "\"status\" cannot be \"" + keys.get("status") + "\"",
              "write a status such as 201, a class such as 2xx, or a list of them"));
    }
    return problems;
  }

  private void headerProblems(Map<String, Location> places, List<Problem> problems) {
    Object headers = keys.getOrDefault("headers", Map.of());
    if (!(headers instanceof Map<?, ?> map)) {
      problems.add(
          problem(
              places,
              "headers",
              "\"headers\" must be a map of names and values",
              "write headers: {Authorization: \"Bearer ${TOKEN}\"}"));
      return;
    }
    map.forEach((name, value) -> {
      String text = String.valueOf(name);
      boolean single = !(value instanceof Map || value instanceof List);
      if (!TOKEN.matcher(text).matches()
          || RESERVED.contains(text.toLowerCase(Locale.ROOT))
          || !single) {
        problems.add(
            problem(
                places,
                "headers",
                single
                    ? "\"" + text + "\" cannot be a header here"
                    : "the header \"" + text + "\" must have a single value",
                "write a name such as X-Api-Key and a text; the connection sets its own headers"));
      }
    });
  }

  private Problem problem(Map<String, Location> places, String key, String message, String hint) {
    return Problem.error(places.getOrDefault(key, at), message, hint);
  }

  private Optional<String> text(String key) {
    return Optional.ofNullable(keys.get(key)).map(Object::toString);
  }

  /** What is to be asked. */
  public Request request() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (keys.get("headers") instanceof Map<?, ?> map) {
      map.forEach((name, value) -> headers.put(String.valueOf(name), header(name, value)));
    }
    @Nullable Object body = keys.get("body");
    boolean json = body instanceof Map || body instanceof List;
    if (body != null) {
      headers.putIfAbsent("Content-Type", json ? "application/json" : "text/plain; charset=utf-8");
    }
    headers.putIfAbsent("Accept", "application/json, */*;q=0.5");
    String method =
        text("method").map(m -> m.toUpperCase(Locale.ROOT)).orElse(body == null ? "GET" : "POST");
    return new Request(
        method,
        Request.url(urlKey, text("url").orElse("")),
        headers,
        Optional.ofNullable(body)
            .map(b -> json ? json(b) : b.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static String header(Object name, @Nullable Object value) {
    String text = String.valueOf(value).strip();
    if (text.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 127)) {
      throw new TowpathException(
          "the value of the header \"" + name + "\" has a line break or another control character",
          "take it out of the variable");
    }
    return text;
  }

  private static byte[] json(Object body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a job's keys are plain values", e);
    }
  }

  /** Whether a status is an expected one. */
  public boolean expects(int status) {
    return statuses().stream()
        .anyMatch(
            s -> s.endsWith("xx") ? status / 100 == s.charAt(0) - '0' : s.equals("" + status));
  }

  /** Statuses and classes of them; empty when there is something else. */
  private Set<String> statuses() {
    Object said = keys.getOrDefault("status", "2xx");
    List<?> list = said instanceof List<?> several ? several : List.of(said);
    Set<String> statuses = new TreeSet<>();
    for (Object one : list) {
      String text = String.valueOf(one).toLowerCase(Locale.ROOT);
      if (!text.matches("[1-5][0-9][0-9]") && !RANGE.matcher(text).matches()) {
        return Set.of();
      }
      statuses.add(text);
    }
    return statuses;
  }

  /** The question of a job whose own keys it is. */
  static Call of(JobRunner.Job job) {
    return new Call(job.options(), "url", job.at("url"));
  }
}
