package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.Hash;
import dev.towpath.core.project.Export;
import dev.towpath.core.project.Variables;
import dev.towpath.core.store.ExportRecord;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Relation;
import dev.towpath.spi.TableFiles;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Delivers what published tables are owed to their exports: at least once, and in any case until it
 * went through. Only the newest state of a table is delivered; those between were never asked for.
 */
public final class Exporter {
  /** Tries of one delivery in one go; after that it waits for the next run. */
  private static final int TRIES = 3;

  private final Graph graph;
  private final Variables variables;
  private final MetadataStore store;
  private final Lake lake;
  private final EngineSession session;
  private final Function<TableState, TableName> reader;
  private final Delivery delivery;
  private final Duration pause;

  /**
   * An exporter.
   *
   * @param session where views and tables of the release can be made readable
   * @param reader makes a state without files, a view, readable, and says under which name
   * @param pause between two tries
   */
  public Exporter(
      Graph graph,
      Variables variables,
      MetadataStore store,
      Lake lake,
      EngineSession session,
      Function<TableState, TableName> reader,
      Delivery delivery,
      Duration pause) {
    this.graph = graph;
    this.variables = variables;
    this.store = store;
    this.lake = lake;
    this.session = session;
    this.reader = reader;
    this.delivery = delivery;
    this.pause = pause;
  }

  /**
   * How one delivery ended.
   *
   * @param rows that were written
   * @param problem why it failed; it stays owed
   */
  public record Outcome(TableName table, Export export, long rows, Optional<Problem> problem) {}

  /** The exports that a table's file declares for an environment. */
  public static List<Export> declared(Graph graph, TableName table, String environment) {
    return graph
        .asset(table)
        .map(Asset::definition)
        .filter(d -> d instanceof Asset.FromModel)
        .map(d -> ((Asset.FromModel) d).model().exports())
        .orElse(List.of())
        .stream()
        .filter(e -> e.isFor(environment))
        .toList();
  }

  /** Delivers all that is owed, one after the other; what fails does not keep the rest. */
  public List<Outcome> deliver(String environment) {
    List<Outcome> outcomes = new ArrayList<>();
    for (ExportRecord owed : store.exports(environment)) {
      Optional<Export> export =
          declared(graph, owed.table(), environment).stream()
              .filter(e -> e.id().equals(owed.target()))
              .findFirst();
      if (export.isEmpty()) {
        store.forget(owed);
      } else if (!owed.isDone()) {
        outcomes.add(deliver(owed, export.get()));
      }
    }
    return outcomes;
  }

  private Outcome deliver(ExportRecord owed, Export export) {
    for (int attempt = 1; ; attempt++) {
      try {
        long rows = once(owed, export);
        store.exported(owed, Optional.of(owed.wanted()), Optional.empty());
        return new Outcome(owed.table(), export, rows, Optional.empty());
      } catch (TowpathException e) {
        String message = variables.redacted(Objects.requireNonNull(e.getMessage()));
        if (attempt == TRIES || !rest(attempt)) {
          store.exported(owed, Optional.empty(), Optional.of(message));
          return new Outcome(
              owed.table(),
              export,
              0,
              Optional.of(
                  new Problem(
                      Problem.Severity.ERROR,
                      export.location(),
                      owed.table() + " was not exported to " + export.place() + ": " + message,
                      e.hint().map(variables::redacted))));
        }
      }
    }
  }

  private boolean rest(int attempt) {
    try {
      Thread.sleep(pause.multipliedBy(attempt));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private long once(ExportRecord owed, Export export) {
    TableState state =
        store
            .state(owed.wanted())
            .orElseThrow(() ->
                new TowpathException(
                    "release " + owed.release() + " is not kept any more", "run again"));
    String to = variables.resolve(export.to());
    Optional<ExportTarget.Append> append =
        export.mode() == ExportTarget.Mode.APPEND
            ? Optional.of(append(owed, export, to))
            : Optional.empty();
    Optional<String> last = append.flatMap(ExportTarget.Append::from);
    if (last.filter(owed.wanted()::equals).isPresent()) {
      return 0; // it went through before, and only the answer was lost
    }
    if (last.filter(l -> comesBefore(owed.wanted(), l)).isPresent()) {
      // A rollback: its rows are there, and the target still goes by the later state, so that
      // those which are read again now are not added again.
      return 0;
    }
    TableName rows = rows(state, append.flatMap(ExportTarget.Append::from).map(this::appended));
    Delivery.Rows content =
        new Delivery.Rows(state.table(), rows, HiddenColumns.visible(state.fields()), append);
    return delivery.deliver(session, content, export, to);
  }

  /**
   * Where an append goes on from: not from what the store has noted, but from what the target says.
   * The store may have missed an answer, or be an older one that was restored.
   */
  private ExportTarget.Append append(ExportRecord owed, Export export, String to) {
    String line = Hash.of(owed.environment(), owed.table().identity(), owed.target());
    return new ExportTarget.Append(
        line, delivery.appended(owed.table(), export, to, line), owed.wanted());
  }

  /** Whether one state was made from another, by however many runs. */
  private boolean comesBefore(String earlier, String later) {
    Set<String> before = ancestors(earlier, later);
    return !before.contains(later) && ancestors(later, earlier).contains(earlier);
  }

  /** The states that one was made from, back to one that is looked for. */
  private Set<String> ancestors(String state, String until) {
    Set<String> found = new HashSet<>();
    Optional<String> next = store.state(state).flatMap(TableState::parent);
    while (next.isPresent() && found.add(next.get()) && !next.get().equals(until)) {
      next = store.state(next.get()).flatMap(TableState::parent);
    }
    return found;
  }

  private TableState appended(String state) {
    return store
        .state(state)
        .orElseThrow(() ->
            new TowpathException(
                "what was appended last is not kept any more, so nobody knows what came since",
                "use mode: upsert, or empty the table there and its row in towpath_exports"));
  }

  private TableName rows(TableState state, Optional<TableState> before) {
    if (state.metadataFile().isEmpty()) {
      if (before.isPresent()) {
        throw new TowpathException(
            state.table() + " is a view, of which nobody knows what rows are new",
            "use mode: replace or mode: upsert");
      }
      return reader.apply(state);
    }
    Optional<TableFiles> old = before.flatMap(TableState::metadataFile).map(lake::files);
    return old.map(o -> new Changed(session, lake).expose(o, state))
        .orElseGet(() ->
            Staging.expose(
                session, new Relation.Lake(lake.files(state.metadataFile().orElseThrow()))));
  }
}
