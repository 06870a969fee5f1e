package dev.towpath.pgwire.text;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** DECLARE, FETCH and MOVE. */
final class CursorCommands {
  private CursorCommands() {}

  static Command declare(Words words) {
    String name = words.name();
    boolean binary = false;
    while (!words.pass("cursor")) {
      if (words.pass("binary")) {
        binary = true;
      } else if (words.pass("scroll")) {
        throw PgError.of(
            SqlState.FEATURE_NOT_SUPPORTED,
            "cursors go forward only",
            "leave out SCROLL, or read the rows again");
      } else if (!words.passAny("insensitive", "asensitive") && !words.pass("no", "scroll")) {
        throw words.unexpected();
      }
    }
    boolean hold = words.pass("with", "hold");
    if (!hold) {
      words.pass("without", "hold");
    }
    words.expect("for");
    Sql query = words.rest();
    if (!(Commands.read(query) instanceof Command.Select)) {
      throw PgError.of(SqlState.SYNTAX_ERROR, "a cursor is for a SELECT").at(query.offset());
    }
    return new Command.Declare(name, binary, hold, query);
  }

  static Command fetch(Words words, boolean move) {
    long count = count(words);
    words.passAny("from", "in");
    String name = words.name();
    words.end();
    return new Command.Fetch(name, count, move);
  }

  private static long count(Words words) {
    if (words.pass("next")) {
      return 1;
    }
    if (words.pass("all")) {
      return Long.MAX_VALUE;
    }
    if (words.pass("forward")) {
      if (words.pass("all")) {
        return Long.MAX_VALUE;
      }
      return number(words).orElse(1L);
    }
    if (words.passAny("backward", "prior", "first", "last", "absolute", "relative")) {
      throw backward();
    }
    return number(words).orElse(1L);
  }

  private static Optional<Long> number(Words words) {
    if (words.passSymbol("-")) {
      throw backward();
    }
    words.passSymbol("+");
    @Nullable Token token = words.peek();
    if (token == null || token.kind() != Token.Kind.NUMBER) {
      return Optional.empty();
    }
    try {
      long count = Long.parseLong(token.text());
      words.next();
      return Optional.of(count);
    } catch (NumberFormatException e) {
      throw words.unexpected();
    }
  }

  private static PgError backward() {
    return PgError.of(
        SqlState.NOT_IN_STATE,
        "cursor can only scan forward",
        "FETCH n, FETCH NEXT and FETCH ALL go forward");
  }
}
