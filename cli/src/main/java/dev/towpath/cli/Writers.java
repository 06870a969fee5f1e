package dev.towpath.cli;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Beginning;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.Publication;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What happens with a rollback: flows that write what it takes back would bring it again, so they
 * wait for people.
 */
final class Writers {
  private final List<Flow> flows;
  private final Graph graph;
  private final Beginning beginning;
  private final Consumer<String> say;
  private List<String> paused = List.of();

  /**
   * Flows of a project.
   *
   * @param say hears of flows whose selection cannot be read
   */
  Writers(List<Flow> flows, Graph graph, Beginning beginning, Consumer<String> say) {
    this.flows = flows;
    this.graph = graph;
    this.beginning = beginning;
    this.say = say;
  }

  /** Pauses those that write one of the tables, in the transaction of the release. */
  Publication.Along pausing(Set<TableName> moved, String who, Instant now) {
    List<FlowState> pauses = new ArrayList<>();
    for (Flow flow : flows) {
      if (writes(flow, moved)) {
        pauses.add(beginning.of(flow, now));
      }
    }
    paused = pauses.stream().map(FlowState::flow).toList();
    return new Publication.Along(new AuditLog.Act(who, "rollback", "", ""), pauses);
  }

  private boolean writes(Flow flow, Set<TableName> moved) {
    try {
      List<String> tables =
          JobSelector.tables(flow.select().stream().map(Flow.Choice::text).toList());
      return !tables.isEmpty()
          && Selector.parse(tables, List.of()).select(graph).stream().anyMatch(moved::contains);
    } catch (TowpathException e) {
      say.accept(flow.file() + ": not looked at: " + e.getMessage());
      return false;
    }
  }

  /** The names of those that were paused. */
  List<String> paused() {
    return paused;
  }
}
