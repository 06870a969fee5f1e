package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.HashMap;
import java.util.Map;

/** The statements that a session has prepared, by name. Used by one thread. */
final class Statements implements AutoCloseable {
  private final Map<String, Prepared> statements = new HashMap<>();
  private final Keeping keeping;

  Statements(Keeping keeping) {
    this.keeping = keeping;
  }

  Prepared get(String name) {
    Prepared statement = statements.get(name);
    if (statement == null) {
      throw unknown(name);
    }
    return statement;
  }

  /** Throws unless a statement may have that name; the one without a name gives way. */
  void requireFree(String name) {
    if (name.isEmpty()) {
      drop(name);
    } else if (statements.containsKey(name)) {
      throw PgError.of(
          SqlState.DUPLICATE_STATEMENT, "prepared statement \"" + name + "\" already exists");
    }
  }

  /** Keeps a statement, if there is room for it. */
  void keep(String name, Prepared statement) {
    keeping.add(statement.bytes());
    statements.put(name, statement);
  }

  /** Lets one go; false when there is none. */
  boolean drop(String name) {
    Prepared gone = statements.remove(name);
    if (gone != null) {
      keeping.remove(gone.bytes());
    }
    return gone != null;
  }

  void clear() {
    statements.values().forEach(gone -> keeping.remove(gone.bytes()));
    statements.clear();
  }

  static PgError unknown(String name) {
    return PgError.of(
        SqlState.INVALID_STATEMENT_NAME, "prepared statement \"" + name + "\" does not exist");
  }

  @Override
  public void close() {
    clear();
  }
}
