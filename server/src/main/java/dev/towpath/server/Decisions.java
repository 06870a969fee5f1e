package dev.towpath.server;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.MetadataStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notes in the audit log who came in, who did not, and who may not do what they tried. The same
 * again within a while is noted once, so that nobody can fill the log. Thread-safe.
 */
public final class Decisions {
  private static final int MOST_KNOWN = 10_000;
  private static final Duration WHILE_IN = Duration.ofHours(1);
  private static final Duration WHILE_OUT = Duration.ofMinutes(1);

  /** What one person may look for in vain within a minute and have it noted. */
  private static final int MOST_HIDDEN = 60;

  /** The longest name of something that is noted. */
  private static final int LONGEST = 200;

  private final MetadataStore store;
  private final String environment;
  private final InstantSource clock;
  private final Map<Object, Instant> noted =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Instant> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  /** How often somebody has looked for what is not there for them, since when. */
  private final Map<String, Looking> looking = new ConcurrentHashMap<>();

  private record Looking(Instant since, int times) {}

  private record Admission(Principal who, String how, String door, String from) {}

  /** Decisions of an environment. */
  public Decisions(MetadataStore store, String environment, InstantSource clock) {
    this.store = store;
    this.environment = environment;
    this.clock = clock;
  }

  /** Somebody came in at a door. */
  void admitted(Principal who, String how, String door, String from) {
    Instant now = clock.instant();
    if (isNew(new Admission(who, how, door, from), now, WHILE_IN)) {
      add(new AuditLog.Act(who.name(), "sign in", door, "by " + how + " from " + from), now);
    }
  }

  /** Whether it has been noted lately that somebody came in at a door. */
  synchronized boolean isAdmitted(Principal who, String how, String door, String from) {
    Instant before = noted.get(new Admission(who, how, door, from));
    return before != null && clock.instant().isBefore(before.plus(WHILE_IN));
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
    Instant now = clock.instant();
    if (isNew(String.join("\n", tried, why, door, from), now, WHILE_OUT)) {
      add(new AuditLog.Act(who, "refused", door, why + " from " + from), now);
    }
  }

  /** Somebody who is in may not do this. */
  public void forbidden(Principal who, String what, String why) {
    AuditLog.Act act = new AuditLog.Act(who.name(), "forbidden", what, why);
    Instant now = clock.instant();
    if (isNew(act, now, WHILE_OUT)) {
      add(act, now);
    }
  }

  /**
   * Somebody who may see only a part names something that is not there for them. What is hidden and
   * what does not exist are noted alike, so that not even the time which that takes tells them
   * apart.
   */
  public void hidden(Principal who, String what) {
    Grants grants = who.grants();
    if (grants.readsAll()
        && grants.endpoints().contains("*")
        && grants.dashboards().contains("*")) {
      return;
    }
    Instant now = clock.instant();
    int times =
        looking
            .merge(
                who.name(),
                new Looking(now, 1),
                (before, one) ->
                    now.isBefore(before.since().plus(WHILE_OUT))
                        ? new Looking(before.since(), before.times() + 1)
                        : one)
            .times();
    if (times <= MOST_HIDDEN) {
      String name = what.length() > LONGEST ? what.substring(0, LONGEST) + "..." : what;
      forbidden(who, name, "there is no such thing for them");
    } else if (times == MOST_HIDDEN + 1) {
      forbidden(who, "more than these", "they look for many things that are not there for them");
    }
  }

  private void add(AuditLog.Act act, Instant now) {
    store.audit().add(environment, act, now);
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
