package dev.towpath.core.plan;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import dev.towpath.spi.Widening;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares a graph with what is published and says what is stale, and why. */
public final class Planner {
  private final Graph graph;
  private final Probes probes;
  private final Windows windows;
  private final Staleness staleness;

  /** A planner for one graph. */
  public Planner(Graph graph, Probes probes, Windows windows) {
    this.graph = graph;
    this.probes = probes;
    this.windows = windows;
    this.staleness = new Staleness(windows);
  }

  /**
   * Plans.
   *
   * @throws TowpathException with a problem for every source that cannot be reached, and for every
   *     input that is neither built nor selected
   */
  public Plan plan(LakeView base, Plan.Request request) {
    Set<TableName> selected = new HashSet<>(request.selection());
    Map<TableName, Plan.Step> planned = new HashMap<>();
    List<Plan.Step> steps = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (Asset asset : graph.assets()) {
      if (!selected.contains(asset.name()) && !isViewOver(asset, base, planned.keySet())) {
        continue;
      }
      requireInputs(asset, base, selected, problems);
      try {
        List<Reason> reasons = reasons(asset, base, planned.keySet(), request);
        if (!reasons.isEmpty()) {
          Plan.Step step = step(asset, base, reasons, planned.keySet(), request);
          planned.put(asset.name(), step);
          steps.add(step);
        }
      } catch (CancelledException e) {
        throw e; // nothing is wrong with the table
      } catch (TowpathException e) {
        if (e.problems().isEmpty()) {
          problems.add(
              new Problem(
                  Problem.Severity.ERROR,
                  location(asset),
                  java.util.Objects.requireNonNull(e.getMessage()),
                  e.hint()));
        }
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new TowpathException(problems.stream().distinct().sorted().toList());
    }
    return new Plan(
        base.release().environment(),
        base,
        request,
        steps,
        drops(base, request),
        steps.stream().flatMap(s -> refusals(s, request).stream()).toList());
  }

  /** A published view changes with what it reads, whether it was selected or not. */
  private static boolean isViewOver(Asset asset, LakeView base, Set<TableName> planned) {
    return asset.kind().equals("view")
        && base.table(asset.name()).isPresent()
        && asset.reads().stream().anyMatch(planned::contains);
  }

  /** Tables that are published and that no file declares any more. */
  private List<TableName> drops(LakeView base, Plan.Request request) {
    if (!request.all()) {
      return List.of();
    }
    return base.tables().keySet().stream()
        .filter(name -> graph.asset(owner(name)).isEmpty())
        .sorted()
        .toList();
  }

  /** The table that a companion such as {@code raw.flights__rejected} belongs to. */
  private static TableName owner(TableName name) {
    String suffix = SourceTables.REJECTED;
    return name.table().endsWith(suffix)
        ? new TableName(
            name.schema(), name.table().substring(0, name.table().length() - suffix.length()))
        : name;
  }

  private void requireInputs(
      Asset asset, LakeView base, Set<TableName> selected, List<Problem> problems) {
    for (TableName read : asset.reads()) {
      if (!selected.contains(read) && base.table(read).isEmpty()) {
        problems.add(
            Problem.error(
                location(asset),
                asset.name() + " reads " + read + ", which is not built and not selected",
                "select what it needs too: +" + asset.name()));
      }
    }
  }

  private static Location location(Asset asset) {
    return switch (asset.definition()) {
      case Asset.FromSource s -> s.table().declaration().location();
      case Asset.FromSeed s -> Location.of(s.seed().file());
      case Asset.FromModel m -> new Location(m.model().file(), 1, 1);
    };
  }

  private List<Reason> reasons(
      Asset asset, LakeView base, Set<TableName> planned, Plan.Request request) {
    Optional<TableState> current = base.table(asset.name());
    if (current.isEmpty()) {
      return List.of(new Reason.New());
    }
    List<Reason> reasons =
        new ArrayList<>(staleness.reasons(asset, current.get(), base, planned, request));
    if (asset.definition() instanceof Asset.FromSource source) {
      probe(source, current.get()).ifPresent(reasons::add);
    }
    return reasons;
  }

  private static List<Problem> refusals(Plan.Step step, Plan.Request request) {
    List<Problem> refusals = new ArrayList<>(unreadable(step, request));
    refusal(step, request).ifPresent(refusals::add);
    return refusals;
  }

  /** Columns of rows that stay which are not there, or cannot be read as what they are to be. */
  private static List<Problem> unreadable(Plan.Step step, Plan.Request request) {
    boolean keeps =
        step.asset().definition() instanceof Asset.FromModel definition
            && definition.model().changes().keep()
            && step.current().filter(c -> c.rows() > 0).isPresent()
            && !step.anew(request);
    if (!keeps) {
      return List.of();
    }
    List<Problem> problems = new ArrayList<>();
    Schema before = HiddenColumns.visible(step.current().orElseThrow().fields());
    renames(step.asset())
        .forEach((now, then) -> {
          if (before.column(now).isEmpty() && before.column(then).isEmpty()) {
            problems.add(
                Problem.error(
                    location(step.asset()),
                    "column \"%s\" has renamed_from: %s, and %s has no column of that name"
                        .formatted(now, then, step.asset().name()),
                    Names.nearest(then, before.names())
                        .map(n -> "did you mean \"" + n + "\"?")
                        .orElse("it has " + String.join(", ", before.names()))));
          }
        });
    for (Column now : step.asset().columns().columns()) {
      before
          .column(now.name())
          .or(() ->
              Optional.ofNullable(renames(step.asset()).get(now.name())).flatMap(before::column))
          .filter(then -> !Widening.reads(then.type(), now.type()))
          .ifPresent(then ->
              problems.add(
                  Problem.error(
                      location(step.asset()),
                      "column \""
                          + then.name()
                          + "\" of "
                          + step.asset().name()
                          + " was "
                          + then.type().sql()
                          + ", and its rows that stay cannot be read as "
                          + now.type().sql(),
                      "cast it to the old type, give it another name, or forget its rows by run "
                          + step.asset().name()
                          + " --full")));
    }
    return problems;
  }

  /** What stands against a step: history that cannot be computed again is not dropped unasked. */
  private static Optional<Problem> refusal(Plan.Step step, Plan.Request request) {
    Optional<TableState> current = step.current();
    boolean history =
        Staleness.isHistory(step.asset())
            || current
                .filter(c -> c.kind().equals("append") || c.kind().equals("scd2"))
                .isPresent();
    if (!history || request.full() || current.isEmpty() || !step.anew(request)) {
      return Optional.empty();
    }
    String rows = Reason.rows(current.get().rows());
    return Optional.of(
        Problem.error(
            location(step.asset()),
            step.asset().name()
                + " has another definition now, and its "
                + rows
                + (step.asset().definition() instanceof Asset.FromSource
                    ? " cannot be read again (replayable: false)"
                    : " of history cannot be computed again"),
            step.asset().definition() instanceof Asset.FromModel
                    && Staleness.isHistory(step.asset())
                    && current.get().kind().equals(step.asset().kind())
                ? "\"on_change: keep\" in its header keeps them and goes on with the new"
                    + " definition; run "
                    + step.asset().name()
                    + " --full forgets them"
                : "run " + step.asset().name() + " --full forgets them"));
  }

  private Optional<Reason> probe(Asset.FromSource source, TableState state) {
    return switch (probes.of(source.table().declaration(), state)) {
      case SourceReader.Probe.Unchanged _ -> Optional.empty();
      case SourceReader.Probe.Changed changed ->
          Optional.of(new Reason.SourceChanged(changed.reason()));
      case SourceReader.Probe.Unknown unknown -> Optional.of(new Reason.ToBeChecked(unknown.why()));
    };
  }

  private Plan.Step step(
      Asset asset,
      LakeView base,
      List<Reason> reasons,
      Set<TableName> planned,
      Plan.Request request) {
    Optional<TableState> current = base.table(asset.name());
    Optional<Window> window = Optional.empty();
    if (asset.definition() instanceof Asset.FromModel model && model.model().time().isPresent()) {
      Map<TableName, TableState> inputs = new HashMap<>();
      for (TableName read : asset.reads()) {
        if (!planned.contains(read)) {
          base.table(read).ifPresent(s -> inputs.put(read, s));
        }
      }
      window = Optional.of(windows.window(asset, current, inputs, request));
    }
    List<Plan.ColumnChange> changes =
        current
            .map(s -> changes(HiddenColumns.visible(s.fields()), asset.columns(), renames(asset)))
            .orElse(List.of());
    return new Plan.Step(asset, current, reasons, window, changes, graph.downstream(asset.name()));
  }

  private static Map<String, String> renames(Asset asset) {
    return asset.definition() instanceof Asset.FromModel m ? m.model().renames() : Map.of();
  }

  private static List<Plan.ColumnChange> changes(
      Schema before, Schema after, Map<String, String> renames) {
    List<Plan.ColumnChange> changes = new ArrayList<>();
    Map<String, String> renamed = new HashMap<>(); // new name by the identity of the old one
    renames.forEach((now, then) -> {
      if (before.column(now).isEmpty()
          && before.column(then).isPresent()
          && after.column(then).isEmpty()) {
        renamed.put(Names.identity(then), now);
      }
    });
    for (Column column : before.columns()) {
      if (renamed.containsKey(Names.identity(column.name()))) {
        continue;
      }
      Optional<Column> now = after.column(column.name());
      if (now.isEmpty() || !now.get().type().equals(column.type())) {
        changes.add(
            new Plan.ColumnChange(
                column.name(),
                Optional.of(column.type().sql()),
                now.map(c -> c.type().sql()),
                Optional.empty()));
      }
    }
    for (Column column : after.columns()) {
      if (before.column(column.name()).isEmpty()) {
        Optional<Column> then =
            Optional.ofNullable(renames.get(column.name()))
                .filter(t -> renamed.containsKey(Names.identity(t)))
                .flatMap(before::column);
        changes.add(
            new Plan.ColumnChange(
                column.name(),
                then.map(c -> c.type().sql()),
                Optional.of(column.type().sql()),
                then.map(Column::name)));
      }
    }
    return changes;
  }
}
