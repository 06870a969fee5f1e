package dev.towpath.server.reading;

import dev.towpath.core.access.Principal;
import dev.towpath.server.Decisions;
import dev.towpath.server.Refusal;

/**
 * Who asks, and where it is noted what they may not.
 *
 * @param decisions notes what is not there for them
 */
record Asking(Principal who, Decisions decisions) {
  String name() {
    return who.name();
  }

  /** Throws unless they may read every table. */
  void requireAll() {
    if (!who.grants().readsAll()) {
      String why = "how a query is computed is told to who may read every table";
      decisions.forbidden(who, "explain", why);
      throw Refusal.of(403, why, null).noted();
    }
  }
}
