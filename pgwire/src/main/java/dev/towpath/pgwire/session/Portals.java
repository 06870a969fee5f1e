package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** The portals and cursors of a session, by name. Used by one thread. */
final class Portals implements AutoCloseable {
  private static final int MOST = 1_000;

  private final Map<String, Portal> portals = new HashMap<>();

  /** Keeps a portal; the one without a name gives way to the next. */
  void put(String name, Portal portal) {
    if (name.isEmpty()) {
      close(name);
    }
    PgError refusal = null;
    if (portals.containsKey(name)) {
      refusal = PgError.of(SqlState.DUPLICATE_CURSOR, "cursor \"" + name + "\" already exists");
    } else if (portals.size() >= MOST) {
      refusal =
          PgError.of(
              SqlState.PROGRAM_LIMIT, "too many cursors are open", "close those that are read");
    }
    if (refusal != null) {
      portal.close();
      throw refusal;
    }
    portals.put(name, portal);
  }

  Portal get(String name, String kind) {
    Portal portal = portals.get(name);
    if (portal == null) {
      throw PgError.of(SqlState.INVALID_CURSOR_NAME, kind + " \"" + name + "\" does not exist");
    }
    return portal;
  }

  /** Lets a portal go, if there is one. */
  void close(String name) {
    Portal portal = portals.remove(name);
    if (portal != null) {
      portal.close();
    }
  }

  /** Lets all go that do not outlive their transaction. */
  void transactionEnded() {
    for (Iterator<Portal> all = portals.values().iterator(); all.hasNext(); ) {
      Portal portal = all.next();
      if (!portal.isHeld()) {
        all.remove();
        portal.close();
      }
    }
  }

  @Override
  public void close() {
    portals.values().forEach(Portal::close);
    portals.clear();
  }
}
