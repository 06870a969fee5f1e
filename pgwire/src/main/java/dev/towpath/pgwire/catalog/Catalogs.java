package dev.towpath.pgwire.catalog;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.pgwire.session.Answerer;
import dev.towpath.pgwire.session.Question;
import dev.towpath.pgwire.session.Settings;
import dev.towpath.pgwire.text.Sql;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Serving;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Stands for PostgreSQL's catalog: a small DuckDB that holds no data, with a catalog for each
 * release and what may be seen of it. It is opened when somebody first asks. Thread-safe.
 */
public final class Catalogs implements AutoCloseable {
  private static final int MOST_KEPT = 8;

  private record Key(long release, Grants grants) {}

  /** A catalog and how many questions it is asked. */
  private static final class Kept {
    private final Catalog catalog;
    private int users;

    Kept(Catalog catalog) {
      this.catalog = catalog;
    }
  }

  private final String database;
  private final CatalogTurns turns;
  private final Map<Key, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable DuckDBConnection root;
  private int made;

  /**
   * None yet.
   *
   * @param database the name that clients know
   * @param watch looks at the memory of the process while something computes, and may ask it to end
   */
  public Catalogs(String database, Function<Runnable, Serving.Computing> watch) {
    this.database = database;
    this.turns = new CatalogTurns(watch);
  }

  /** A catalog, which stays while this is open. */
  record Lease(Catalog catalog, Runnable release) implements AutoCloseable {
    @Override
    public void close() {
      release.run();
    }
  }

  /** Where the catalog of one release comes from, again and again while that is open. */
  record Source(Supplier<Lease> leases, CatalogTurns turns) {
    Lease open() {
      return leases.get();
    }
  }

  /**
   * What answers a session's queries.
   *
   * @param id of the session, as pg_backend_pid says it
   */
  public Answerer answerer(Principal who, int id) {
    return (snapshot, settings, sql, types) ->
        CatalogWords.concern(sql.tokens())
            ? question(who, id, snapshot, settings, sql, types)
            : Question.of(
                snapshot.prepare(
                    LakeWords.rewrite(sql, new Facts(who.name(), database, id, settings)), types));
  }

  private Question question(
      Principal who,
      int id,
      Lakehouse.Snapshot snapshot,
      Settings settings,
      Sql sql,
      Map<String, DataType> types) {
    CatalogText text = Dialect.rewrite(sql, new Facts(who.name(), database, id, settings), types);
    Key key = new Key(snapshot.release(), who.grants());
    return CatalogQuestion.prepare(new Source(() -> lease(key, snapshot), turns), text);
  }

  private Lease lease(Key key, Lakehouse.Snapshot snapshot) {
    Kept catalog = acquire(key, snapshot);
    return new Lease(catalog.catalog, () -> release(catalog));
  }

  private synchronized Kept acquire(Key key, Lakehouse.Snapshot snapshot) {
    Kept found = kept.get(key);
    if (found == null) {
      found = new Kept(new Catalog(open(), "catalog" + made++, database, snapshot.tables()));
      kept.put(key, found);
    }
    found.users++;
    shrink();
    return found;
  }

  private synchronized void release(Kept catalog) {
    catalog.users--;
    shrink();
  }

  /** Lets those go that were asked longest ago and are not asked now. */
  private void shrink() {
    Iterator<Kept> oldest = kept.values().iterator();
    while (kept.size() > MOST_KEPT && oldest.hasNext()) {
      Kept candidate = oldest.next();
      if (candidate.users == 0) {
        oldest.remove();
        candidate.catalog.close();
      }
    }
  }

  private DuckDBConnection open() {
    DuckDBConnection opened = root;
    if (opened == null) {
      try {
        Properties settings = new Properties();
        settings.put("disable_database_invalidation", "true"); // a mistake ends one question
        opened = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", settings);
        try (Statement statement = opened.createStatement()) {
          statement.execute(
              "SET errors_as_json = true; SET memory_limit = '256MB'; SET temp_directory = '';"
                  + " SET threads = 1; SET TimeZone = 'UTC'; SET enable_external_access = false; SET"
                  + " lock_configuration = true");
        }
      } catch (SQLException e) {
        throw new IllegalStateException("the catalog cannot be opened: " + e.getMessage(), e);
      }
      root = opened;
    }
    return opened;
  }

  @Override
  public synchronized void close() {
    kept.values().forEach(k -> k.catalog.close());
    kept.clear();
    DuckDBConnection opened = root;
    root = null;
    if (opened != null) {
      try {
        opened.close();
      } catch (SQLException e) {
        throw new IllegalStateException("the catalog cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}
