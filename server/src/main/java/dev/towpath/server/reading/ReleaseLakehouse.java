package dev.towpath.server.reading;

import dev.towpath.core.access.Principal;
import dev.towpath.core.project.Macro;
import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.query.UnknownTables;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.TableState;
import dev.towpath.server.Decisions;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Lake;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The releases of an environment over one engine. The newest stays open once it has been asked for;
 * the others are closed when nobody reads them any more.
 */
public final class ReleaseLakehouse implements Lakehouse, AutoCloseable {
  /** The newest release, and the store's count of changes when it was. */
  private record Head(long changes, long number) {}

  private final OpenRelease.Doors doors;
  private final Supplier<List<Macro>> macros;
  private final Limits limits;
  private final Turns turns;
  private final Decisions decisions;
  private final Alarms alarms = new Alarms();
  private final ResultFiles files;
  private final Map<Long, OpenRelease> open = new ConcurrentHashMap<>();
  private volatile boolean used;
  private volatile Head head = new Head(-1, -1);

  /**
   * A lakehouse.
   *
   * @param engine opened by the first query; stays open
   * @param folder into which it may write, for results that become files
   * @param analyzers each takes what people ask, for one release
   * @param macros of the project as it is in force
   * @param decisions notes what is not there for who asks
   */
  public ReleaseLakehouse(
      MetadataStore store,
      String environment,
      Lake lake,
      Supplier<Serving> engine,
      Path folder,
      Supplier<SqlAnalyzer> analyzers,
      Supplier<List<Macro>> macros,
      Decisions decisions,
      Limits limits) {
    this.doors = new OpenRelease.Doors(store, environment, lake, engine, folder, analyzers);
    this.macros = macros;
    this.decisions = decisions;
    this.limits = limits;
    this.turns = new Turns(limits);
    this.files = new ResultFiles(limits.files());
  }

  @Override
  public long head() {
    long changes = doors.store().changes();
    Head known = head;
    if (known.changes() != changes) {
      Head now = new Head(changes, doors.store().head(doors.environment()).number());
      head = now;
      if (now.number() != known.number()) {
        open.values().stream()
            .filter(release -> release.number() != now.number())
            .forEach(this::dismiss);
      }
      return now.number();
    }
    return known.number();
  }

  private void dismiss(OpenRelease release) {
    open.remove(release.number(), release);
    release.unwanted();
  }

  @Override
  public Snapshot open(Principal who, Optional<Long> release) {
    return snapshot(who, release);
  }

  private OneSnapshot snapshot(Principal who, Optional<Long> release) {
    long newest = head();
    long number = release.orElse(newest);
    List<Macro> now = macros.get();
    while (true) {
      OpenRelease found = open.computeIfAbsent(number, n -> new OpenRelease(doors, n, now));
      if (!found.macros().equals(now)) {
        dismiss(found); // the project was edited
      } else if (enter(found)) {
        if (number != newest) {
          dismiss(found); // closed when this one leaves
        }
        used = true;
        return new OneSnapshot(found, who);
      }
    }
  }

  @Override
  public <T> T compare(Principal who, Comparison asked, Function<Difference, T> use) {
    try (OneSnapshot before = snapshot(who, Optional.of(asked.from()));
        OneSnapshot after = snapshot(who, Optional.of(asked.to()))) {
      TableState old = state(before, asked);
      TableState fresh = state(after, asked);
      try (Serving.Catalog catalog = doors.engine().get().catalog(List.of());
          Difference found =
              new Compared(catalog, this::files, old, fresh, asked)
                  .run((result, text) ->
                      new LimitedCursor(result, text, asked.time(), turns, alarms, () -> {})
                          .begun())) {
        return use.apply(found);
      }
    }
  }

  private Relation files(TableState state) {
    return new Relation.Lake(doors.lake().files(state.metadataFile().orElseThrow()));
  }

  private static TableState state(OneSnapshot snapshot, Comparison asked) {
    TableState state =
        snapshot
            .release
            .view()
            .table(asked.table())
            .filter(_ -> snapshot.who.grants().reads(asked.table()))
            .orElseThrow(() ->
                new TowpathException(
                    "release " + snapshot.release() + " has no " + asked.table(),
                    "choose a release that has it"));
    if (state.metadataFile().isEmpty()) {
      throw new TowpathException(
          asked.table() + " is a view, whose rows are not kept", "compare what it reads");
    }
    return state;
  }

  /** Enters a release; one that cannot be opened is forgotten. */
  private boolean enter(OpenRelease release) {
    boolean entered = false;
    try {
      entered = release.enter();
    } finally {
      if (!entered) {
        open.remove(release.number(), release);
      }
    }
    return entered;
  }

  @Override
  public Serving.Computing computing(Runnable stop) {
    return doors.engine().get().computing(stop);
  }

  @Override
  public Load load() {
    Serving.Hot hot = used ? doors.engine().get().hot() : new Serving.Hot(0, 0, 0);
    return new Load(turns.running(), turns.waiting(), turns.opened(), hot);
  }

  @Override
  public Path scratch() {
    return doors.folder();
  }

  @Override
  public void close() {
    open.values().forEach(OpenRelease::closeNow);
    alarms.close();
    files.close();
  }

  private final class OneSnapshot implements Snapshot {
    private final OpenRelease release;
    private final Principal who;
    private boolean closed;

    OneSnapshot(OpenRelease release, Principal who) {
      this.release = release;
      this.who = who;
    }

    @Override
    public long release() {
      return release.number();
    }

    @Override
    public Map<TableName, Schema> tables() {
      Map<TableName, Schema> tables = new TreeMap<>();
      release
          .view()
          .tables()
          .forEach((name, state) -> {
            if (who.grants().reads(name)) {
              tables.put(name, Gate.visible(state));
            }
          });
      return tables;
    }

    @Override
    public Optional<String> version(TableName table) {
      return release.view().table(table).map(TableState::version);
    }

    @Override
    public Query prepare(QueryText text, Map<String, DataType> types) {
      Gate.Found found;
      try {
        found = release.look(text, types, who.grants()::reads);
      } catch (UnknownTables e) {
        decisions.hidden(who, "read " + String.join(", ", e.names()));
        throw e;
      }
      return new PreparedQuery(
          release, new Asking(who, decisions), text, found, limits, turns, alarms, files);
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        release.leave();
      }
    }
  }
}
