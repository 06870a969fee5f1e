package dev.towpath.server.reading;

import dev.towpath.core.check.Macros;
import dev.towpath.core.project.Macro;
import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Serving;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.TableName;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A release that is in use: held in the store, with a gate and a catalog of its own. It is opened
 * by the first who enters and closed when it is no longer wanted and the last has left.
 * Thread-safe.
 */
final class OpenRelease {
  private static final int MOST_KNOWN = 1_000;
  private static final int LONGEST_KNOWN = 20_000;

  /**
   * What it takes to open one.
   *
   * @param folder for results that become files
   */
  record Doors(
      MetadataStore store,
      String environment,
      Lake lake,
      Supplier<Serving> engine,
      Path folder,
      Supplier<SqlAnalyzer> analyzers) {}

  /** What is open. */
  private record Opened(
      MetadataStore.Hold hold, LakeView view, Gate gate, Serving.Catalog catalog) {
    void close() {
      try (hold;
          gate;
          catalog) {
        // in the order of what needs what
      }
    }
  }

  private record Asked(QueryText text, Map<String, DataType> types) {}

  private final Doors doors;
  private final long number;
  private final List<Macro> macros;
  private final Set<TableName> exposed = new HashSet<>();

  /** What was found in queries, the one that was asked longest ago first. */
  private final Map<Asked, Gate.Found> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Gate.Found> eldest) {
          return size() > MOST_KNOWN;
        }
      };

  private Optional<Opened> opened = Optional.empty();
  private int users;
  private boolean unwanted;
  private boolean closed;

  OpenRelease(Doors doors, long number, List<Macro> macros) {
    this.doors = doors;
    this.number = number;
    this.macros = macros;
  }

  long number() {
    return number;
  }

  Path folder() {
    return doors.folder();
  }

  List<Macro> macros() {
    return macros;
  }

  /** Opens it if need be; false when it is closed for good. Whoever entered must {@link #leave}. */
  synchronized boolean enter() {
    if (closed) {
      return false;
    }
    if (opened.isEmpty()) {
      opened = Optional.of(open());
    }
    users++;
    return true;
  }

  private Opened open() {
    MetadataStore.Hold hold = doors.store().read(doors.environment(), number);
    try {
      LakeView view = doors.store().view(doors.environment(), number);
      Gate gate = new Gate(doors.analyzers().get(), view, macros);
      try {
        List<String> statements =
            macros.stream().flatMap(m -> Macros.statements(m).stream()).toList();
        return new Opened(hold, view, gate, doors.engine().get().catalog(statements));
      } catch (RuntimeException e) {
        gate.close();
        throw e;
      }
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  synchronized void leave() {
    users--;
    closeIfDone();
  }

  /** Lets it be closed when the last has left. */
  synchronized void unwanted() {
    unwanted = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (unwanted && users == 0 && !closed) {
      closeNow();
    }
  }

  /** Closes it, whoever is in it. */
  synchronized void closeNow() {
    closed = true;
    opened.ifPresent(Opened::close);
    opened = Optional.empty();
  }

  private synchronized Opened opened() {
    return opened.orElseThrow(() -> new IllegalStateException("release " + number + " is closed"));
  }

  LakeView view() {
    return opened().view();
  }

  Serving.Catalog catalog() {
    return opened().catalog();
  }

  /** What is in a query, of which the answer is known if somebody has asked it before. */
  Gate.Found look(QueryText text, Map<String, DataType> types, Predicate<TableName> granted) {
    Asked asked = new Asked(text, Map.copyOf(types));
    synchronized (known) {
      Gate.Found found = known.get(asked);
      if (found != null && found.reads().stream().allMatch(granted)) {
        return found;
      }
    }
    Gate.Found found;
    // What it has of constants is worked out here, which hears no request to end.
    try (Serving.Computing _ = doors.engine().get().computing(() -> {})) {
      found = opened().gate().look(text, types, granted);
    }
    if (text.sql().length() <= LONGEST_KNOWN) {
      synchronized (known) {
        known.put(asked, found);
      }
    }
    return found;
  }

  /** Makes tables readable in the catalog. */
  void expose(Set<TableName> tables) {
    Opened open = opened();
    synchronized (exposed) {
      tables.forEach(table -> expose(open, table));
    }
    open.catalog().reading(tables);
  }

  private void expose(Opened open, TableName table) {
    Optional<TableState> state = open.view().table(table);
    if (state.isEmpty() || !exposed.add(table)) {
      return;
    }
    try {
      open.catalog().expose(table, relation(open, state.get()));
    } catch (RuntimeException e) {
      exposed.remove(table);
      throw e;
    }
  }

  private Relation relation(Opened open, TableState state) {
    if (state.metadataFile().isPresent()) {
      return new Relation.Lake(doors.lake().files(state.metadataFile().get()));
    }
    state.inputs().keySet().forEach(input -> expose(open, input));
    return new Relation.View(state.definition());
  }
}
