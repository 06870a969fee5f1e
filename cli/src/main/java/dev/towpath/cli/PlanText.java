package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.interval.Interval;
import dev.towpath.core.lineage.ColumnGraph;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.plan.Reason;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A plan for people and for scripts. */
final class PlanText {
  private final Plan plan;
  private final Graph graph;
  private final StarReaders stars;
  private final Set<TableName> unaffected;
  private final Supplier<ColumnGraph> columns;
  private @Nullable ColumnGraph found;

  /**
   * A plan in words.
   *
   * @param checked the project as it stands now
   * @param unaffected tables of the plan that use no column that changes
   * @param columns who uses which columns; asked only when columns change
   */
  PlanText(Plan plan, Checked checked, Set<TableName> unaffected, Supplier<ColumnGraph> columns) {
    this.plan = plan;
    this.graph = checked.graph();
    this.stars = new StarReaders(checked);
    this.unaffected = unaffected;
    this.columns = columns;
  }

  private ColumnGraph columns() {
    ColumnGraph graph = found;
    if (graph == null) {
      graph = columns.get();
      found = graph;
    }
    return graph;
  }

  /** The tables that use a column, directly or by way of others, in the plan's order. */
  private List<TableName> users(Plan.Step step, Plan.ColumnChange change) {
    if (step.downstream().isEmpty() || change.after().isEmpty()) {
      return List.of(); // nothing that passed the check reads a column that is gone
    }
    Set<TableName> users = columns().users(step.asset().name(), Set.of(change.name()));
    return step.downstream().stream().filter(users::contains).toList();
  }

  /** Endpoints and dashboards that use a column, such as {@code dashboard overview}. */
  private List<String> served(Plan.Step step, Plan.ColumnChange change) {
    return change.after().isEmpty()
        ? List.of()
        : columns().served(step.asset().name(), Set.of(change.name())).stream()
            .map(reader -> reader.kind() + " " + reader.name())
            .toList();
  }

  /**
   * Python models that may use a column which is gone or is another, so that only running them
   * tells: those that ask for a table's columns by name have been checked.
   */
  private List<TableName> mayBreak(Plan.Step step, Plan.ColumnChange change) {
    return change.before().isEmpty() && change.renamedFrom().isEmpty()
        ? List.of()
        : graph.readers(step.asset().name()).stream()
            .filter(reader ->
                graph.get(reader).definition() instanceof Asset.FromModel model
                    && model.isPython()
                    && model.wanted().getOrDefault(step.asset().name(), List.of()).isEmpty())
            .toList();
  }

  /** Who reads all columns, and so loses one that goes. */
  private List<String> losers(Plan.Step step, Plan.ColumnChange change) {
    return change.after().isEmpty() ? stars.of(step.asset().name()) : List.of();
  }

  private String used(Plan.Step step, Plan.ColumnChange change) {
    List<String> losers = losers(step, change);
    if (!losers.isEmpty()) {
      return ", read by name by nothing; all columns are read by " + String.join(", ", losers);
    }
    List<String> users = new ArrayList<>();
    users(step, change).forEach(table -> users.add(table.toString()));
    users.addAll(served(step, change));
    return users.isEmpty() ? ", used by nothing" : ", used by " + String.join(", ", users);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (plan.isEmpty()) {
      lines.add("nothing is stale in " + plan.environment() + release(plan));
      return lines;
    }
    long certain = plan.steps().stream().filter(Plan.Step::certain).count();
    long maybe = plan.steps().size() - certain - unaffected.size();
    lines.add(
        "plan for "
            + plan.environment()
            + release(plan)
            + ": build "
            + certain
            + (maybe == 0 ? "" : ", and " + maybe + " if what they read comes out different")
            + (unaffected.isEmpty() ? "" : ", keep " + unaffected.size())
            + (plan.drops().isEmpty() ? "" : ", drop " + plan.drops().size()));
    for (Plan.Step step : plan.steps()) {
      if (unaffected.contains(step.asset().name())) {
        lines.add(
            "  = "
                + step.asset().name()
                + " ("
                + step.asset().kind()
                + "): uses no column that changes");
        continue;
      }
      lines.add(
          (step.certain() ? "  + " : "  ? ")
              + step.asset().name()
              + " ("
              + step.asset().kind()
              + "): "
              + String.join("; ", step.reasons().stream().map(Reason::text).toList()));
      step.window()
          .filter(w -> !w.full() && !w.isEmpty())
          .ifPresent(w -> lines.add("      builds " + Reason.describe(w.build())));
      for (Plan.ColumnChange change : step.changes()) {
        lines.add("      column " + change + used(step, change));
        for (TableName reader : mayBreak(step, change)) {
          lines.add(
              "        may break "
                  + reader
                  + ", which reads all columns of "
                  + step.asset().name()
                  + "; t.read(..., columns=[...]) lets check tell");
        }
      }
    }
    for (TableName drop : plan.drops()) {
      lines.add("  - " + drop + ": no file declares it any more");
    }
    return lines;
  }

  private static String release(Plan plan) {
    long number = plan.base().release().number();
    return number == 0 ? "" : " (release " + number + ")";
  }

  Map<String, @Nullable Object> json() {
    return Json.object(
        "environment",
        plan.environment(),
        "release",
        plan.base().release().number(),
        "steps",
        plan.steps().stream().map(this::json).toList(),
        "drops",
        plan.drops().stream().map(TableName::toString).toList(),
        "problems",
        plan.refusals().stream().map(Json::problem).toList());
  }

  private Map<String, @Nullable Object> json(Plan.Step step) {
    return Json.object(
        "table",
        step.asset().name().toString(),
        "kind",
        step.asset().kind(),
        "certain",
        step.certain(),
        "kept",
        unaffected.contains(step.asset().name()),
        "reasons",
        step.reasons().stream().map(Reason::text).toList(),
        "intervals",
        step.window()
            .filter(w -> !w.full())
            .map(w -> w.build().ranges().stream().map(Interval::toString).toList())
            .orElse(null),
        "columns",
        step.changes().stream()
            .map(c ->
                Json.object(
                    "name",
                    c.name(),
                    "before",
                    c.before().orElse(null),
                    "after",
                    c.after().orElse(null),
                    "renamed_from",
                    c.renamedFrom().orElse(null),
                    "users",
                    users(step, c).stream().map(TableName::toString).toList(),
                    "served",
                    served(step, c),
                    "loses",
                    losers(step, c),
                    "may_break",
                    mayBreak(step, c).stream().map(TableName::toString).toList()))
            .toList(),
        "downstream",
        step.downstream().stream().map(TableName::toString).toList());
  }
}
