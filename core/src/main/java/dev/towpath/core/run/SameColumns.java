package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Field;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells whether the inputs of a model came out the same in the columns that it reads.
 *
 * <p>Why that is enough: lineage names every column that has any influence on the result. When the
 * rows of an input, cut down to those columns, are the same bag as before, the query cannot tell
 * the two apart and would give the same bag again. So the model's state is kept, under the inputs'
 * new versions, and nothing below it becomes stale either. Views are seen through to their tables.
 */
final class SameColumns {
  private final RunContext context;
  private final Staging staging;

  /** Answers by table, versions and columns, since several models may ask the same. */
  private final Map<String, Boolean> known = new ConcurrentHashMap<>();

  SameColumns(RunContext context, Staging staging) {
    this.context = context;
    this.staging = staging;
  }

  /** The published state under the present versions of its inputs; empty when it must be built. */
  Optional<TableState> kept(Plan.Step step, Plan.Request request) {
    Asset asset = step.asset();
    if (!(asset.definition() instanceof Asset.FromModel definition)
        || !canKeep(definition.model())
        || step.current().isEmpty()) {
      return Optional.empty();
    }
    TableState current = step.current().get();
    Lineage lineage = context.lineages().of(asset).orElseThrow();
    for (TableName read : asset.reads()) {
      String before = current.inputs().get(read);
      Optional<TableState> now = context.states().now(read);
      if (before == null
          || now.isEmpty()
          || !same(read, columns(lineage, read), before, now.get())) {
        return Optional.empty();
      }
    }
    TableState kept =
        staging.unchanged(
            asset,
            current,
            new Staging.Extra(
                staging.inputs(asset), current.built(), current.source(), current.logicalTime()));
    return isComplete(asset, kept, request) ? Optional.of(kept) : Optional.empty();
  }

  /** Only models that are a function of their inputs; history depends on what it saw when. */
  private static boolean canKeep(Model model) {
    return switch (model.kind()) {
      case TABLE, INCREMENTAL -> !model.isVolatile();
      default -> false;
    };
  }

  /** Whether no interval is missing besides. */
  private boolean isComplete(Asset asset, TableState kept, Plan.Request request) {
    if (kept.built().equals(Intervals.NONE) && !kept.kind().equals("incremental")) {
      return true;
    }
    Map<TableName, TableState> inputs = new HashMap<>();
    for (TableName read : asset.reads()) {
      context.states().now(read).ifPresent(s -> inputs.put(read, s));
    }
    return context.windows().window(asset, Optional.of(kept), inputs, request).isEmpty();
  }

  private static Set<String> columns(Lineage lineage, TableName table) {
    Set<String> columns = new LinkedHashSet<>();
    for (Lineage.Input input : lineage.reads()) {
      if (input.table().equals(table)) {
        columns.add(input.column());
      }
    }
    return columns;
  }

  private boolean same(TableName table, Set<String> columns, String before, TableState now) {
    if (before.equals(now.version())) {
      return true;
    }
    Optional<TableState> then = context.states().version(table, before);
    if (then.isEmpty() || !then.get().kind().equals(now.kind())) {
      return false;
    }
    return now.metadataFile().isEmpty()
        ? sameView(columns, then.get(), now)
        : sameRows(columns, then.get(), now);
  }

  /** A view is the same when its text is, and what it reads for those columns. */
  private boolean sameView(Set<String> columns, TableState then, TableState now) {
    Optional<Asset> asset = context.graph().asset(now.table());
    if (asset.isEmpty() || !then.fingerprint().equals(now.fingerprint())) {
      return false;
    }
    Lineage whole = context.lineages().of(asset.get()).orElseThrow();
    Lineage part =
        new Lineage(
            whole.columns().stream().filter(c -> columns.contains(c.name())).toList(),
            whole.rows());
    for (TableName read : asset.get().reads()) {
      String before = then.inputs().get(read);
      Optional<TableState> input = context.states().now(read);
      if (before == null
          || input.isEmpty()
          || !same(read, columns(part, read), before, input.get())) {
        return false;
      }
    }
    return true;
  }

  private boolean sameRows(Set<String> columns, TableState then, TableState now) {
    if (then.rows() != now.rows()) {
      return false;
    }
    List<String> names = new ArrayList<>();
    for (String column : new TreeSet<>(columns)) {
      Optional<Field> old = field(then, column);
      Optional<Field> fresh = field(now, column);
      if (old.isEmpty() || fresh.isEmpty() || !old.get().type().equals(fresh.get().type())) {
        return false;
      }
      names.add(fresh.get().name());
    }
    if (names.isEmpty()) {
      return true; // the number of rows is all that it reads
    }
    String key = then.version() + " " + now.version() + " " + names;
    return known.computeIfAbsent(key, _ -> compare(names, then, now));
  }

  private boolean compare(List<String> names, TableState then, TableState now) {
    try {
      TableFiles old = context.lake().files(then.metadataFile().orElseThrow());
      TableFiles fresh = context.lake().files(now.metadataFile().orElseThrow());
      TableName left = staging.expose(new Relation.Lake(old));
      TableName right = staging.expose(new Relation.Lake(fresh));
      EngineSession session = context.session();
      return Staging.bag(session, left, names).equals(Staging.bag(session, right, names));
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      return false; // gc may have taken files of the older version meanwhile: then it is built
    }
  }

  private static Optional<Field> field(TableState state, String column) {
    String wanted = Names.identity(column);
    return state.fields().stream().filter(f -> Names.identity(f.name()).equals(wanted)).findFirst();
  }
}
