package dev.towpath.source.sqlite;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Drift;
import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Settings;
import dev.towpath.source.sqlite.Columns.Origin;
import dev.towpath.spi.Column;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Shared;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceState.SourceFile;
import dev.towpath.spi.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tables, views and queries of a SQLite database file. The file is opened for reading only; a
 * reading sees one moment of it, whoever writes meanwhile.
 */
public final class SqliteSource implements SourceReader {
  /** In a cursor: the fingerprint of the rows that were read. */
  static final String ROWS = "rows";

  private static final String ORIGIN = "origin";
  private static final String COLUMNS = "columns";
  private static final String LIST = "list";

  /** A database up to this size is looked through when a plan must tell which table changed. */
  private static final long QUICKLY_READ = 64L << 20;

  private final Duration patience;
  private final long quicklyRead;

  /** A reader that waits ten seconds for a locked database. */
  public SqliteSource() {
    this(Duration.ofSeconds(10), QUICKLY_READ);
  }

  /**
   * A reader with limits.
   *
   * @param patience how long it waits for a locked database
   * @param quicklyRead bytes of a database that a probe may look through
   */
  SqliteSource(Duration patience, long quicklyRead) {
    this.patience = patience;
    this.quicklyRead = quicklyRead;
  }

  @Override
  public String type() {
    return "sqlite";
  }

  @Override
  public Set<String> sourceKeys() {
    Set<String> keys = new HashSet<>(Drift.KEYS);
    keys.add("path");
    return Set.copyOf(keys);
  }

  @Override
  public boolean isPassing(String key, Object value) {
    return Drift.isPassing(key, value);
  }

  @Override
  public Set<String> tableKeys() {
    Set<String> keys = new HashSet<>(Drift.KEYS);
    keys.addAll(List.of("path", "table", "query"));
    return Set.copyOf(keys);
  }

  @Override
  public Set<String> modes() {
    return Set.of("full");
  }

  @Override
  public List<Problem> check(SourceTable table) {
    Settings settings = new Settings(table);
    Setup.of(table, settings);
    return settings.problems();
  }

  @Override
  public Schema contact(SourceTable table, Function<FileScan, Schema> infer) {
    Setup setup = setup(table);
    try (Connection connection = setup.database().open(patience)) {
      Columns columns = new Columns(setup.database(), connection);
      Schema there = columns.schema(columns.relation(setup.origin()));
      if (table.columns().isEmpty()) {
        return there;
      }
      Schema declared = table.columns().get();
      setup.drift().compare(table, setup.label(), there.names(), declared);
      converts(table, declared);
      return declared;
    } catch (SQLException e) {
      throw setup.database().failure(e);
    }
  }

  @Override
  public Probe probe(SourceTable table, Optional<SourceState> last) {
    Setup setup = setup(table);
    setup.database().stamp();
    if (last.isEmpty()) {
      return new Probe.Changed("first reading");
    }
    if (!setup.origin().text().equals(last.get().cursor().get(ORIGIN))) {
      return new Probe.Changed("it is read from another place in the database");
    }
    List<SourceFile> before = last.get().files();
    if (setup.database().looksLike(before)) {
      return new Probe.Unchanged();
    }
    List<SourceFile> now = setup.database().entries();
    return sameContent(before, now) ? new Probe.Unchanged() : probeRows(setup, last.get().cursor());
  }

  /**
   * The file changed, and another table may be why: reads the rows and compares their fingerprint,
   * if that is quickly done.
   */
  private Probe probeRows(Setup setup, Map<String, String> cursor) {
    String rows = cursor.get(ROWS);
    String list = cursor.get(LIST);
    if (rows == null || list == null) {
      return new Probe.Unknown();
    }
    Database database = setup.database();
    if (database.bytes() > quicklyRead) {
      return new Probe.Unknown(
          database.name() + " changed, and is too large to look through for a plan");
    }
    try (Connection connection = database.open(patience)) {
      Columns columns = new Columns(database, connection);
      String relation = columns.relation(setup.origin());
      if (!described(columns.schema(relation)).equals(cursor.get(COLUMNS))) {
        return new Probe.Changed("its columns changed in " + database.name());
      }
      return SqliteRows.hash(connection, relation, list).equals(Optional.of(rows))
          ? new Probe.Unchanged()
          : new Probe.Changed("its rows changed in " + database.name());
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  private static String described(Schema schema) {
    return schema.columns().stream()
        .map(c -> c.name() + " " + c.type().sql())
        .collect(Collectors.joining(", "));
  }

  private static boolean sameContent(List<SourceFile> before, List<SourceFile> now) {
    List<String> hashes = now.stream().map(SourceFile::hash).toList();
    return !hashes.contains("") && hashes.equals(before.stream().map(SourceFile::hash).toList());
  }

  @Override
  public Reading read(
      SourceTable table,
      Optional<SourceState> last,
      Schema schema,
      Function<FileScan, Schema> infer,
      Shared shared) {
    Setup setup = setup(table);
    Database database = setup.database();
    // Before the snapshot: what changes in between is in the rows and, seen again, read again.
    List<SourceFile> entries = database.entries();
    Connection connection = database.open(patience);
    try {
      Columns columns = new Columns(database, connection);
      String relation = columns.relation(setup.origin());
      Schema there = columns.schema(relation);
      List<String> added = setup.drift().compare(table, setup.label(), there.names(), schema);
      List<Column> more = new ArrayList<>();
      added.forEach(name -> there.column(name).ifPresent(more::add));
      Schema asked = Drift.widen(schema, more);
      String list = SqliteRows.list(asked, there);
      Map<String, String> cursor =
          Map.of(ORIGIN, setup.origin().text(), COLUMNS, described(there), LIST, list);
      return new SqliteReading(
          database,
          connection,
          relation,
          list,
          asked,
          converts(table, asked),
          new SourceState(cursor, entries));
    } catch (SQLException e) {
      throw closing(connection, database.failure(e));
    } catch (RuntimeException e) {
      throw closing(connection, e);
    }
  }

  private static RuntimeException closing(Connection connection, RuntimeException failure) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private static List<Convert> converts(SourceTable table, Schema schema) {
    List<Convert> converts = new ArrayList<>();
    for (Column column : schema.columns()) {
      converts.add(
          Convert.to(column.type())
              .orElseThrow(() ->
                  Failures.of(
                      table,
                      "SQLite has nothing to read "
                          + quoted(column.name())
                          + " as "
                          + column.type().sql()
                          + " from",
                      "declare it as varchar or json, and convert it in a model")));
    }
    return converts;
  }

  private static Setup setup(SourceTable table) {
    Settings settings = new Settings(table);
    Optional<Setup> setup = Setup.of(table, settings);
    settings.verify();
    return setup.orElseThrow();
  }

  private record Setup(Database database, Origin origin, Drift drift) {

    /** Empty when something is wrong, which is noted. */
    static Optional<Setup> of(SourceTable table, Settings settings) {
      Drift drift = Drift.of(settings);
      Optional<String> path = settings.text("path").filter(text -> !text.isBlank());
      if (path.isEmpty()) {
        settings.problem(
            "the source has no \"path\"", "write the path of the database, such as data/shop.db");
      }
      Optional<String> query = settings.text("query");
      Optional<String> name = settings.text("table");
      if (query.isPresent() && name.isPresent()) {
        settings.problem(
            "query", "\"table\" and \"query\" cannot both be given", "remove one of them");
      }
      Origin origin =
          query
              .map(text -> new Origin(text, true))
              .orElseGet(() -> new Origin(name.orElse(table.name().table()), false));
      return path.map(text -> new Setup(Database.of(table, text), origin, drift));
    }

    /** What holds the columns, for messages. */
    String label() {
      return quoted(database.name())
          + ", "
          + (origin.isQuery() ? "query" : "table " + quoted(origin.text()) + ",");
    }
  }
}
