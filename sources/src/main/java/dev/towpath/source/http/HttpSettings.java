package dev.towpath.source.http;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Settings;
import dev.towpath.spi.Redaction;
import dev.towpath.spi.SourceTable;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one table of an API, read and found to be right.
 *
 * @param url of the table, without the query
 * @param params of the query, those in the URL first
 * @param body what a POST sends: a map, a list or a text
 * @param records where in an answer the rows stand
 * @param single whether the answer as a whole is the one row
 * @param lines whether each line of an answer is a row; empty means by its type
 * @param tolerant whether a record that does not fit is set aside
 * @param interval least time between two requests to the source
 * @param redaction of every secret that a message could hold
 */
record HttpSettings(
    URI url,
    List<Param> params,
    Map<String, String> headers,
    Credentials credentials,
    boolean post,
    Optional<Object> body,
    List<String> records,
    boolean single,
    Optional<Boolean> lines,
    boolean flatten,
    boolean tolerant,
    Pagination pagination,
    Optional<Duration> interval,
    Duration timeout,
    int retries,
    Optional<Following> following,
    Drift drift,
    Redaction redaction) {
  private static final Set<String> SHARED =
      Set.of(
          "headers",
          "params",
          "method",
          "records",
          "format",
          "flatten",
          "pagination",
          "timeout",
          "retries",
          "on_bad_row");
  private static final Set<String> RESTRICTED =
      Set.of("connection", "content-length", "expect", "host", "upgrade", "accept-encoding");
  private static final URI NOWHERE = URI.create("http://localhost/");

  HttpSettings {
    params = List.copyOf(params);
    headers = Map.copyOf(headers);
    records = List.copyOf(records);
  }

  static Set<String> sourceKeys() {
    Set<String> keys = union(SHARED, Drift.KEYS);
    keys.addAll(List.of("url", "auth", "rate_limit"));
    return Set.copyOf(keys);
  }

  static Set<String> tableKeys() {
    Set<String> keys = union(SHARED, Drift.KEYS);
    keys.addAll(List.of("path", "body", "cursor", "cursor_param", "key", "start", "lag"));
    return Set.copyOf(keys);
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> union = new HashSet<>(one);
    union.addAll(other);
    return union;
  }

  /** Reads the keys; what is wrong is noted there. */
  static HttpSettings of(SourceTable table, Settings settings) {
    List<Param> params = new ArrayList<>();
    URI url = url(table, settings, params);
    for (Map.Entry<String, Object> param : merged(table, settings, "params").entrySet()) {
      settings
          .texts("params." + param.getKey(), param.getValue())
          .forEach(value -> params.add(new Param(param.getKey(), value)));
    }
    Credentials credentials = Credentials.of(settings);
    boolean post = settings.word("method", "get", List.of("get", "post")).equals("post");
    Optional<Object> body = Optional.ofNullable(table.options().get("body"));
    if (body.isPresent() && !post) {
      settings.problem(
          "body", "\"body\" is for method POST only", "set method: POST, or remove it");
    }
    boolean single = settings.value("records").filter("."::equals).isPresent();
    String format = settings.word("format", "auto", List.of("auto", "json", "ndjson"));
    return new HttpSettings(
        url,
        params,
        headers(table, settings),
        credentials,
        post,
        body,
        single ? List.of() : Keys.path(settings, "records", settings.value("records")),
        single,
        format.equals("auto") ? Optional.empty() : Optional.of(format.equals("ndjson")),
        settings.truth("flatten", false),
        settings.word("on_bad_row", "fail", List.of("fail", "reject")).equals("reject"),
        Pagination.of(settings),
        Amounts.interval(settings, "rate_limit"),
        Amounts.duration(settings, "timeout", Duration.ofSeconds(30)),
        (int) Amounts.number(settings, "retries", settings.value("retries"), 5, 0, 20),
        Following.of(table, settings),
        Drift.of(settings),
        table.secrets().and(credentials.secrets()));
  }

  /** The keys of a map of the source, and over them those of the table. */
  private static Map<String, Object> merged(SourceTable table, Settings settings, String key) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Map<String, Object> options : List.of(table.sourceOptions(), table.options())) {
      Keys.of(settings, key, Optional.ofNullable(options.get(key)))
          .ifPresent(map -> all.putAll(map.values()));
    }
    return all;
  }

  private static Map<String, String> headers(SourceTable table, Settings settings) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, Object> header : merged(table, settings, "headers").entrySet()) {
      for (String value : settings.texts("headers." + header.getKey(), header.getValue())) {
        checkHeader(settings, "headers", header.getKey(), value);
        headers.put(header.getKey(), value);
      }
    }
    return headers;
  }

  /** Notes a header that cannot be sent. */
  static void checkHeader(Settings settings, String label, String name, String value) {
    if (RESTRICTED.contains(name.toLowerCase(Locale.ROOT))) {
      settings.problem(label, "\"" + label + "\" cannot set \"" + name + "\"", "remove it");
    } else if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
      settings.problem(label, "\"" + name + "\" is not the name of a header", "such as X-Api-Key");
    } else if (!value.matches("[\\t\\x20-\\x7e\\xa0-\\xff]*")) {
      settings.problem(
          label,
          "the header \"" + name + "\" has a value that cannot be sent",
          "see whether the variable ends with a line break or holds letters beyond Latin-1");
    }
  }

  private static URI url(SourceTable table, Settings settings, List<Param> params) {
    Optional<String> base = settings.text("url").map(String::strip).filter(u -> !u.isEmpty());
    if (base.isEmpty()) {
      settings.problem("the source has no \"url\"", "such as url: https://api.example.com/v1");
      return NOWHERE;
    }
    String path = settings.text("path").orElse(table.name().table()).strip();
    if (path.matches("(?i)https?://.*")) {
      settings.problem(
          "path", "\"path\" must not be a whole URL", "put scheme and host into \"url\"");
      return NOWHERE;
    }
    String text = base.get();
    int shared = text.indexOf('?'); // of all tables: the path goes before it
    if (shared >= 0) {
      split(text.substring(shared + 1), params);
      text = text.substring(0, shared);
    }
    if (!path.isEmpty()) {
      text = text.replaceAll("/+$", "") + "/" + path.replaceAll("^/+", "");
    }
    int query = text.indexOf('?');
    if (query >= 0) {
      split(text.substring(query + 1), params);
      text = text.substring(0, query);
    }
    try {
      URI url = new URI(legal(text));
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        settings.problem(
            "url", "\"url\" must start with http:// or https://", "it says another scheme");
        return NOWHERE;
      }
      if (url.getHost() == null) {
        settings.problem("url", "\"url\" has no host", "such as url: https://api.example.com/v1");
        return NOWHERE;
      }
      if (url.getRawUserInfo() != null) {
        settings.problem(
            "url", "\"url\" holds a user or password", "write them under auth: {basic: ...}");
        return NOWHERE;
      }
      return url;
    } catch (URISyntaxException e) {
      settings.problem(
          "url", "\"url\" with \"path\" is not a URL", "such as https://api.example.com/v1");
      return NOWHERE;
    }
  }

  private static void split(String query, List<Param> params) {
    for (String part : query.split("&")) {
      int equals = part.indexOf('=');
      if (!part.isEmpty()) {
        params.add(
            new Param(
                decode(equals < 0 ? part : part.substring(0, equals)),
                equals < 0 ? "" : decode(part.substring(equals + 1))));
      }
    }
  }

  private static String decode(String text) {
    try {
      return java.net.URLDecoder.decode(text, java.nio.charset.StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text; // a bare % means itself
    }
  }

  /** Spells out what may not stand in a URL as it is, such as spaces and letters with accents. */
  private static String legal(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c <= ' ' || c >= 0x7f || "\"<>\\^`{|}".indexOf(c) >= 0) {
        out.append('%').append(String.format("%02X", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
