package dev.towpath.core.project;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.MailServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads who is told what, and through which mail server. */
final class NoticeReader {
  static final Set<String> KEYS = Set.of("webhook", "slack", "email", "on", "secret");
  static final Set<String> SMTP_KEYS = Set.of("host", "port", "from", "user", "password", "tls");

  /** What a flow's own {@code notify:} may tell of. */
  static final Map<String, Flow.Event> FLOW_EVENTS =
      Map.of(
          "failure", Flow.Event.FAILURE,
          "recovery", Flow.Event.RECOVERY,
          "deadline", Flow.Event.DEADLINE);

  /** What the project's {@code notify:} may tell of. */
  static final Map<String, Flow.Event> EVENTS =
      Map.of(
          "failure", Flow.Event.FAILURE,
          "recovery", Flow.Event.RECOVERY,
          "deadline", Flow.Event.DEADLINE,
          "freshness", Flow.Event.FRESHNESS);

  static final Map<String, MailServer.Encryption> ENCRYPTIONS =
      Map.of(
          "starttls", MailServer.Encryption.STARTTLS,
          "implicit", MailServer.Encryption.IMPLICIT,
          "none", MailServer.Encryption.NONE);

  private static final List<String> TYPES = List.of("webhook", "slack", "email");

  private NoticeReader() {}

  /** What {@code towpath.yml} says of it. */
  static Telling telling(YamlMap map) {
    return new Telling(
        map.get("smtp").flatMap(YamlValue::asMap).flatMap(NoticeReader::mail), read(map, EVENTS));
  }

  /** Those under {@code notify:}; by default they are told of all there is. */
  static List<Flow.Notice> read(YamlMap map, Map<String, Flow.Event> events) {
    List<Flow.Notice> notices = new ArrayList<>();
    for (YamlValue item : map.get("notify").map(YamlValue::asListOrOne).orElse(List.of())) {
      item.asMap().flatMap(m -> notice(m, events)).ifPresent(notices::add);
    }
    return notices;
  }

  private static Optional<Flow.Notice> notice(YamlMap map, Map<String, Flow.Event> events) {
    map.only(KEYS);
    List<String> types = TYPES.stream().filter(map::has).toList();
    if (types.size() != 1) {
      map.value()
          .error(
              "who is told is one of \"webhook\", \"slack\" and \"email\"",
              "write - {email: team@example.org}, or one - for each");
      return Optional.empty();
    }
    String type = types.getFirst();
    if (map.has("secret") && !type.equals("webhook")) {
      map.get("secret")
          .ifPresent(v ->
              v.error(
                  "\"secret\" means nothing with \"" + type + "\"",
                  "it signs what a webhook is sent"));
    }
    List<Flow.Event> on =
        map.get("on").map(YamlValue::asListOrOne).orElse(List.of()).stream()
            .flatMap(v -> v.asOneOf(events).stream())
            .toList();
    return map.get(type)
        .flatMap(value -> target(type, value))
        .map(target ->
            new Flow.Notice(
                type,
                target,
                map.text("secret"),
                map.has("on") ? on : events.values().stream().sorted().toList(),
                map.value().location()));
  }

  private static Optional<String> target(String type, YamlValue value) {
    Optional<String> text = value.asText().map(String::strip);
    boolean fits =
        text.map(t ->
                t.contains("${")
                    || (type.equals("email")
                        ? t.matches("[^@\\s]+@[^@\\s]+")
                        : t.matches("https?://[^\\s/]+(/\\S*)?")))
            .orElse(true);
    if (!fits) {
      value.error(
          type.equals("email") ? "this is no e-mail address" : "this is no URL of a web server",
          type.equals("email")
              ? "write name@example.org; several people are several entries"
              : "write https://host/path, or ${NAME} and keep it in the environment");
      return Optional.empty();
    }
    return text;
  }

  private static Optional<MailServer> mail(YamlMap map) {
    map.only(SMTP_KEYS);
    Optional<String> host =
        map.required("host", "write host: mail.example.org").flatMap(YamlValue::asText);
    Optional<String> from =
        map.required("from", "write from: towpath@example.org").flatMap(YamlValue::asText);
    MailServer.Encryption tls =
        map.get("tls").flatMap(v -> v.asOneOf(ENCRYPTIONS)).orElse(MailServer.Encryption.STARTTLS);
    long standard =
        switch (tls) {
          case STARTTLS -> 587;
          case IMPLICIT -> 465;
          case NONE -> 25;
        };
    long port = map.get("port").flatMap(v -> v.asInteger(1, 65_535)).orElse(standard);
    if (map.has("user") != map.has("password")) {
      map.value()
          .error("\"user\" and \"password\" of smtp belong together", "give both, or neither");
    }
    return host.isEmpty() || from.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new MailServer(
                host.get(), (int) port, from.get(), map.text("user"), map.text("password"), tls));
  }
}
