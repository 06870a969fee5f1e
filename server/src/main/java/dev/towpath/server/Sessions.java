package dev.towpath.server;

import dev.towpath.core.access.WebSession;
import dev.towpath.core.store.AccessStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who has signed in with a browser. A session is a secret in a cookie; the store has its hash, and
 * what a page must send with every change is derived from it, so that only pages that were let in
 * know it. Thread-safe.
 */
final class Sessions {
  /** How long what the store said of a session is believed. */
  private static final Duration KNOWN = Duration.ofSeconds(1);

  /** How old the time of last use may be that the store has. */
  private static final Duration NOTED = Duration.ofMinutes(1);

  private static final int MOST_KNOWN = 10_000;
  private static final int SECRET_BYTES = 32;

  private final Entrance entrance;
  private final AccessStore store;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(Entrance.Entry entry, Instant until) {}

  Sessions(Entrance entrance) {
    this.entrance = entrance;
    this.store = entrance.site().store().access();
  }

  /** Begins a session of somebody who has come in; gives what the cookie holds. */
  String open(Entrance.Entry entry) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = now();
    store.open(new WebSession(Entrance.hash(secret), entry.user(), entry.proof(), now, now));
    return secret;
  }

  /** Who has the cookie; empty when its session is over, or never was. */
  Optional<Entrance.Entry> entry(String secret) {
    String hash = Entrance.hash(secret);
    Instant now = now();
    Known before = known.get(hash);
    if (before != null && now.isBefore(before.until())) {
      return Optional.of(before.entry());
    }
    known.remove(hash);
    Optional<WebSession> session = store.session(hash).filter(s -> !s.isExpired(now));
    Optional<Entrance.Entry> entry = session.flatMap(entrance::bySession);
    if (session.isPresent() && entry.isPresent()) {
      if (!now.isBefore(session.get().seen().plus(NOTED))) {
        store.seen(hash, now);
      }
      if (known.size() > MOST_KNOWN) {
        known.clear();
      }
      known.put(hash, new Known(entry.get(), now.plus(KNOWN)));
    }
    return entry;
  }

  /** What pages of the session send with each change. */
  static String csrf(String secret) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Passwords.hmac(secret.getBytes(StandardCharsets.UTF_8), "towpath csrf"));
  }

  /** Ends a session. */
  void end(String secret) {
    String hash = Entrance.hash(secret);
    store.end(hash);
    known.remove(hash);
  }

  private Instant now() {
    return entrance.site().clock().instant();
  }
}
