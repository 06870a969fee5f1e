package dev.towpath.source.jdbc;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Settings;
import dev.towpath.source.jdbc.Database.Contents;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tables, views and queries of a database server. All tables of a run that are in one database are
 * read as of one moment.
 */
public class DatabaseSource implements SourceReader {
  private static final Set<String> PASSING =
      Set.of("password", "connect_timeout", "statement_timeout", "parallel");

  private static final String LAST = "last";
  private static final String TOKEN = "snapshot";

  private final Dialect dialect;

  /** A source of that kind of database. */
  protected DatabaseSource(Dialect dialect) {
    this.dialect = dialect;
  }

  @Override
  public final String type() {
    return dialect.type();
  }

  @Override
  public final Set<String> sourceKeys() {
    return union(Drift.KEYS, Setup.SOURCE_KEYS);
  }

  @Override
  public final boolean isPassing(String key, Object value) {
    return Drift.isPassing(key, value) || PASSING.contains(key);
  }

  @Override
  public final Set<String> tableKeys() {
    return union(Drift.KEYS, Setup.TABLE_KEYS);
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    Set<String> union = new HashSet<>(one);
    union.addAll(other);
    return Set.copyOf(union);
  }

  @Override
  public final Set<String> modes() {
    return Set.of("full", "incremental");
  }

  @Override
  public final List<Problem> check(SourceTable table) {
    Settings settings = new Settings(table);
    Setup.of(table, settings, dialect);
    return settings.problems();
  }

  @Override
  public final Schema contact(SourceTable table, Function<FileScan, Schema> infer) {
    Setup setup = setup(table);
    Database database = new Database(table, setup, dialect);
    try (Connection connection = dialect.connect(setup.access())) {
      Contents contents = database.contents(connection);
      Schema schema;
      if (table.columns().isPresent()) {
        schema = table.columns().get();
        database.asked(contents, schema);
        database.reads(contents, schema);
      } else {
        schema = database.natural(contents);
      }
      database.verify(contents, schema);
      return schema;
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  @Override
  public final Probe probe(SourceTable table, Optional<SourceState> last) {
    Setup setup = setup(table);
    if (last.isEmpty()) {
      return new Probe.Changed("first reading");
    }
    Map<String, String> before = last.get().cursor();
    Database database = new Database(table, setup, dialect);
    try (Connection connection = dialect.connect(setup.access())) {
      Optional<String> token = Optional.ofNullable(before.get(TOKEN));
      if (token.isPresent() && token.equals(dialect.token(connection))) {
        return new Probe.Unchanged();
      }
      return setup.cursor().isPresent() && before.containsKey(LAST)
          ? probe(connection, database, setup.cursor().get(), before.get(LAST))
          : new Probe.Unknown();
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  /** A value beyond the last is news; rows that share the last value may have come unseen. */
  private Probe probe(Connection connection, Database database, Setup.Cursor cursor, String last)
      throws SQLException {
    Contents contents = database.contents(connection);
    Window window = new Window(database, dialect, contents);
    DbColumn column = window.cursor(cursor);
    Optional<String> largest = window.largest(connection, column);
    return largest.isPresent() && window.follows(connection, column, largest.get(), last)
        ? new Probe.Changed(column.name() + " went from " + last + " to " + largest.get())
        : new Probe.Unknown();
  }

  @Override
  public final Reading read(
      SourceTable table,
      Optional<SourceState> last,
      Schema schema,
      Function<FileScan, Schema> infer,
      Shared shared) {
    Setup setup = setup(table);
    Database database = new Database(table, setup, dialect);
    try {
      Snapshot snapshot = snapshot(setup.access(), shared);
      return snapshot
          .ask(connection -> plan(table, setup, schema, last, connection))
          .open(snapshot, setup.access());
    } catch (SQLException e) {
      throw database.failure(e);
    } catch (Unopened e) {
      throw database.failure(e.cause);
    }
  }

  private Snapshot snapshot(Access access, Shared shared) {
    return shared.get(
        dialect.type() + " " + access.identity(),
        () -> {
          try {
            return dialect.snapshot(access);
          } catch (SQLException e) {
            throw new Unopened(e);
          }
        });
  }

  /** Carries a failure through a supplier to where the table is known. */
  private static final class Unopened extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final SQLException cause;

    Unopened(SQLException cause) {
      super(cause);
      this.cause = cause;
    }
  }

  /** All that a reading needs but its connections. */
  private record Planned(
      Database database,
      Contents contents,
      List<Reads> reads,
      List<String> queries,
      Schema schema,
      Effect effect,
      List<String> key,
      Map<String, String> cursor) {

    Reading open(Snapshot snapshot, Access access) throws SQLException {
      Map<String, String> state = new HashMap<>(cursor);
      if (contents.relation().certain()) {
        snapshot.token().ifPresent(token -> state.put(TOKEN, token));
      }
      return new DatabaseReading(
          database,
          reads,
          queries,
          snapshot.streams(contents.relation(), queries.size(), access),
          schema,
          effect,
          key,
          new SourceState(state, List.of()),
          state.containsKey(TOKEN));
    }
  }

  private Planned plan(
      SourceTable table,
      Setup setup,
      Schema schema,
      Optional<SourceState> last,
      Connection connection)
      throws SQLException {
    Database database = new Database(table, setup, dialect);
    Contents contents = database.contents(connection);
    Schema asked = database.asked(contents, schema);
    database.verify(contents, asked);
    List<Reads> reads = database.reads(contents, asked);
    Map<String, String> state = new HashMap<>();
    Optional<String> condition = Optional.empty();
    if (setup.cursor().isPresent()) {
      Setup.Cursor cursor = setup.cursor().get();
      Window window = new Window(database, dialect, contents);
      DbColumn column = window.cursor(cursor);
      Optional<String> from = last.flatMap(s -> Optional.ofNullable(s.cursor().get(LAST)));
      Optional<String> largest = window.largest(connection, column);
      largest.or(() -> from).ifPresent(value -> state.put(LAST, value));
      condition = window.condition(cursor, column, from, largest);
    }
    // What came since the last reading is little, and an index on the cursor finds it best.
    boolean whole = setup.cursor().isEmpty() || last.isEmpty();
    List<String> ranges =
        setup.parallel() > 1 && whole
            ? new Ranges(database, dialect, setup).of(connection, contents)
            : List.of(Ranges.ALL);
    String select =
        reads.stream().map(Reads::select).collect(Collectors.joining(", ", "SELECT ", " FROM "))
            + contents.relation().sql();
    String window = condition.map(c -> " AND " + c).orElse("");
    return new Planned(
        database,
        contents,
        reads,
        ranges.stream().map(range -> select + " WHERE " + range + window).toList(),
        asked,
        setup.cursor().isPresent() && last.isPresent() ? Effect.UPSERT : Effect.REPLACE,
        setup.cursor().isPresent() ? setup.key() : List.of(), // else it only divides the table
        state);
  }

  private Setup setup(SourceTable table) {
    Settings settings = new Settings(table);
    Optional<Setup> setup = Setup.of(table, settings, dialect);
    settings.verify();
    return setup.orElseThrow();
  }
}
