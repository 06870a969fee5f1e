package dev.towpath.core.store;

import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A release as the lake itself keeps it, from which a lost metadata store is rebuilt.
 *
 * @param store the store's UUID
 * @param parent manifest of the release before; empty text for the first
 * @param states full records of the states that are new in it
 * @param tables every table of the release: its state's id and the manifest that holds the record
 * @param bases version that each table had when its environment last agreed with another one: when
 *     it was made from it or promoted into it
 */
public record ReleaseManifest(
    String store,
    Release release,
    String parent,
    List<TableState> states,
    Set<TableName> removed,
    Map<TableName, Reference> tables,
    Map<TableName, String> bases) {
  public ReleaseManifest {
    states = List.copyOf(states);
    removed = Set.copyOf(removed);
    tables = Map.copyOf(tables);
    bases = Map.copyOf(bases);
  }

  /** A state's id and the path of the manifest that holds its record. */
  public record Reference(String state, String manifest) {}
}
