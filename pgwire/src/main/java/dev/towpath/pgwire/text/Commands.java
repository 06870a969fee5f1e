package dev.towpath.pgwire.text;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads what a statement asks for. */
public final class Commands {
  private static final String READ_ONLY_HINT =
      "here only SELECT is answered; tables are changed by \"towpath run\"";

  private Commands() {}

  /**
   * Reads a statement.
   *
   * @throws PgError when it asks for what is not done here, or cannot be read
   */
  public static Command read(Sql sql) {
    Words words = new Words(sql);
    Token first = words.next();
    return switch (first.value().toUpperCase(Locale.ROOT)) {
      case "SELECT", "WITH", "VALUES", "TABLE", "FROM", "DESCRIBE", "SUMMARIZE", "(" ->
          new Command.Select(sql);
      case "BEGIN" -> begin(words, "BEGIN");
      case "START" -> {
        words.expect("transaction");
        yield begin(words, "START TRANSACTION");
      }
      case "COMMIT", "END" -> commit(words);
      case "ROLLBACK", "ABORT" -> rollback(words);
      case "SAVEPOINT" -> ended(words, new Command.Savepoint(words.name()));
      case "RELEASE" -> {
        words.pass("savepoint");
        yield ended(words, new Command.Release(words.name()));
      }
      case "SET" -> SettingCommands.set(words);
      case "RESET" -> SettingCommands.reset(words);
      case "SHOW" -> SettingCommands.show(words);
      case "DISCARD" -> discard(words);
      case "DEALLOCATE" -> {
        words.pass("prepare");
        yield ended(words, new Command.Deallocate(nameOrAll(words)));
      }
      case "DECLARE" -> CursorCommands.declare(words);
      case "FETCH" -> CursorCommands.fetch(words, false);
      case "MOVE" -> CursorCommands.fetch(words, true);
      case "CLOSE" -> ended(words, new Command.Close(nameOrAll(words)));
      case "COPY" -> CopyCommands.read(words);
      case "PREPARE" -> PreparedCommands.prepare(words);
      case "EXECUTE" -> PreparedCommands.execute(words);
      case "EXPLAIN" -> PreparedCommands.explain(words);
      case "LISTEN", "UNLISTEN" -> new Command.Nothing(first.text().toUpperCase(Locale.ROOT));
      default -> throw refused(first, sql);
    };
  }

  private static PgError refused(Token first, Sql sql) {
    String word = first.text().toUpperCase(Locale.ROOT);
    PgError error =
        switch (word) {
          case "INSERT",
              "UPDATE",
              "DELETE",
              "MERGE",
              "CREATE",
              "DROP",
              "ALTER",
              "TRUNCATE",
              "GRANT",
              "REVOKE",
              "COMMENT",
              "ANALYZE",
              "VACUUM",
              "REINDEX",
              "CLUSTER",
              "LOCK",
              "REFRESH",
              "IMPORT",
              "DO",
              "CALL" ->
              PgError.of(
                  SqlState.READ_ONLY,
                  "cannot execute " + word + " in a read-only transaction",
                  READ_ONLY_HINT);
          case "NOTIFY",
              "ATTACH",
              "DETACH",
              "INSTALL",
              "LOAD",
              "PRAGMA",
              "USE",
              "EXPORT",
              "CHECKPOINT",
              "SECURITY" ->
              PgError.of(SqlState.FEATURE_NOT_SUPPORTED, word + " is not answered", READ_ONLY_HINT);
          default ->
              PgError.of(
                  SqlState.SYNTAX_ERROR,
                  "syntax error at or near \"" + first.text() + "\"",
                  READ_ONLY_HINT);
        };
    return error.at(sql.offset());
  }

  private static Command begin(Words words, String tag) {
    words.passAny("work", "transaction");
    modes(words);
    return new Command.Begin(tag);
  }

  /** How a transaction is isolated: here all see one release and change nothing, so any will do. */
  static void modes(Words words) {
    while (!words.atEnd()) {
      boolean known =
          words.pass("isolation", "level", "serializable")
              || words.pass("isolation", "level", "repeatable", "read")
              || words.pass("isolation", "level", "read", "committed")
              || words.pass("isolation", "level", "read", "uncommitted")
              || words.pass("read", "only")
              || words.pass("read", "write")
              || words.pass("not", "deferrable")
              || words.pass("deferrable")
              || words.passSymbol(",");
      if (!known) {
        throw words.unexpected();
      }
    }
  }

  private static Command commit(Words words) {
    words.passAny("work", "transaction");
    words.pass("and", "no", "chain");
    return ended(words, new Command.Commit());
  }

  private static Command rollback(Words words) {
    words.passAny("work", "transaction");
    if (words.pass("to")) {
      words.pass("savepoint");
      return ended(words, new Command.RollbackTo(words.name()));
    }
    words.pass("and", "no", "chain");
    return ended(words, new Command.Rollback());
  }

  private static Command discard(Words words) {
    String what = words.name().toUpperCase(Locale.ROOT);
    return switch (what) {
      case "ALL", "PLANS", "SEQUENCES", "TEMP" -> ended(words, new Command.Discard(what));
      case "TEMPORARY" -> ended(words, new Command.Discard("TEMP"));
      default -> throw words.unexpected();
    };
  }

  private static Optional<String> nameOrAll(Words words) {
    return words.pass("all") ? Optional.empty() : Optional.of(words.name());
  }

  private static Command ended(Words words, Command command) {
    words.end();
    return command;
  }

  /** Texts in a list, as one. */
  static String joined(java.util.List<String> parts) {
    return parts.stream().collect(Collectors.joining(", "));
  }
}
