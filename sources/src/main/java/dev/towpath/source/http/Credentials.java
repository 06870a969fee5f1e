package dev.towpath.source.http;

import dev.towpath.source.common.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What proves to a server who asks; sent to that server only.
 *
 * @param headers by name
 * @param params of the query, by name
 * @param secrets by value what stands for it in a message
 */
record Credentials(
    Map<String, String> headers, Map<String, String> params, Map<String, String> secrets) {
  static final Credentials NONE = new Credentials(Map.of(), Map.of(), Map.of());

  Credentials {
    headers = Map.copyOf(headers);
    params = Map.copyOf(params);
    secrets = Map.copyOf(secrets);
  }

  /** Reads {@code auth}; what is wrong is noted. */
  static Credentials of(Settings settings) {
    Optional<Keys> auth = Keys.of(settings, "auth", settings.value("auth"));
    if (auth.isEmpty()) {
      return NONE;
    }
    Keys keys = auth.get();
    keys.only(Set.of("bearer", "basic", "header", "param", "value"));
    long ways =
        keys.values().keySet().stream()
            .filter(Set.of("bearer", "basic", "header", "param")::contains)
            .count();
    if (ways != 1) {
      settings.problem(
          "auth",
          "\"auth\" must say one of bearer, basic, header and param",
          "such as {bearer: ${TOKEN}}");
      return NONE;
    }
    if (keys.value("bearer").isPresent()) {
      return header("Authorization", "Bearer ", keys.required("bearer", "write a token"));
    }
    if (keys.value("basic").isPresent()) {
      return basic(settings, keys);
    }
    String value = keys.required("value", "write what to send, such as value: ${API_KEY}");
    if (keys.value("header").isPresent()) {
      String name = keys.required("header", "write the header's name");
      HttpSettings.checkHeader(settings, "auth", name, value);
      return header(name, "", value);
    }
    String name = keys.required("param", "write the name of a query parameter");
    return value.isEmpty()
        ? NONE
        : new Credentials(Map.of(), Map.of(name, value), Map.of(value, "***"));
  }

  private static Credentials basic(Settings settings, Keys keys) {
    Optional<Keys> basic = Keys.of(settings, "auth.basic", keys.value("basic"));
    if (basic.isEmpty()) {
      return NONE;
    }
    basic.get().only(Set.of("user", "password"));
    String user = basic.get().required("user", "write user: ${API_USER}");
    String password = basic.get().text("password").orElse("");
    String both =
        Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    Map<String, String> secrets = new HashMap<>(Map.of(both, "***"));
    if (!password.isEmpty()) {
      secrets.put(password, "***");
    }
    return new Credentials(Map.of("Authorization", "Basic " + both), Map.of(), secrets);
  }

  private static Credentials header(String name, String scheme, String value) {
    return value.isEmpty()
        ? NONE
        : new Credentials(Map.of(name, scheme + value), Map.of(), Map.of(value, "***"));
  }

  /** Names without values. */
  @Override
  public String toString() {
    return "Credentials" + headers.keySet() + params.keySet();
  }
}
