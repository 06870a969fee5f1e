package dev.towpath.cli;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.project.Flow;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Flows that write what a rollback took back: they would bring it again, so they wait for people.
 */
final class Writers {
  private Writers() {}

  /**
   * Pauses them.
   *
   * @param release that the rollback published
   * @param by whose rollback it is, for the audit log
   * @param say hears of flows whose selection cannot be read
   * @return the names of those that are paused now
   */
  static List<String> pause(
      MetadataStore store,
      List<Flow> flows,
      Graph graph,
      Release release,
      String by,
      Instant now,
      Consumer<String> say) {
    String environment = release.environment();
    Set<TableName> moved =
        moved(
            store.view(environment, release.number() - 1),
            store.view(environment, release.number()));
    List<String> paused = new ArrayList<>();
    for (Flow flow : flows) {
      try {
        List<String> tables =
            JobSelector.tables(flow.select().stream().map(Flow.Choice::text).toList());
        if (!tables.isEmpty()
            && Selector.parse(tables, List.of()).select(graph).stream().anyMatch(moved::contains)) {
          AuditLog.Act act = new AuditLog.Act(by, "pause", flow.name(), "by a rollback");
          store.flows().pause(environment, flow.name(), true, act, now);
          paused.add(flow.name());
        }
      } catch (TowpathException e) {
        say.accept(flow.file() + ": not looked at: " + e.getMessage());
      }
    }
    return paused;
  }

  private static Set<TableName> moved(LakeView before, LakeView after) {
    Set<TableName> tables = new HashSet<>(before.tables().keySet());
    tables.addAll(after.tables().keySet());
    tables.removeIf(t ->
        before.table(t).map(TableState::version).equals(after.table(t).map(TableState::version)));
    return tables;
  }
}
