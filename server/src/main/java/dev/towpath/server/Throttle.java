package dev.towpath.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes those wait who fail too often: after some tries that are free, twice as long after each.
 * Thread-safe.
 *
 * <p>Why a try counts before its outcome is known: else a thousand at the same moment would all
 * find that nobody has failed yet. Who succeeds gets the try back.
 */
final class Throttle {
  private static final int MOST_KEYS = 20_000;
  private static final int NETWORK_BYTES = 8; // of an IPv6 address
  private static final Duration MEMORY = Duration.ofMinutes(15);

  private final InstantSource clock;

  /** By key, the one that was tried longest ago first. */
  private final Map<String, Tries> tries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
          return size() > MOST_KEYS;
        }
      };

  Throttle(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Who tries, in one respect.
   *
   * @param free tries that may fail without a wait
   * @param longest the longest wait
   * @param failed whose failures make one wait in this respect; who has none goes on
   */
  record Key(String name, int free, Duration longest, Optional<String> failed) {
    /** Where everybody waits. */
    Key(String name, int free, Duration longest) {
      this(name, free, longest, Optional.empty());
    }
  }

  private record Tries(int failed, Instant last, Instant until) {}

  /** Where somebody is: whoever has an IPv6 address has all that begin alike. */
  static String place(String from) {
    try {
      InetAddress address = InetAddress.ofLiteral(from.replaceAll("[\\[\\]]", ""));
      return address instanceof Inet6Address
          ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES)
          : address.getHostAddress();
    } catch (IllegalArgumentException e) {
      return from; // a name, or an address with a scope that this machine does not have
    }
  }

  /** How long they have to wait; if they need not, this is a try, and counts as failed. */
  synchronized Optional<Duration> enter(List<Key> keys) {
    Instant now = clock.instant();
    Optional<Duration> wait =
        keys.stream()
            .filter(key -> key.failed().isEmpty() || failures(key.failed().get(), now) > 0)
            .flatMap(key -> Optional.ofNullable(tries.get(key.name())).stream())
            .filter(known -> now.isBefore(known.until()))
            .map(known -> Duration.between(now, known.until()))
            .max(Duration::compareTo);
    if (wait.isEmpty()) {
      keys.forEach(key -> tries.put(key.name(), next(key, now)));
    }
    return wait;
  }

  private int failures(String name, Instant now) {
    Tries known = tries.get(name);
    return known == null || known.last().plus(MEMORY).isBefore(now) ? 0 : known.failed();
  }

  private Tries next(Key key, Instant now) {
    int failed = failures(key.name(), now) + 1;
    int over = failed - key.free();
    Instant until = now;
    if (over >= 0) {
      Duration wait = Duration.ofSeconds(1L << Math.min(over, 20));
      until = now.plus(wait.compareTo(key.longest()) < 0 ? wait : key.longest());
    }
    return new Tries(failed, now, until);
  }

  /** The try was a good one. */
  synchronized void succeeded(List<Key> keys) {
    for (Key key : keys) {
      tries.computeIfPresent(
          key.name(),
          (_, known) ->
              known.failed() <= 1
                  ? null
                  : new Tries(known.failed() - 1, known.last(), known.last()));
    }
  }
}
