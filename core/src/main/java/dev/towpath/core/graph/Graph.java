package dev.towpath.core.graph;

import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/** All tables in an order in which each comes after what it reads; ties go by name. */
public final class Graph {
  private final Map<TableName, Asset> assets = new LinkedHashMap<>();
  private final Map<TableName, List<TableName>> readers = new HashMap<>();

  /**
   * Builds it. Reads of tables that are not among the assets are left out.
   *
   * @throws IllegalArgumentException for a cycle; callers report cycles before
   */
  public Graph(Collection<Asset> any) {
    Map<TableName, Asset> byName = new HashMap<>();
    any.forEach(a -> byName.put(a.name(), a));
    Map<TableName, Integer> waiting = new HashMap<>();
    PriorityQueue<TableName> ready = new PriorityQueue<>();
    for (Asset asset : any) {
      int inputs = 0;
      for (TableName read : asset.reads()) {
        if (byName.containsKey(read)) {
          readers.computeIfAbsent(read, _ -> new ArrayList<>()).add(asset.name());
          inputs++;
        }
      }
      waiting.put(asset.name(), inputs);
      if (inputs == 0) {
        ready.add(asset.name());
      }
    }
    while (!ready.isEmpty()) {
      TableName next = ready.remove();
      assets.put(next, require(byName, next));
      for (TableName reader : readers(next)) {
        if (waiting.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    if (assets.size() != byName.size()) {
      throw new IllegalArgumentException("the graph has a cycle");
    }
  }

  private static Asset require(Map<TableName, Asset> byName, TableName name) {
    return java.util.Objects.requireNonNull(byName.get(name));
  }

  /** All assets, inputs first. */
  public Collection<Asset> assets() {
    return java.util.Collections.unmodifiableCollection(assets.values());
  }

  /** The asset of that name. */
  public Optional<Asset> asset(TableName name) {
    return Optional.ofNullable(assets.get(name));
  }

  /** The asset of that name, which must exist. */
  public Asset get(TableName name) {
    return require(assets, name);
  }

  /** What reads a table directly. */
  public List<TableName> readers(TableName name) {
    return readers.getOrDefault(name, List.of());
  }

  /** Everything below a table, in graph order, without itself. */
  public List<TableName> downstream(TableName name) {
    Set<TableName> seen = new LinkedHashSet<>();
    List<TableName> open = new ArrayList<>(readers(name));
    while (!open.isEmpty()) {
      TableName next = open.removeLast();
      if (seen.add(next)) {
        open.addAll(readers(next));
      }
    }
    return assets.keySet().stream().filter(seen::contains).toList();
  }
}
