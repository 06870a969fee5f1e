package dev.towpath.engine.duckdb.serving;

import dev.towpath.engine.duckdb.analyze.PointQuery;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries for the rows with one value of a column, when there are many such. The engine
 * takes half a millisecond for one, whatever it finds: it plans it, begins it and hands it to
 * threads. So the rows of hot tables that are asked in that way are kept by that column ({@link
 * KeyedRows}), within a bound; those that were asked longest ago go. Whatever is unusual about a
 * query is left to the engine, which answers everything. Thread-safe.
 */
final class PointLookups implements AutoCloseable {
  /** So often a table must have been asked by a column. */
  private static final int ASKED = 4;

  private static final int MOST_TEXTS = 1_000;
  private static final int LONGEST_TEXT = 10_000;

  private final HotTables hot;
  private final DuckDBConnection root;
  private final long most;
  private final BufferAllocator memory = new RootAllocator();
  private final Map<HotTables.Entry, Map<String, Slot>> slots = new HashMap<>();
  private final Set<Slot> full = new HashSet<>();

  /** What texts ask for, those that were seen longest ago first; empty while nobody has looked. */
  private final Map<String, Optional<PointQuery>> texts =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Optional<PointQuery>> eldest) {
          return size() > MOST_TEXTS;
        }
      };

  private long clock;
  private boolean closed;

  /** A table by one of its columns. */
  private static final class Slot {
    private int asked;
    private long last;
    private boolean unfit;
    private boolean making;
    private @Nullable KeyedRows rows;
  }

  /**
   * None yet.
   *
   * @param hot of whose copies rows are read
   * @param root a connection that is duplicated
   * @param most bytes that all rows together may have
   */
  PointLookups(HotTables hot, DuckDBConnection root, long most) {
    this.hot = hot;
    this.root = root;
    this.most = most;
  }

  /**
   * The result of a query, if its rows are at hand.
   *
   * @param entries the tables that it may read
   * @param columns as the query has them
   */
  Optional<Serving.Result> find(
      Map<TableName, HotTables.Entry> entries, Statement query, Schema columns, Slice slice) {
    if (most == 0 || query.parameters().isEmpty() || !slice.by().isEmpty()) {
      return Optional.empty();
    }
    Optional<PointQuery> asked = asked(query.sql());
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    PointQuery point = asked.get();
    HotTables.Entry entry = entries.get(point.table());
    if (entry == null
        || !(query.parameters().get(point.parameter()) instanceof Statement.Bound value)) {
      return Optional.empty();
    }
    Optional<KeyedRows> rows = enter(entry, point.key());
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    Optional<Serving.Result> result =
        result(rows.get(), point, value, columns, Math.min(point.most(), slice.rows()));
    if (result.isEmpty()) {
      rows.get().leave();
    }
    return result;
  }

  private Optional<Serving.Result> result(
      KeyedRows rows, PointQuery point, Statement.Bound value, Schema columns, long most) {
    List<String> names = point.columns().isEmpty() ? rows.names() : point.columns();
    List<Integer> positions = names.stream().map(rows.names()::indexOf).toList();
    boolean same = positions.size() == columns.columns().size();
    for (int i = 0; same && i < positions.size(); i++) {
      int position = positions.get(i);
      same = position >= 0 && rows.type(position).equals(columns.columns().get(i).type());
    }
    return same
        ? rows.find(value, most)
            .map(found -> new KeyedResult(rows, found, positions, columns, memory))
        : Optional.empty();
  }

  /** What a text asks for. The first who sends it does not wait until somebody has looked. */
  private Optional<PointQuery> asked(String sql) {
    if (sql.length() > LONGEST_TEXT) {
      return Optional.empty();
    }
    synchronized (texts) {
      Optional<PointQuery> known = texts.get(sql);
      if (known != null) {
        return known;
      }
      texts.put(sql, Optional.empty());
    }
    hot.later(() -> look(sql));
    return Optional.empty();
  }

  private void look(String sql) {
    Optional<PointQuery> found;
    try (DuckDBConnection own = root.duplicate()) {
      found = PointQuery.of(own, sql);
    } catch (SQLException e) {
      return; // the engine says what is wrong with it
    }
    synchronized (texts) {
      texts.replace(sql, found);
    }
  }

  /** The rows of a table by a column, entered; has them made when they are asked for often. */
  private synchronized Optional<KeyedRows> enter(HotTables.Entry entry, String key) {
    Slot slot =
        slots.computeIfAbsent(entry, _ -> new HashMap<>()).computeIfAbsent(key, _ -> new Slot());
    slot.asked++;
    slot.last = ++clock;
    KeyedRows rows = slot.rows;
    if (rows != null && rows.enter()) {
      return Optional.of(rows);
    }
    boolean often = slot.asked >= ASKED && entry.table().isPresent();
    if (often && !slot.unfit && !slot.making && !closed) {
      slot.making = true;
      hot.later(() -> make(entry, key, slot));
    }
    return Optional.empty();
  }

  private void make(HotTables.Entry entry, String key, Slot slot) {
    Optional<String> table = entry.table();
    Optional<KeyedRows> made = Optional.empty();
    boolean failed = false;
    if (table.isPresent()) {
      try (DuckDBConnection own = root.duplicate()) {
        made = KeyedRows.load(own, table.get(), key, memory, most / 2);
      } catch (SQLException | IOException | RuntimeException e) {
        failed = true; // the engine answers as before
      }
    }
    put(slot, made, table.isPresent() && (failed || made.isEmpty()));
  }

  private synchronized void put(Slot slot, Optional<KeyedRows> made, boolean unfit) {
    slot.making = false;
    slot.unfit = unfit;
    slot.rows = made.orElse(null);
    if (made.isPresent()) {
      full.add(slot);
      makeRoom(slot);
    }
    if (closed) {
      empty(slot);
    }
  }

  private void makeRoom(Slot newest) {
    while (bytes() > most) {
      full.stream()
          .filter(s -> s != newest)
          .min(Comparator.comparingLong(s -> s.last))
          .ifPresent(this::empty);
    }
  }

  private void empty(Slot slot) {
    KeyedRows rows = slot.rows;
    slot.rows = null;
    slot.asked = 0;
    full.remove(slot);
    if (rows != null) {
      rows.leave();
    }
  }

  /** Bytes of all that is kept. */
  synchronized long bytes() {
    return full.stream().mapToLong(s -> s.rows == null ? 0 : s.rows.bytes()).sum();
  }

  /** Forgets a table that nobody reads any more. */
  synchronized void forget(HotTables.Entry entry) {
    Map<String, Slot> known = slots.remove(entry);
    if (known != null) {
      known.values().forEach(this::empty);
    }
  }

  /** Lets go of everything; who still reads keeps what they read until the process ends. */
  @Override
  public synchronized void close() {
    closed = true;
    List.copyOf(full).forEach(this::empty);
    if (memory.getAllocatedMemory() == 0) {
      memory.close();
    }
  }
}
