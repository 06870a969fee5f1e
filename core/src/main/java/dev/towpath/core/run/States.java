package dev.towpath.core.run;

import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The states that a run sees: what it has staged itself, else what its base release has. */
public final class States {
  private final MetadataStore store;
  private final LakeView base;
  private final String run;
  private final Map<TableName, TableState> staged = new ConcurrentHashMap<>();
  private final Map<String, TableState> byId = new ConcurrentHashMap<>();
  private final AtomicInteger counter = new AtomicInteger();

  /** States over a base. */
  public States(MetadataStore store, LakeView base, String run) {
    this.store = store;
    this.base = base;
    this.run = run;
  }

  /** An id for a new state. */
  String nextId() {
    return run + "." + counter.incrementAndGet();
  }

  /** What readers of this run see of a table. */
  Optional<TableState> now(TableName table) {
    return Optional.ofNullable(staged.get(table)).or(() -> base.table(table));
  }

  void stage(TableState state) {
    staged.put(state.table(), state);
    byId.put(state.id(), state);
  }

  /** A state of a table that has this version. */
  Optional<TableState> version(TableName table, String version) {
    return byId.values().stream()
        .filter(s -> s.version().equals(version) && s.table().equals(table))
        .findFirst()
        .or(() -> store.version(table, version));
  }

  /** A state by id, staged here or kept by the store. */
  public Optional<TableState> byId(String id) {
    return Optional.ofNullable(byId.get(id)).or(() -> store.state(id));
  }
}
