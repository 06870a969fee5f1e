package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.Sql;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.DataType;
import java.util.Map;

/** Says who answers a SELECT: the lake, or what stands for PostgreSQL's catalog. */
@FunctionalInterface
public interface Answerer {
  /**
   * Looks at a query.
   *
   * @param snapshot what it may read
   * @param settings of the session, which some functions tell
   * @param types of the parameters that the client knows, by number
   */
  Question prepare(
      Lakehouse.Snapshot snapshot, Settings settings, Sql sql, Map<String, DataType> types);
}
