package dev.towpath.pgwire.wire;

import dev.towpath.spi.TowpathException;
import org.jspecify.annotations.Nullable;

/** A failure that the client is told about by an ErrorResponse. */
public final class PgError extends TowpathException {
  private static final long serialVersionUID = 1L;

  private final SqlState state;
  private final int position;
  private final boolean fatal;

  private PgError(
      SqlState state,
      String message,
      @Nullable String hint,
      int position,
      boolean fatal,
      @Nullable Throwable cause) {
    super(message, hint, cause);
    this.state = state;
    this.position = position;
    this.fatal = fatal;
  }

  /** A failure after which the session goes on. */
  public static PgError of(SqlState state, String message, @Nullable String hint) {
    return new PgError(state, message, hint, 0, false, null);
  }

  /** A failure after which the session goes on. */
  public static PgError of(SqlState state, String message) {
    return of(state, message, null);
  }

  /** A failure that ends the connection. */
  public static PgError fatal(SqlState state, String message, @Nullable String hint) {
    return new PgError(state, message, hint, 0, true, null);
  }

  /** A message that is not what the protocol says. */
  public static PgError protocol(String message) {
    return of(SqlState.PROTOCOL_VIOLATION, message, null);
  }

  /**
   * The same at a place in the statement.
   *
   * @param characters before it, from 0
   */
  public PgError at(int characters) {
    return new PgError(
        state,
        String.valueOf(getMessage()),
        hint().orElse(null),
        characters + 1,
        fatal,
        getCause());
  }

  /** The same with what it came from. */
  public PgError because(Throwable cause) {
    return new PgError(
        state, String.valueOf(getMessage()), hint().orElse(null), position, fatal, cause);
  }

  public SqlState state() {
    return state;
  }

  /** Whether the connection ends with it. */
  public boolean isFatal() {
    return fatal;
  }

  /** Where in the statement, in characters from 1; 0 when that is unknown. */
  public int position() {
    return position;
  }
}
