package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.spi.Names;
import dev.towpath.spi.TableName;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs a query that sees other tables under their names than everybody else.
 *
 * <p>A catalog of its own holds a view for each name, and comes before the session's catalog on the
 * connection's search path. So the text of the query stays as it is, whatever its quotes, aliases
 * and qualified columns, while views below it still read what they were made over.
 */
final class Scope {
  private static final AtomicLong COUNTER = new AtomicLong();

  private Scope() {}

  /** What runs in a scope. */
  @FunctionalInterface
  interface Body<T> {
    T run() throws SQLException;
  }

  static <T> T run(Job job, Map<TableName, TableName> tables, Body<T> body) throws SQLException {
    String catalog = "towpath_scope_" + COUNTER.incrementAndGet();
    job.execute("ATTACH ':memory:' AS " + catalog);
    try {
      Set<String> schemas = new HashSet<>();
      for (Map.Entry<TableName, TableName> table : tables.entrySet()) {
        String schema = catalog + "." + Names.quote(table.getKey().schema());
        if (schemas.add(schema)) {
          job.execute("CREATE SCHEMA " + schema);
        }
        job.execute(
            "CREATE VIEW "
                + catalog
                + "."
                + table.getKey().quoted()
                + " AS FROM memory."
                + table.getValue().quoted());
      }
      job.execute("SET search_path = '" + catalog + ".main,memory.main'");
      return body.run();
    } finally {
      job.always("SET search_path = 'memory.main'");
      job.always("DETACH " + catalog);
    }
  }
}
