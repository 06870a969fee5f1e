package dev.towpath.pgwire.session;

import dev.towpath.pgwire.text.Sql;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.DataType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a session sees: one release, from the first query of a transaction to its end. Used by one
 * thread.
 */
final class Transaction {
  /** Between transactions, in a block that BEGIN began, or in one where something failed. */
  enum State {
    IDLE('I'),
    OPEN('T'),
    FAILED('E');

    private final char letter;

    State(char letter) {
      this.letter = letter;
    }
  }

  /** So many queries of a transaction are known, and characters of their texts. */
  private static final int MOST_QUERIES = 200;

  private static final int MOST_CHARS = 1 << 20;

  /** Beyond this a savepoint is a mistake in a loop. */
  private static final int MOST_SAVEPOINTS = 10_000;

  private record Key(String sql, Map<String, DataType> types) {}

  private final Supplier<Lakehouse.Snapshot> opens;
  private final Answerer answerer;
  private final Settings settings;

  /** Those that were looked at, the one that was asked longest ago first. */
  private final Map<Key, Question> queries = new LinkedHashMap<>(16, 0.75f, true);

  private long chars;
  private final List<String> savepoints = new ArrayList<>();
  private State state = State.IDLE;
  private Lakehouse.@Nullable Snapshot snapshot;

  /**
   * Before the first transaction.
   *
   * @param opens the newest release
   */
  Transaction(Supplier<Lakehouse.Snapshot> opens, Answerer answerer, Settings settings) {
    this.opens = opens;
    this.answerer = answerer;
    this.settings = settings;
  }

  State state() {
    return state;
  }

  /** As ReadyForQuery says it. */
  char letter() {
    return state.letter;
  }

  boolean isBlock() {
    return state != State.IDLE;
  }

  void begin() {
    state = State.OPEN;
  }

  /** Something failed: in a block, nothing is answered until it ends. */
  void fail() {
    if (isBlock()) {
      state = State.FAILED;
    }
  }

  /** Lets go of the release. */
  void end() {
    state = State.IDLE;
    savepoints.clear();
    release();
    settings.transactionEnded();
  }

  /** Lets go of the release, of which nothing may be running; a block goes on with the same one. */
  private void release() {
    queries.values().forEach(Question::close);
    queries.clear();
    chars = 0;
    Lakehouse.Snapshot held = snapshot;
    snapshot = null;
    if (held != null) {
      held.close();
    }
  }

  /** The release, which is held from now on. */
  Lakehouse.Snapshot snapshot() {
    Lakehouse.Snapshot held = snapshot;
    if (held == null) {
      held = opens.get();
      snapshot = held;
    }
    return held;
  }

  /** A query on the release; the same one is looked at once in a transaction. */
  Question prepare(Sql sql, Map<String, DataType> types) {
    Key key = new Key(sql.text(), Map.copyOf(types));
    Question known = queries.get(key);
    if (known == null) {
      known = answerer.prepare(snapshot(), settings, sql, types);
      queries.put(key, known);
      chars += key.sql().length();
      shrink();
    }
    return known;
  }

  /** Lets those go that were asked longest ago, which are looked at again if need be. */
  private void shrink() {
    Iterator<Map.Entry<Key, Question>> oldest = queries.entrySet().iterator();
    while (queries.size() > 1 && (queries.size() > MOST_QUERIES || chars > MOST_CHARS)) {
      Map.Entry<Key, Question> gone = oldest.next();
      oldest.remove();
      chars -= gone.getKey().sql().length();
    }
  }

  void savepoint(String name) {
    requireBlock("SAVEPOINT");
    if (savepoints.size() == MOST_SAVEPOINTS) {
      throw PgError.of(SqlState.PROGRAM_LIMIT, "too many savepoints", "RELEASE some");
    }
    savepoints.add(name);
  }

  void releaseSavepoint(String name) {
    requireBlock("RELEASE SAVEPOINT");
    savepoints.subList(find(name), savepoints.size()).clear();
  }

  /** Nothing has changed since, so that only the failure is forgotten. */
  void rollbackTo(String name) {
    requireBlock("ROLLBACK TO SAVEPOINT");
    savepoints.subList(find(name) + 1, savepoints.size()).clear();
    state = State.OPEN;
  }

  private int find(String name) {
    int index = savepoints.lastIndexOf(name);
    if (index < 0) {
      throw PgError.of(SqlState.NO_SUCH_SAVEPOINT, "savepoint \"" + name + "\" does not exist");
    }
    return index;
  }

  private void requireBlock(String command) {
    if (!isBlock()) {
      throw PgError.of(
          SqlState.NO_ACTIVE_TRANSACTION, command + " can only be used in transaction blocks");
    }
  }
}
