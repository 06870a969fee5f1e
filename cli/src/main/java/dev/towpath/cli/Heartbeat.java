package dev.towpath.cli;

import dev.towpath.server.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When the scheduler looked last, and how late the newest run began. Thread-safe. */
final class Heartbeat {
  private volatile Site.Pulse pulse = new Site.Pulse(Optional.empty(), 0);

  void looked(Instant now) {
    pulse = new Site.Pulse(Optional.of(now), pulse.lagSeconds());
  }

  /** A run begins that might have begun at another moment. */
  void began(Instant ready, Instant now) {
    pulse = new Site.Pulse(pulse.looked(), Duration.between(ready, now).toMillis() / 1000.0);
  }

  Site.Pulse pulse() {
    return pulse;
  }
}
