package dev.towpath.engine.duckdb.serving;

import dev.towpath.engine.duckdb.memory.MemoryWatch;
import dev.towpath.engine.duckdb.session.BoundSql;
import dev.towpath.engine.duckdb.session.Exposure;
import dev.towpath.engine.duckdb.session.Failures;
import dev.towpath.engine.duckdb.session.Handed;
import dev.towpath.engine.duckdb.session.Literals;
import dev.towpath.spi.HandedType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBConnection;

/**
 * An attached in-memory database, in which tables are views over Parquet files. Its connections
 * have it as their default, so that {@code schema.table} means its tables.
 */
final class ServedCatalog implements Serving.Catalog {
  private static final Schema PLAN = Schema.of("key", "VARCHAR", "plan", "VARCHAR");

  private final String name;
  private final DuckDBConnection root;
  private final Hands hands;
  private final MemoryWatch watch;
  private final BufferAllocator memory;
  private final Serving.Options options;
  private final HotTables hot;
  private final Consumer<ServedCatalog> onClose;
  private final Map<TableName, HotTables.Entry> entries = new ConcurrentHashMap<>();
  private final ConcurrentLinkedDeque<ServedConnection> idle = new ConcurrentLinkedDeque<>();
  private final Set<StreamedResult> running = ConcurrentHashMap.newKeySet();

  /** Two changes of the catalog at one time would conflict. */
  private final ReentrantLock changes = new ReentrantLock();

  private volatile boolean closed;

  ServedCatalog(
      String name,
      DuckDBConnection root,
      Hands hands,
      MemoryWatch watch,
      BufferAllocator memory,
      Serving.Options options,
      HotTables hot,
      Consumer<ServedCatalog> onClose) {
    this.name = name;
    this.root = root;
    this.hands = hands;
    this.watch = watch;
    this.memory = memory;
    this.options = options;
    this.hot = hot;
    this.onClose = onClose;
  }

  /** Work on a connection of this catalog. */
  @FunctionalInterface
  private interface Work {
    void on(DuckDBConnection connection) throws SQLException;
  }

  void open(List<String> macros) {
    run(() -> {
      execute(root, "ATTACH ':memory:' AS " + name);
      change(connection -> {
        for (String macro : Guards.macros()) {
          execute(connection, macro);
        }
        for (String macro : macros) {
          execute(connection, macro);
        }
      });
    });
  }

  @Override
  public void expose(TableName table, Relation relation) {
    run(() ->
        change(connection -> {
          execute(connection, "CREATE SCHEMA IF NOT EXISTS " + Names.quote(table.schema()));
          execute(
              connection,
              "CREATE VIEW "
                  + table.quoted()
                  + " AS "
                  + select(connection, options.lakeRoot(), relation));
        }));
    if (relation instanceof Relation.Lake lake) {
      entries.put(table, hot.at(this, table, lake));
    }
  }

  /** The SELECT that a relation is read with. */
  static String select(DuckDBConnection connection, Path lake, Relation relation)
      throws SQLException {
    return new Exposure(lake, connection::prepare).select(relation).sql();
  }

  @Override
  public void reading(Set<TableName> tables) {
    for (TableName table : tables) {
      HotTables.Entry entry = entries.get(table);
      if (entry != null) {
        hot.read(entry);
      }
    }
  }

  /** Reads a table from somewhere else from now on; false when the catalog is closed. */
  boolean point(TableName table, Relation.Lake relation, Optional<String> copy) {
    if (closed) {
      return false;
    }
    run(() ->
        change(connection ->
            execute(
                connection,
                "CREATE OR REPLACE VIEW "
                    + table.quoted()
                    + " AS "
                    + (copy.isPresent()
                        ? copy.get()
                        : select(connection, options.lakeRoot(), relation)))));
    return true;
  }

  @Override
  public Serving.Result run(Statement query, Schema columns, Slice slice) {
    Optional<Serving.Result> known =
        closed ? Optional.empty() : hot.lookups().find(entries, query, columns, slice);
    if (known.isPresent()) {
      return known.get();
    }
    BoundSql bound = BoundSql.of(query);
    Shown shown = new Shown(columns, slice, bound.count(), Shown::shown);
    return begin(bound, shown.before(), shown.after(), columns, shown.values());
  }

  @Override
  public Serving.Result handOver(Statement query, Schema columns, Slice slice) {
    BoundSql bound = BoundSql.of(query);
    Shown shown = new Shown(columns, slice, bound.count(), HandedType::of);
    return begin(bound, shown.before(), shown.after(), Handed.of(columns), shown.values());
  }

  @Override
  public Serving.Result parquet(Statement query, Schema columns, Slice slice, Path target) {
    BoundSql bound = BoundSql.of(query);
    Shown shown = new Shown(columns, slice, bound.count(), HandedType::of);
    return begin(
        bound,
        "COPY (SELECT * FROM (" + shown.before(),
        shown.after() + "\n)) TO " + Literals.path(target) + " (FORMAT parquet, COMPRESSION zstd)",
        new Schema(List.of()),
        shown.values());
  }

  @Override
  public Serving.Result plan(Statement query, boolean analyze) {
    return begin(
        BoundSql.of(query), analyze ? "EXPLAIN ANALYZE " : "EXPLAIN ", "", PLAN, List.of());
  }

  private StreamedResult begin(
      BoundSql caller, String before, String after, Schema columns, List<String> values) {
    StreamedResult result =
        new StreamedResult(
            this,
            hands,
            watch,
            memory,
            new StreamedResult.Text(caller, before + caller.sql() + after, before.length(), values),
            columns);
    running.add(result);
    return result;
  }

  /** A connection to be {@linkplain #giveBack given back}. */
  ServedConnection take() throws SQLException {
    if (closed) {
      throw new TowpathException("the release that was read is closed", "ask again");
    }
    ServedConnection known = idle.poll();
    if (known != null) {
      return known;
    }
    DuckDBConnection fresh = root.duplicate();
    fresh.setCatalog(name); // no SET, which the lock would refuse
    return new ServedConnection(fresh);
  }

  void giveBack(ServedConnection connection) throws SQLException {
    idle.push(connection);
    if (closed) {
      closeIdle();
    }
  }

  void ended(StreamedResult result) {
    running.remove(result);
  }

  private void change(Work work) throws SQLException {
    ServedConnection connection = take();
    changes.lock();
    try {
      work.on(connection.connection());
    } finally {
      changes.unlock();
      giveBack(connection);
    }
  }

  private static void execute(DuckDBConnection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  /** Something that is soon done and is not stopped halfway. */
  @FunctionalInterface
  private interface Step {
    void run() throws SQLException;
  }

  private void run(Step step) {
    hands.run(
        () -> {
          try {
            step.run();
          } catch (SQLException e) {
            throw Failures.of(e);
          }
          return name;
        },
        StreamedResult.NEVER);
  }

  private void closeIdle() throws SQLException {
    for (ServedConnection c = idle.poll(); c != null; c = idle.poll()) {
      c.close();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    hot.forget(this);
    for (StreamedResult result : new ArrayList<>(running)) {
      result.cancel();
      result.close();
    }
    run(() -> {
      closeIdle();
      execute(root, "DETACH DATABASE IF EXISTS " + name);
    });
    onClose.accept(this);
  }
}
