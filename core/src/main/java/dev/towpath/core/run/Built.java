package dev.towpath.core.run;

import dev.towpath.core.interval.Intervals;
import dev.towpath.core.store.TableState;
import java.util.List;
import java.util.Optional;

/**
 * What building one asset gave.
 *
 * @param state the new state; empty when there was nothing to do after all
 * @param companions states of tables that come with it
 * @param touched intervals whose rows may differ, which row-wise checks look at; empty means all
 * @param detail in a few words
 */
record Built(
    Optional<TableState> state,
    List<TableState> companions,
    Optional<Intervals> touched,
    String detail) {
  Built {
    companions = List.copyOf(companions);
  }

  static Built of(TableState state, String detail) {
    return new Built(Optional.of(state), List.of(), Optional.empty(), detail);
  }

  static Built nothing(String detail) {
    return new Built(Optional.empty(), List.of(), Optional.empty(), detail);
  }
}
