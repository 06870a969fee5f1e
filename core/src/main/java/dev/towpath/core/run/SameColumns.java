package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Model;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.Field;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  Optional<TableState> kept(Plan.Step step) {
    Asset asset = step.asset();
    if (!(asset.definition() instanceof Asset.FromModel definition)
        || !canKeep(definition.model())
        || step.current().isEmpty()) {
      return Optional.empty();
    }
    TableState current = step.current().get();
    if (!sameInputs(asset, Optional.empty(), current)) {
      return Optional.empty();
    }
    return Optional.of(
        staging.unchanged(
            asset,
            current,
            new Staging.Extra(
                staging.inputs(asset), current.built(), current.source(), current.logicalTime())));
  }

  /** Only models that are a function of their inputs; history depends on what it saw when. */
  private static boolean canKeep(Model model) {
    return switch (model.kind()) {
      case TABLE, INCREMENTAL -> !model.isVolatile();
      default -> false;
    };
  }

  /**
   * Whether an asset's query would read the same as when a state of it was made.
   *
   * @param wanted the columns of its result that matter; empty for all
   */
  private boolean sameInputs(Asset asset, Optional<Set<String>> wanted, TableState then) {
    Map<TableName, TableState> before = new HashMap<>();
    for (TableName read : asset.reads()) {
      String version = then.inputs().get(read);
      Optional<TableState> now = context.states().now(read);
      if (version == null || now.isEmpty()) {
        return false;
      }
      Optional<TableState> old =
          version.equals(now.get().version()) ? now : context.states().version(read, version);
      if (old.isEmpty()) {
        return false;
      }
      before.put(read, old.get());
    }
    Lineage lineage = context.lineages().of(asset).orElseThrow();
    if (!sameMeaning(asset, lineage, before)) {
      return false;
    }
    Set<Lineage.Input> reads = new LinkedHashSet<>(lineage.rows());
    for (Lineage.Output column : lineage.columns()) {
      if (wanted.isEmpty() || wanted.get().contains(column.name())) {
        reads.addAll(column.from().keySet());
      }
    }
    return asset.reads().stream()
        .allMatch(read -> same(columns(reads, read), require(before, read), now(read)));
  }

  /**
   * Whether the text means what it meant: where inputs have other columns now, a star, a whole row
   * or a NATURAL join may be something else, and lineage over the old columns tells.
   */
  private boolean sameMeaning(Asset asset, Lineage lineage, Map<TableName, TableState> before) {
    Map<TableName, Schema> schemas = new HashMap<>();
    boolean differ = false;
    for (TableName read : asset.reads()) {
      Schema old = schema(require(before, read));
      differ |= !old.equals(schema(now(read)));
      schemas.put(read, old);
    }
    return !differ || context.lineages().over(asset, schemas).equals(lineage);
  }

  private static Schema schema(TableState state) {
    return HiddenColumns.visible(state.fields());
  }

  private TableState now(TableName table) {
    return context.states().now(table).orElseThrow();
  }

  private static TableState require(Map<TableName, TableState> states, TableName table) {
    return java.util.Objects.requireNonNull(states.get(table));
  }

  private static Set<String> columns(Set<Lineage.Input> reads, TableName table) {
    Set<String> columns = new LinkedHashSet<>();
    for (Lineage.Input input : reads) {
      if (input.table().equals(table)) {
        columns.add(input.column());
      }
    }
    return columns;
  }

  private boolean same(Set<String> columns, TableState then, TableState now) {
    if (then.version().equals(now.version())) {
      return true;
    }
    if (!then.kind().equals(now.kind())) {
      return false;
    }
    if (now.metadataFile().isPresent()) {
      return sameRows(columns, then, now);
    }
    Optional<Asset> view = context.graph().asset(now.table());
    return view.isPresent()
        && then.fingerprint().equals(now.fingerprint())
        && sameInputs(view.get(), Optional.of(columns), then);
  }

  private boolean sameRows(Set<String> columns, TableState then, TableState now) {
    if (then.rows() != now.rows()) {
      return false;
    }
    List<Field> read = fields(now, columns);
    List<Field> before = fields(then, columns);
    if (read.size() != columns.size() || !shapes(read).equals(shapes(before))) {
      return false;
    }
    List<Column> shared = shapes(read);
    if (shared.isEmpty()) {
      return true; // the number of rows is all that it reads
    }
    String key = then.version() + " " + now.version() + " " + shared;
    return known.computeIfAbsent(key, _ -> compare(shared, then, now));
  }

  private boolean compare(List<Column> shared, TableState then, TableState now) {
    try {
      TableFiles old = context.lake().files(then.metadataFile().orElseThrow());
      TableFiles fresh = context.lake().files(now.metadataFile().orElseThrow());
      return SameRows.same(context.session(), old, fresh, shared);
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      return false; // gc may have taken files of the older version meanwhile: then it is built
    }
  }

  /** Those fields, in the table's order. */
  private static List<Field> fields(TableState state, Set<String> columns) {
    Set<String> wanted = new HashSet<>();
    columns.forEach(c -> wanted.add(Names.identity(c)));
    return state.fields().stream().filter(f -> wanted.contains(Names.identity(f.name()))).toList();
  }

  private static List<Column> shapes(List<Field> fields) {
    return fields.stream().map(f -> new Column(f.name(), f.type())).toList();
  }
}
