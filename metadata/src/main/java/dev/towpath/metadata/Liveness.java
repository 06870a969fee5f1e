package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * Who is alive. An opened store is an incarnation: it registers before it first claims anything,
 * and is alive until it is closed or its process dies. One that is dead never comes back.
 * Thread-safe.
 */
interface Liveness extends AutoCloseable {

  /** This incarnation's name; from now on others see it as alive. */
  String register();

  /** Where an incarnation can be looked for, for people who read the store's tables. */
  String place(String incarnation);

  /** Whether an incarnation is alive. */
  boolean alive(String other);

  /**
   * Part of the transaction that takes away what a dead incarnation had: makes sure that it stays
   * dead.
   *
   * @return false when it is alive after all
   */
  boolean bury(Link link, String dead) throws SQLException;

  /** Removes what the dead left, also those that died before they claimed anything. */
  void sweep();

  /** Calls a listener, once, when others may take this one for dead while it still runs. */
  void onLost(Consumer<TowpathException> listener);

  /** Gives up: from now on everybody sees this incarnation as dead. */
  @Override
  void close();

  /** For tests: gives up as a killed process does, which leaves behind what it has. */
  void abandon();
}
