package dev.towpath.engine.duckdb.serving;

import dev.towpath.engine.duckdb.session.Literals;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Serving;
import dev.towpath.spi.TableName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Copies of tables in DuckDB's own format, which answers small questions some times faster than
 * Parquet does. Each is a file of a database of its own, made in the background of a table that has
 * been read more than once, with an index on its {@link Keys}; when all together are too large, the
 * one that was read longest ago goes. A state of a table never changes, so a copy is never wrong,
 * and releases share it.
 *
 * <p>Who reads a table reads a view. That is pointed at the copy when the copy is whole, and back
 * at the Parquet files before the copy goes; a query that runs keeps what it began with. Who asks
 * for single rows of a copy may get them quicker still, by {@link PointLookups}.
 */
final class HotTables implements AutoCloseable {
  private static final int READS = 2;

  /** The part of the engine's memory that rows may have which are kept by a key. */
  static final int KEPT_SHARE = 8;

  private final DuckDBConnection root;
  private final PointLookups lookups;
  private final Path lake;
  private final Path folder;
  private final long most;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("hot-tables").factory());
  private final Map<Relation.Lake, Entry> entries = new HashMap<>();
  private long clock;
  private int number;
  private volatile boolean closed;

  /** A place where a relation is read. */
  private record Place(ServedCatalog catalog, TableName table) {}

  /** A whole copy. */
  private record Copy(String database, Path file, long bytes) {}

  /** A state of a table, and where it is read. */
  static final class Entry {
    private final Relation.Lake relation;
    private final long bytes;
    private final Set<Place> places = new HashSet<>();
    private final Set<Place> pointed = new HashSet<>();
    private int reads;
    private long last;
    private boolean wanted;
    private int asked;
    private boolean unfit;
    private volatile @Nullable Copy copy;

    Entry(Relation.Lake relation) {
      this.relation = relation;
      this.bytes = relation.files().bytes();
    }

    /** The copy as it is named in SQL; on the worker's thread it stays until the work is done. */
    Optional<String> table() {
      return Optional.ofNullable(copy).map(c -> c.database() + ".main.hot");
    }
  }

  /**
   * No copies yet; none are made when they may have no bytes.
   *
   * @param root a connection that is duplicated
   */
  HotTables(DuckDBConnection root, Serving.Options options) {
    this.root = root;
    this.lake = options.lakeRoot();
    this.folder = options.tempDirectory();
    this.most = options.hotLimit();
    this.lookups = new PointLookups(this, root, most == 0 ? 0 : options.memoryLimit() / KEPT_SHARE);
  }

  PointLookups lookups() {
    return lookups;
  }

  /** A relation that is read under a name, to be noted each time that it is. */
  synchronized Entry at(ServedCatalog catalog, TableName table, Relation.Lake relation) {
    Entry entry = entries.computeIfAbsent(relation, Entry::new);
    entry.places.add(new Place(catalog, table));
    return entry;
  }

  /** Notes that a relation is about to be read. */
  synchronized void read(Entry entry) {
    if (entry.bytes == 0 || entry.bytes > most / 2 || entry.unfit) {
      return;
    }
    entry.last = ++clock;
    entry.reads++;
    boolean done = entry.wanted && entry.pointed.size() == entry.places.size();
    boolean asked = entry.wanted && entry.asked == entry.places.size();
    if (entry.reads >= READS && !done && !asked) {
      entry.wanted = true;
      entry.asked = entry.places.size();
      later(() -> copy(entry));
    }
  }

  /** Forgets a catalog that is closed. */
  void forget(ServedCatalog catalog) {
    List<Entry> unread;
    synchronized (this) {
      for (Entry entry : entries.values()) {
        entry.places.removeIf(p -> p.catalog().equals(catalog));
        entry.pointed.removeIf(p -> p.catalog().equals(catalog));
      }
      unread = entries.values().stream().filter(e -> e.places.isEmpty() && !e.wanted).toList();
      entries.values().removeAll(unread);
    }
    unread.forEach(lookups::forget);
  }

  /** Does something in the background, one thing after the other. */
  void later(Runnable work) {
    try {
      worker.execute(() -> {
        if (!closed) {
          work.run();
        }
      });
    } catch (RejectedExecutionException e) {
      closed = true; // the server stops
    }
  }

  /** Makes the copy, unless there is one, and points at it from everywhere. */
  private void copy(Entry entry) {
    try {
      if (entry.copy == null) {
        Copy made = make(entry.relation);
        synchronized (this) {
          entry.copy = made;
          entry.unfit = made.bytes() > most; // else it would be made again and again
        }
        if (entry.unfit) {
          drop(entry);
        } else {
          makeRoom(entry);
        }
      }
      Optional<String> table = entry.table();
      if (table.isPresent()) {
        point(entry, Optional.of("FROM " + table.get()));
      }
    } catch (SQLException | RuntimeException e) {
      drop(entry); // the Parquet files answer as before
    }
  }

  private Copy make(Relation.Lake relation) throws SQLException {
    String database = "towpath_hot_" + ++number;
    Path file = folder.resolve(database + ".db");
    try (DuckDBConnection own = root.duplicate()) {
      execute(own, "ATTACH " + Literals.path(file) + " AS " + database);
      try {
        String select = ServedCatalog.select(own, lake, relation);
        String table = database + ".main.hot";
        execute(own, "CREATE TABLE " + table + " AS " + select);
        List<String> keys = Keys.of(own, table);
        for (int i = 0; i < keys.size(); i++) {
          execute(own, "CREATE INDEX key_" + i + " ON " + table + "(" + keys.get(i) + ")");
        }
        execute(own, "CHECKPOINT " + database);
        return new Copy(database, file, Files.size(file));
      } catch (IOException e) {
        remove(own, database, file);
        throw new UncheckedIOException(e);
      } catch (SQLException | RuntimeException e) {
        remove(own, database, file);
        throw e;
      }
    }
  }

  /** Drops the copies that were read longest ago until the rest is small enough. */
  private void makeRoom(Entry newest) {
    while (bytes() > most) {
      Optional<Entry> eldest;
      synchronized (this) {
        eldest =
            entries.values().stream()
                .filter(e -> e.copy != null && e != newest)
                .min(Comparator.comparingLong(e -> e.last));
      }
      drop(eldest.orElse(newest));
    }
  }

  private void drop(Entry entry) {
    Copy copy = entry.copy;
    synchronized (this) {
      entry.copy = null;
      entry.wanted = false;
      entry.reads = 0;
    }
    if (copy == null) {
      return;
    }
    point(entry, Optional.empty());
    try (DuckDBConnection own = root.duplicate()) {
      remove(own, copy.database(), copy.file());
    } catch (SQLException e) {
      throw new IllegalStateException("a copy of a table cannot be dropped", e);
    }
  }

  private static void remove(DuckDBConnection own, String database, Path file) throws SQLException {
    execute(own, "DETACH DATABASE IF EXISTS " + database);
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".wal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Points the views of a relation at its copy, or back at its files. */
  private void point(Entry entry, Optional<String> copy) {
    Set<Place> places;
    synchronized (this) {
      places = new HashSet<>(copy.isPresent() ? entry.places : entry.pointed);
      if (copy.isPresent()) {
        places.removeAll(entry.pointed);
      }
    }
    for (Place place : places) {
      if (place.catalog().point(place.table(), entry.relation, copy)) {
        synchronized (this) {
          if (copy.isPresent()) {
            entry.pointed.add(place);
          } else {
            entry.pointed.remove(place);
          }
        }
      }
    }
  }

  private static void execute(DuckDBConnection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private synchronized long bytes() {
    return entries.values().stream()
        .map(e -> e.copy)
        .mapToLong(c -> c == null ? 0 : c.bytes())
        .sum();
  }

  /** How many there are, and how large. */
  Serving.Hot state() {
    long kept = lookups.bytes();
    synchronized (this) {
      int tables = (int) entries.values().stream().filter(e -> e.copy != null).count();
      return new Serving.Hot(tables, bytes(), kept);
    }
  }

  /** Stops making copies and waits for the one that is being made. */
  @Override
  public void close() {
    closed = true;
    worker.close();
    lookups.close();
  }
}
