package dev.towpath.core.check;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.project.Project;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Map;

/**
 * The outcome of a check.
 *
 * @param graph all tables that could be typed
 * @param endpointReads the tables that each endpoint reads, sorted, by the endpoint's file; broken
 *     endpoints are left out
 * @param endpointColumns the columns of their rows, likewise
 * @param dashboards what each dashboard shows, likewise
 * @param problems everything found, sorted, without doubles
 * @param cached queries whose types came from the cache
 * @param bound queries that were typed anew
 */
public record Checked(
    Project project,
    Graph graph,
    Map<String, List<TableName>> endpointReads,
    Map<String, Schema> endpointColumns,
    Map<String, CheckedDashboard> dashboards,
    List<Problem> problems,
    int cached,
    int bound) {
  public Checked {
    endpointReads = Map.copyOf(endpointReads);
    endpointColumns = Map.copyOf(endpointColumns);
    dashboards = Map.copyOf(dashboards);
    problems = List.copyOf(problems);
  }

  /** Whether nothing stops a run. */
  public boolean passed() {
    return problems.stream().noneMatch(Problem::isError);
  }

  /** Throws all problems if there is an error among them. */
  public Checked orThrow() {
    if (!passed()) {
      throw new TowpathException(problems.stream().filter(Problem::isError).toList());
    }
    return this;
  }
}
