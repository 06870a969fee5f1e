package dev.towpath.server;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cookie that holds a session. It has the port in its name, since servers at several ports of a
 * machine share its cookies; over TLS, no other host may set it.
 *
 * @param secure whether browsers may send it over TLS only
 */
record Cookie(boolean secure, int port) {
  private static final int MOST = 200;

  private String name() {
    return secure ? "__Host-towpath" : "towpath_" + port;
  }

  /** What a request brings; of several by that name, none is believed. */
  Optional<String> of(Asker asker) {
    String start = name() + "=";
    List<String> values =
        asker.all("Cookie").stream()
            .flatMap(header -> Stream.of(header.split(";")))
            .map(String::strip)
            .filter(pair -> pair.startsWith(start))
            .map(pair -> pair.substring(start.length()))
            .filter(value -> !value.isEmpty() && value.length() <= MOST)
            .toList();
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }

  /** The header that sets it. */
  String set(String secret, long seconds) {
    return name()
        + "="
        + secret
        + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
        + seconds
        + (secure ? "; Secure" : "");
  }

  /** The header that takes it away. */
  String gone() {
    return set("", 0);
  }
}
