package dev.towpath.core.schedule;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where flows begin that an environment has not met before. */
public final class Beginning {
  private final String environment;
  private final MetadataStore store;

  /** Of flows of an environment. */
  public Beginning(String environment, MetadataStore store) {
    this.environment = environment;
    this.store = store;
  }

  /** How far a flow has come that is met now. */
  public FlowState of(Flow flow, Instant now) {
    Instant cursor =
        flow.catchup()
            ? flow.start()
                .map(start -> Firings.moment(start, flow.zone()).minusNanos(1))
                .filter(start -> start.isBefore(now))
                .orElse(now)
            : now;
    Map<TableName, String> seen =
        flow.trigger() instanceof Flow.After after ? versions(after.tables()) : Map.of();
    return new FlowState(environment, flow.name(), flow.paused(), cursor, seen);
  }

  /** The versions that tables have now; those without rows are left out. */
  Map<TableName, String> versions(List<TableName> tables) {
    LakeView head = store.view(environment, store.head(environment).number());
    Map<TableName, String> versions = new HashMap<>();
    for (TableName table : tables) {
      head.table(table).map(TableState::version).ifPresent(v -> versions.put(table, v));
    }
    return versions;
  }
}
