package dev.towpath.source.jdbc;

import dev.towpath.source.common.Settings;
import dev.towpath.spi.TowpathException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a database is, and who reads it. Its text never shows the password.
 *
 * @param hosts as in the URL: {@code host:port}, or several with commas between
 * @param parameters of the URL, for the driver
 */
public record Access(
    String hosts,
    String database,
    Map<String, String> parameters,
    Optional<String> user,
    Optional<String> password,
    Duration connectTimeout,
    Optional<Duration> statementTimeout) {
  private static final Pattern URL =
      Pattern.compile("(?:jdbc:)?([a-z]+)://(?:([^/?#]*)@)?([^/?#@]+)/([^/?#]*)(?:\\?(.*))?");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  public Access {
    parameters = Map.copyOf(parameters);
  }

  /** Reads the keys of a source; empty when something is wrong, which is noted. */
  static Optional<Access> of(Settings settings, Dialect dialect) {
    Duration connect = Times.setting(settings, "connect_timeout").orElse(PATIENCE);
    Optional<Duration> statement = Times.setting(settings, "statement_timeout");
    String hint =
        "write "
            + dialect.example()
            + ", and a password with signs such as / under \"password\": it is never shown";
    Optional<String> url = settings.text("url").filter(text -> !text.isBlank());
    if (url.isEmpty()) {
      settings.problem("the source has no \"url\"", hint);
      return Optional.empty();
    }
    Matcher matcher = URL.matcher(url.get().strip());
    if (!matcher.matches() || matcher.group(4).isEmpty()) {
      settings.problem(
          "url", "the \"url\" cannot be read", hint); // it may hold a password: not shown
      return Optional.empty();
    }
    if (!dialect.schemes().contains(matcher.group(1))) {
      settings.problem(
          "url",
          "the \"url\" is one of \"%s\", not of %s".formatted(matcher.group(1), dialect.name()),
          hint);
      return Optional.empty();
    }
    return Optional.of(
        read(matcher, settings.text("user"), settings.text("password"), connect, statement));
  }

  /**
   * Reads a URL that holds all there is to say.
   *
   * @throws TowpathException when it cannot be read; without showing it, since it may hold a
   *     password
   */
  public static Access of(String url, Dialect dialect) {
    Matcher matcher = URL.matcher(url.strip());
    if (!matcher.matches()
        || matcher.group(4).isEmpty()
        || !dialect.schemes().contains(matcher.group(1))) {
      throw new TowpathException(
          "the URL of a " + dialect.name() + " database cannot be read",
          "write " + dialect.example() + ", with signs such as / in a password as %2F");
    }
    return read(matcher, Optional.empty(), Optional.empty(), PATIENCE, Optional.empty());
  }

  private static Access read(
      Matcher matcher,
      Optional<String> userKey,
      Optional<String> passwordKey,
      Duration connect,
      Optional<Duration> statement) {
    Map<String, String> parameters = parameters(matcher.group(5));
    String login = Optional.ofNullable(matcher.group(2)).orElse("");
    int colon = login.indexOf(':');
    Optional<String> user =
        first(userKey, colon < 0 ? login : login.substring(0, colon), parameters.remove("user"));
    Optional<String> password =
        first(
            passwordKey,
            colon < 0 ? "" : login.substring(colon + 1),
            parameters.remove("password"));
    return new Access(
        matcher.group(3),
        decoded(matcher.group(4)),
        parameters,
        user,
        password,
        connect,
        statement);
  }

  /** What is given under a key of its own counts most, then what stands in the URL. */
  private static Optional<String> first(
      Optional<String> key, String login, @org.jspecify.annotations.Nullable String parameter) {
    return key.or(() -> Optional.of(decoded(login)).filter(text -> !text.isEmpty()))
        .or(() -> Optional.ofNullable(parameter));
  }

  private static Map<String, String> parameters(@org.jspecify.annotations.Nullable String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    try {
      // A plus sign is a plus sign; only forms mean a space by it.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a single percent sign in a password, most likely
    }
  }

  /** The parameters, the user and the password for a driver. */
  public Properties properties() {
    Properties properties = new Properties();
    properties.putAll(parameters);
    user.ifPresent(text -> properties.setProperty("user", text));
    password.ifPresent(text -> properties.setProperty("password", text));
    return properties;
  }

  /** The database as messages name it. */
  public String place() {
    return hosts + "/" + database;
  }

  /** What two accesses share that lead to the same database as the same user. */
  String identity() {
    return user.orElse("") + "@" + place() + "?" + new java.util.TreeMap<>(parameters);
  }

  /** The text without the password, should a server or a driver have put it there. */
  public String redacted(String text) {
    return password
        .filter(secret -> !secret.isEmpty())
        .map(s -> text.replace(s, "***"))
        .orElse(text);
  }

  @Override
  public String toString() {
    return place();
  }
}
