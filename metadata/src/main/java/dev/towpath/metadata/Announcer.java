package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;

/** Writes into the lake what helps {@code restore} and is not worth failing for. */
final class Announcer {
  private static final System.Logger LOG = System.getLogger(Announcer.class.getName());

  private Announcer() {}

  /** Runs an action after its commit: too late to fail. */
  static void quietly(Runnable action) {
    try {
      action.run();
    } catch (TowpathException e) {
      LOG.log(System.Logger.Level.DEBUG, "the head file could not be written", e);
    }
  }
}
