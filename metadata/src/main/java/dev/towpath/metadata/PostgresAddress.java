package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * Where a store lies in PostgreSQL, and who uses it. Its text never shows the password.
 *
 * @param hosts {@code host:port}, or several with commas between
 * @param schema that the store has for itself
 * @param parameters for the driver, such as {@code sslmode}
 */
record PostgresAddress(
    String hosts,
    String database,
    String schema,
    Optional<String> user,
    Optional<String> password,
    Map<String, String> parameters) {
  static final String SCHEMA = "towpath";

  private static final Pattern URL =
      Pattern.compile("postgres(?:ql)?://(?:([^/?#]*)@)?([^/?#@]+)/([^/?#]+)(?:\\?([^#]*))?");
  private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
  private static final String HINT =
      "write postgres://user:password@host:5432/database, with signs such as / in a password as"
          + " %2F, best as a ${VARIABLE}";

  PostgresAddress {
    parameters = Map.copyOf(parameters);
  }

  /**
   * Reads a URL.
   *
   * @throws TowpathException when it cannot be read; without showing it, since it may hold a
   *     password
   */
  static PostgresAddress of(String url) {
    Matcher matcher = URL.matcher(url.strip());
    if (!matcher.matches()) {
      throw new TowpathException("the address of the metadata store cannot be read", HINT);
    }
    Map<String, String> parameters = parameters(matcher.group(4));
    String login = Optional.ofNullable(matcher.group(1)).orElse("");
    int colon = login.indexOf(':');
    String schema = Optional.ofNullable(parameters.remove("schema")).orElse(SCHEMA);
    if (!SCHEMA_NAME.matcher(schema).matches() || schema.startsWith("pg_")) {
      throw new TowpathException(
          "\"" + schema + "\" cannot be the schema of a metadata store",
          "use small letters, digits and \"_\"");
    }
    Optional<String> user =
        text(colon < 0 ? login : login.substring(0, colon), parameters.remove("user"));
    Optional<String> password =
        text(colon < 0 ? "" : login.substring(colon + 1), parameters.remove("password"));
    for (String name : parameters.keySet()) {
      if (PGProperty.forName(name) == null) {
        throw new TowpathException(
            "the address of the metadata store has an unknown parameter \"" + name + "\"",
            "there are \"schema\" and those of the JDBC driver, such as \"sslmode\"");
      }
    }
    return new PostgresAddress(
        matcher.group(2), decoded(matcher.group(3)), schema, user, password, parameters);
  }

  private static Optional<String> text(String login, @Nullable String parameter) {
    return login.isEmpty() ? Optional.ofNullable(parameter) : Optional.of(decoded(login));
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new TreeMap<>();
    for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      parameters.put(
          decoded(equals < 0 ? pair : pair.substring(0, equals)),
          equals < 0 ? "" : decoded(pair.substring(equals + 1)));
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

  String jdbcUrl() {
    String encoded = URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    return "jdbc:postgresql://" + hosts + "/" + encoded;
  }

  /** What the driver is to know of the user and the connection. */
  Properties properties() {
    Properties properties = new Properties();
    properties.putAll(parameters);
    user.ifPresent(text -> properties.setProperty("user", text));
    password.ifPresent(text -> properties.setProperty("password", text));
    return properties;
  }

  /** The store as messages name it. */
  String name() {
    String suffix = schema.equals(SCHEMA) ? "" : ", schema " + schema;
    return "the metadata store " + hosts + "/" + database + suffix;
  }

  /** A text without the password, should a server or a driver have put it there. */
  String redacted(String text) {
    return password
        .filter(secret -> !secret.isEmpty())
        .map(secret -> text.replace(secret, "***"))
        .orElse(text);
  }

  @Override
  public String toString() {
    return name();
  }
}
