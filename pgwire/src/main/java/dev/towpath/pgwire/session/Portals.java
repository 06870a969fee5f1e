package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** The portals and cursors of a session, by name. Used by one thread. */
final class Portals implements AutoCloseable {
  private static final int MOST = 1_000;

  private record Kept(Portal portal, long bytes) {}

  private final Map<String, Kept> portals = new HashMap<>();
  private final Keeping keeping;

  Portals(Keeping keeping) {
    this.keeping = keeping;
  }

  /**
   * Keeps a portal; the one without a name gives way to the next.
   *
   * @param bytes that it takes, about
   */
  void put(String name, Portal portal, long bytes) {
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
    try {
      if (refusal != null) {
        throw refusal;
      }
      keeping.add(bytes);
    } catch (PgError e) {
      portal.close();
      throw e;
    }
    portals.put(name, new Kept(portal, bytes));
  }

  Portal get(String name, String kind) {
    Kept kept = portals.get(name);
    if (kept == null) {
      throw PgError.of(SqlState.INVALID_CURSOR_NAME, kind + " \"" + name + "\" does not exist");
    }
    return kept.portal();
  }

  /** Lets a portal go, if there is one. */
  void close(String name) {
    Kept gone = portals.remove(name);
    if (gone != null) {
      close(gone);
    }
  }

  /** Lets all go that do not outlive their transaction. */
  void transactionEnded() {
    for (Iterator<Kept> all = portals.values().iterator(); all.hasNext(); ) {
      Kept kept = all.next();
      if (!kept.portal().isHeld()) {
        all.remove();
        close(kept);
      }
    }
  }

  @Override
  public void close() {
    portals.values().forEach(this::close);
    portals.clear();
  }

  private void close(Kept gone) {
    keeping.remove(gone.bytes());
    gone.portal().close();
  }
}
