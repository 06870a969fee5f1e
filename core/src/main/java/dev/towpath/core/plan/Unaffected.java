package dev.towpath.core.plan;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.lineage.Lineages;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Tells which steps of a plan use no column that changes, before anything is built.
 *
 * <p>Why a plan can know: where only the definition of a table changed, and nothing that it reads,
 * its new rows are the old ones but for the columns that the two texts compute otherwise. Lineage
 * follows these columns down, and ends where they have a say in which rows there are: from there on
 * anything may change. What a run compares ({@code core.run.SameColumns}) is then the same; only a
 * query that comes out otherwise each time, such as {@code row_number() OVER ()}, can prove it
 * wrong, and then the run builds.
 */
public final class Unaffected {
  private final Plan plan;
  private final Graph graph;
  private final Lineages lineages;
  private final BiFunction<TableName, String, Optional<TableState>> versions;
  private final Map<TableName, Plan.Step> steps = new HashMap<>();

  /** By table, names of the columns that may change; no set when its rows may, too. */
  private final Map<TableName, Optional<Set<String>>> known = new HashMap<>();

  /**
   * Of a plan.
   *
   * @param versions finds a state of a table that has a version
   */
  public Unaffected(
      Plan plan,
      Graph graph,
      Lineages lineages,
      BiFunction<TableName, String, Optional<TableState>> versions) {
    this.plan = plan;
    this.graph = graph;
    this.lineages = lineages;
    this.versions = versions;
    plan.steps().forEach(step -> steps.put(step.asset().name(), step));
  }

  /** The tables that are in the plan and that a run of it will find to be as they should be. */
  public Set<TableName> tables() {
    Set<TableName> tables = new LinkedHashSet<>();
    for (Plan.Step step : plan.steps()) {
      if (!step.certain()
          && !step.asset().kind().equals("view") // which is as new as what it reads
          && changes(step).filter(Set::isEmpty).isPresent()) {
        tables.add(step.asset().name());
      }
    }
    return tables;
  }

  private Optional<Set<String>> changes(Plan.Step step) {
    TableName name = step.asset().name();
    Optional<Set<String>> found = known.get(name);
    if (found == null) {
      found = find(step);
      known.put(name, found);
    }
    return found;
  }

  private Optional<Set<String>> find(Plan.Step step) {
    Asset asset = step.asset();
    if (!(asset.definition() instanceof Asset.FromModel definition)
        || definition.model().isVolatile()
        || step.current().isEmpty()
        || !step.current().get().kind().equals(asset.kind())) {
      return Optional.empty();
    }
    TableState current = step.current().get();
    Model.Kind kind = definition.model().kind();
    boolean another = false;
    Set<Lineage.Input> inputs = new HashSet<>();
    for (Reason reason : step.reasons()) {
      switch (reason) {
        case Reason.DefinitionChanged _ -> another = true;
        case Reason.InputRebuilt(TableName input) -> {
          if (!add(input, current, inputs)) {
            return Optional.empty();
          }
        }
        case Reason.InputChanged(TableName input) -> {
          if (!add(input, current, inputs)) {
            return Optional.empty();
          }
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    boolean anew =
        !definition.timeDependent() && (kind == Model.Kind.TABLE || kind == Model.Kind.VIEW);
    boolean kept = anew || kind == Model.Kind.TABLE || kind == Model.Kind.INCREMENTAL;
    if (!kept || (another && !anew)) {
      return Optional.empty();
    }
    Set<String> changed = new HashSet<>();
    for (Plan.ColumnChange change : step.changes()) {
      changed.add(Names.identity(change.name()));
    }
    if (another) {
      Optional<Set<String>> own =
          lineages.otherColumns(current.definition(), definition.model().text());
      if (own.isEmpty()) {
        return Optional.empty();
      }
      changed.addAll(own.get());
    }
    if (!follow(asset, current, inputs, anew, changed)) {
      return Optional.empty();
    }
    return Optional.of(changed);
  }

  /**
   * Adds the columns of a model that what changed of its inputs has a say in; false when it has one
   * in which rows there are.
   *
   * @param then the state that was made of the inputs as they were
   * @param anew whether all of it is computed again, not some intervals
   */
  private boolean follow(
      Asset asset, TableState then, Set<Lineage.Input> inputs, boolean anew, Set<String> changed) {
    if (inputs.isEmpty()) {
      return true;
    }
    Lineage now = lineages.of(asset).orElseThrow();
    Optional<Lineage> before = before(asset, then);
    boolean python =
        asset.definition() instanceof Asset.FromModel definition && definition.isPython();
    boolean uses = now.reads().stream().anyMatch(i -> inputs.contains(identity(i)));
    boolean rows = now.rows().stream().anyMatch(i -> inputs.contains(identity(i)));
    if (rows
        || before.filter(b -> b.rows().equals(now.rows())).isEmpty()
        || (uses && (!anew || python))) { // nobody looks into Python
      return false;
    }
    for (int i = 0; i < now.columns().size(); i++) {
      Lineage.Output column = now.columns().get(i);
      if (!before.get().columns().get(i).equals(column)
          || column.from().keySet().stream().anyMatch(from -> inputs.contains(identity(from)))) {
        changed.add(Names.identity(column.name()));
      }
    }
    return true;
  }

  /** Adds what may change of an input; false when its rows may. */
  private boolean add(TableName input, TableState reader, Set<Lineage.Input> inputs) {
    Optional<Set<String>> changes =
        Optional.ofNullable(reader.inputs().get(input)).flatMap(v -> changes(input, v));
    changes.ifPresent(
        names -> names.forEach(name -> inputs.add(identity(new Lineage.Input(input, name)))));
    return changes.isPresent();
  }

  /** What may change of a table against a version of it. */
  private Optional<Set<String>> changes(TableName table, String version) {
    Optional<TableState> now = plan.base().table(table);
    if (now.isEmpty()) {
      return Optional.empty();
    }
    Plan.Step step = steps.get(table);
    if (step != null) {
      return now.get().version().equals(version) ? changes(step) : Optional.empty();
    }
    return versions.apply(table, version).flatMap(then -> between(then, now.get()));
  }

  /** What differs between two published states, the second of which is as it should be. */
  private Optional<Set<String>> between(TableState then, TableState now) {
    Optional<Asset> asset = graph.asset(now.table()).filter(a -> Staleness.isDefinedBy(a, now));
    if (asset.isEmpty()
        || !(asset.get().definition() instanceof Asset.FromModel definition)
        || definition.model().isVolatile()
        || definition.timeDependent()
        || !then.kind().equals(now.kind())) {
      return Optional.empty();
    }
    return switch (definition.model().kind()) {
      case TABLE ->
          then.inputs().equals(now.inputs())
              ? lineages.otherColumns(then.definition(), now.definition())
              : Optional.empty();
      case VIEW ->
          then.fingerprint().equals(now.fingerprint())
              ? through(asset.get(), then, now)
              : Optional.empty();
      case INCREMENTAL, MERGE, APPEND, SCD2 -> Optional.empty();
    };
  }

  /** What differs between two states of a view, which says the same of what it reads. */
  private Optional<Set<String>> through(Asset view, TableState then, TableState now) {
    Set<Lineage.Input> inputs = new HashSet<>();
    for (TableName read : view.reads()) {
      String newest = plan.base().table(read).map(TableState::version).orElse("");
      boolean known = newest.equals(now.inputs().get(read)) && !steps.containsKey(read);
      if (!known || !(newest.equals(then.inputs().get(read)) || add(read, then, inputs))) {
        return Optional.empty();
      }
    }
    Set<String> changed = new HashSet<>();
    return follow(view, then, inputs, true, changed) ? Optional.of(changed) : Optional.empty();
  }

  /** Its lineage over the columns that its inputs had: a star may have meant something else. */
  private Optional<Lineage> before(Asset asset, TableState current) {
    Map<TableName, Schema> before = new HashMap<>();
    for (TableName read : asset.reads()) {
      Optional<TableState> then =
          Optional.ofNullable(current.inputs().get(read)).flatMap(v -> versions.apply(read, v));
      if (then.isEmpty()) {
        return Optional.empty();
      }
      before.put(read, HiddenColumns.visible(then.get().fields()));
    }
    return Optional.of(lineages.over(asset, before));
  }

  private static Lineage.Input identity(Lineage.Input input) {
    return new Lineage.Input(input.table(), Names.identity(input.column()));
  }
}
