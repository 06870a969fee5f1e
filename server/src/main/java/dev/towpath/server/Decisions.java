package dev.towpath.server;

import dev.towpath.core.access.Principal;
import dev.towpath.core.store.AuditLog;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Notes in the audit log who came in, who did not, and who may not do what they tried. The same
 * again within a while is noted once, so that nobody can fill the log. Thread-safe.
 */
final class Decisions {
  private static final int MOST_KNOWN = 10_000;
  private static final Duration WHILE_IN = Duration.ofHours(1);
  private static final Duration WHILE_OUT = Duration.ofMinutes(1);

  private final Site site;
  private final Map<Object, Instant> noted =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Instant> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  private record Admission(Principal who, String how, String door, String from) {}

  Decisions(Site site) {
    this.site = site;
  }

  /** Somebody came in at a door. */
  void admitted(Principal who, String how, String door, String from) {
    Instant now = site.clock().instant();
    if (isNew(new Admission(who, how, door, from), now, WHILE_IN)) {
      add(new AuditLog.Act(who.name(), "sign in", door, "by " + how + " from " + from), now);
    }
  }

  /** Whether it has been noted lately that somebody came in at a door. */
  synchronized boolean isAdmitted(Principal who, String how, String door, String from) {
    Instant before = noted.get(new Admission(who, how, door, from));
    return before != null && site.clock().instant().isBefore(before.plus(WHILE_IN));
  }

  /**
   * Somebody did not.
   *
   * @param who a user that there is, or {@code unknown}: a name that somebody typed may be a
   *     password
   * @param tried tells this try from others. What is noted takes time, and that must not depend on
   *     whether there is such a user
   */
  void refused(String who, String tried, String why, String door, String from) {
    Instant now = site.clock().instant();
    if (isNew(String.join("\n", tried, why, door, from), now, WHILE_OUT)) {
      add(new AuditLog.Act(who, "refused", door, why + " from " + from), now);
    }
  }

  /** Somebody who is in may not do this. */
  void forbidden(Principal who, String what, String why) {
    AuditLog.Act act = new AuditLog.Act(who.name(), "forbidden", what, why);
    Instant now = site.clock().instant();
    if (isNew(act, now, WHILE_OUT)) {
      add(act, now);
    }
  }

  private void add(AuditLog.Act act, Instant now) {
    site.store().audit().add(site.environment(), act, now);
  }

  private synchronized boolean isNew(Object key, Instant now, Duration once) {
    Instant before = noted.get(key);
    if (before != null && now.isBefore(before.plus(once))) {
      return false;
    }
    noted.remove(key); // so that it is the youngest again
    noted.put(key, now);
    return true;
  }
}
