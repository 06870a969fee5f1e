package dev.towpath.core.release;

import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be promoted from one release of an environment onto one of another, and what cannot.
 *
 * @param writes states to take over
 * @param removes tables to take out
 * @param rebuild tables that differ, but have moved on over there
 */
record Promotable(List<TableState> writes, List<TableName> removes, List<TableName> rebuild) {
  Promotable {
    writes = List.copyOf(writes);
    removes = List.copyOf(removes);
    rebuild = List.copyOf(rebuild);
  }

  /**
   * Compares.
   *
   * @param bases version that each table had when the two last agreed; none where they never did
   */
  static Promotable of(LakeView from, LakeView into, Map<TableName, String> bases) {
    List<TableState> writes = new ArrayList<>();
    List<TableName> removes = new ArrayList<>();
    List<TableName> rebuild = new ArrayList<>();
    Set<TableName> tables = new TreeSet<>(from.tables().keySet());
    tables.addAll(bases.keySet());
    for (TableName table : tables) {
      Optional<TableState> tested = from.table(table);
      Optional<TableState> present = into.table(table);
      if (tested.map(TableState::fingerprint).equals(present.map(TableState::fingerprint))) {
        continue; // one definition, or none on either side: its data is the business of runs
      }
      Optional<String> base = Optional.ofNullable(bases.get(table));
      if (!present.map(TableState::version).equals(base)) {
        rebuild.add(table);
      } else if (tested.isPresent()) {
        writes.add(tested.get());
      } else {
        removes.add(table);
      }
    }
    return new Promotable(writes, removes, rebuild);
  }

  boolean isEmpty() {
    return writes.isEmpty() && removes.isEmpty();
  }
}
