package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.S3Connection;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads {@code connections:} of {@code towpath.yml}; {@code ${NAME}}s stay as they are. */
final class ConnectionReader {
  static final Set<String> KEYS =
      Set.of(
          "type",
          "endpoint",
          "region",
          "access_key",
          "secret_key",
          "session_token",
          "path_style",
          "anonymous");
  static final Map<String, String> TYPES = Map.of("s3", "s3");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Za-z_]\\w*}");

  private ConnectionReader() {}

  /** All by name; of one with mistakes what could be read. */
  static Map<String, S3Connection> read(YamlMap map) {
    Map<String, S3Connection> connections = new TreeMap<>();
    for (YamlMap.Entry entry :
        map.get("connections").flatMap(YamlValue::asMap).map(YamlMap::entries).orElse(List.of())) {
      Optional<String> mistake = NameRules.mistake(entry.key());
      if (mistake.isPresent()) {
        map.value()
            .problems()
            .error(
                entry.at(),
                "the connection's name \"" + NameRules.shown(entry.key()) + "\" " + mistake.get(),
                "use letters, digits, \"_\" and \"-\"");
      } else {
        entry.value().asMap().ifPresent(m -> connections.put(entry.key(), s3(m, entry.key())));
      }
    }
    return connections;
  }

  private static S3Connection s3(YamlMap map, String name) {
    map.only(KEYS);
    map.required("type", "write type: s3").ifPresent(v -> v.asOneOf(TYPES));
    map.get("endpoint").ifPresent(ConnectionReader::endpoint);
    Optional<String> access = map.text("access_key");
    Optional<String> secret = secret(map, "secret_key");
    Optional<String> token = secret(map, "session_token");
    boolean anonymous = map.truth("anonymous", false);
    if (map.has("access_key") != map.has("secret_key")) {
      map.value().error("\"access_key\" and \"secret_key\" belong together", "give both");
    } else if (map.has("access_key") && anonymous) {
      map.get("anonymous")
          .ifPresent(v ->
              v.error("it has keys, and is anonymous", "leave out the keys, or \"anonymous\""));
    } else if (!map.has("access_key") && map.has("session_token")) {
      map.get("session_token")
          .ifPresent(v -> v.error("\"session_token\" needs keys", "add access_key and secret_key"));
    } else if (!map.has("access_key") && !anonymous) {
      map.value()
          .error(
              "the connection \"" + name + "\" has no keys",
              "write access_key: \"${NAME}\" and secret_key: \"${NAME}\", or anonymous: true for"
                  + " buckets that anybody may list");
    }
    Optional<S3Connection.Keys> keys =
        access.flatMap(a -> secret.map(s -> new S3Connection.Keys(a, s, token)));
    return new S3Connection(
        name,
        map.text("endpoint"),
        map.text("region").orElse(S3Connection.USUAL_REGION),
        keys,
        map.get("path_style").flatMap(YamlValue::asBoolean));
  }

  private static void endpoint(YamlValue value) {
    Optional<String> text = value.asText().filter(t -> !t.contains("${"));
    if (text.filter(t -> !isEndpoint(t)).isPresent()) {
      value.error(
          "\"endpoint\" is no address of a server",
          "write https://host, without bucket; keys have keys of their own");
    }
  }

  private static boolean isEndpoint(String text) {
    try {
      URI uri = URI.create(text);
      return text.matches("(?i)https?://.*")
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (IllegalArgumentException _) {
      return false; // told by who asked
    }
  }

  /** A secret that stands in the file could not be masked, and files are shared. */
  private static Optional<String> secret(YamlMap map, String key) {
    Optional<YamlValue> value = map.get(key);
    Optional<String> text = value.flatMap(YamlValue::asText);
    if (text.filter(t -> !VARIABLE.matcher(t).matches()).isPresent()) {
      value
          .orElseThrow()
          .error(
              "\"" + key + "\" is a secret, and stands in the file",
              "put it into the environment or .env, and write ${NAME}");
    }
    return text;
  }
}
