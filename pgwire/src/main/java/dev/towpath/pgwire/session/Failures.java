package dev.towpath.pgwire.session;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Refusal;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns failures into what a client of PostgreSQL understands. */
final class Failures {
  /** What clients act on, by what the message says. */
  private static final List<Map.Entry<String, SqlState>> STATES =
      List.of(
          Map.entry("unknown table", SqlState.UNDEFINED_TABLE),
          Map.entry("unknown column", SqlState.UNDEFINED_COLUMN),
          Map.entry("unknown function", SqlState.UNDEFINED_FUNCTION),
          Map.entry("function with name", SqlState.UNDEFINED_FUNCTION),
          Map.entry("table with name", SqlState.UNDEFINED_TABLE),
          Map.entry("syntax error", SqlState.SYNTAX_ERROR),
          Map.entry("no function matches", SqlState.UNDEFINED_FUNCTION),
          Map.entry("division by zero", SqlState.DIVISION_BY_ZERO),
          Map.entry("out of range", SqlState.OUT_OF_RANGE),
          Map.entry("overflow", SqlState.OUT_OF_RANGE),
          Map.entry("could not convert", SqlState.INVALID_TEXT),
          Map.entry("invalid input", SqlState.INVALID_TEXT),
          Map.entry("conversion", SqlState.INVALID_TEXT),
          Map.entry("out of memory", SqlState.OUT_OF_MEMORY),
          Map.entry("more memory than", SqlState.OUT_OF_MEMORY),
          Map.entry("only select", SqlState.READ_ONLY));

  private Failures() {}

  /**
   * A failure as an error.
   *
   * @param running says why a statement was stopped
   */
  static PgError of(TowpathException e, Running running) {
    return switch (e) {
      case PgError error -> error;
      case CancelledException cancelled -> running.reason().because(cancelled);
      case Refusal refusal when refusal.status() == 429 ->
          refused(SqlState.CONFIGURATION_LIMIT, refusal);
      case Refusal refusal when refusal.status() == 403 ->
          refused(SqlState.INSUFFICIENT_PRIVILEGE, refusal);
      case Refusal refusal when refusal.status() == 504 -> refused(SqlState.CANCELED, refusal);
      default -> {
        Optional<Problem> problem = e.problems().stream().findFirst();
        String message =
            problem.map(Problem::message).orElseGet(() -> String.valueOf(e.getMessage()));
        @Nullable String hint = problem.map(Problem::hint).orElseGet(e::hint).orElse(null);
        yield PgError.of(state(message), message, hint).because(e);
      }
    };
  }

  private static PgError refused(SqlState state, Refusal refusal) {
    return PgError.of(state, String.valueOf(refusal.getMessage()), refusal.hint().orElse(null))
        .because(refusal);
  }

  /**
   * The same with its place.
   *
   * @param text the statement
   * @param offset where it stands in what the client sent, in characters
   */
  static PgError of(TowpathException e, Running running, String text, int offset) {
    PgError error = of(e, running);
    int place = place(e, text);
    return error.position() > 0 || place < 0 ? error : error.at(offset + place);
  }

  private static SqlState state(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return STATES.stream()
        .filter(known -> lower.contains(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(SqlState.DATA_EXCEPTION);
  }

  /** Characters before the place, or -1. */
  private static int place(TowpathException e, String text) {
    if (e instanceof SqlException sql && sql.offset() >= 0) {
      return text.codePointCount(0, Math.min(sql.offset(), text.length()));
    }
    if (e.problems().isEmpty() || e.problems().getFirst().location().line() == 0) {
      return -1;
    }
    Location at = e.problems().getFirst().location();
    int lineStart = 0;
    for (int line = 1; line < at.line(); line++) {
      lineStart = text.indexOf('\n', lineStart) + 1;
      if (lineStart == 0) {
        return -1;
      }
    }
    return text.codePointCount(0, lineStart) + at.column() - 1;
  }
}
