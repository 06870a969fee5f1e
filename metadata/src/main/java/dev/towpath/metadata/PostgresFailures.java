package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/** What a person is told when PostgreSQL fails. */
final class PostgresFailures {
  private PostgresFailures() {}

  /** The exception to throw for a failure of a store; it never shows the password. */
  static TowpathException of(SQLException e, PostgresAddress address) {
    String store = address.name();
    String user = address.user().map(name -> "user \"" + name + "\"").orElse("this user");
    String reason = address.redacted(reason(e));
    return switch (state(e)) {
      case "28P01", "28000", "08004" ->
          failure(
              store + " refuses the login: " + reason,
              "see whether user and password in metadata: are right, and whether pg_hba.conf lets"
                  + " them in",
              e);
      case "3D000" ->
          failure(
              store + " cannot be opened: " + reason,
              "make it with \"createdb " + address.database() + "\", or correct metadata:",
              e);
      case "42501" ->
          failure(
              store + " may not be used by " + user + ": " + reason,
              "let an administrator run GRANT CREATE ON DATABASE for it; the schema \""
                  + address.schema()
                  + "\" must be its own",
              e);
      case "25006" ->
          failure(
              store + " cannot be written: " + reason,
              "is it a standby? set metadata: to the primary server",
              e);
      case "55P03" ->
          failure(
              store + " has been busy for " + PostgresConnector.BUSY.toSeconds() + " seconds",
              "another process writes to it; try again, or look for one that hangs",
              e);
      case "53300" ->
          failure(
              store + " has no connection left: " + reason,
              "raise max_connections in the server, or stop something that uses it",
              e);
      case "53100" ->
          failure("the disk of " + store + " is full: " + reason, "make room and try again", e);
      case "57P01", "57P02", "57P03", "08000", "08001", "08003", "08006", "08007", "08P01" ->
          failure(
              store + " cannot be reached: " + reason,
              "see whether the server runs, and whether host and port in metadata: are right",
              e);
      case "25P03" ->
          failure(
              store + " ended a transaction of this process, which was silent for too long",
              "was it stopped, or the machine asleep? run again",
              e);
      default -> failure(store + " failed: " + reason, null, e);
    };
  }

  /**
   * Whether the connection is gone and another may do better; whatever was not committed is rolled
   * back.
   */
  static boolean passes(SQLException e) {
    return switch (state(e)) {
      // a statement's columns changed because another process brought the store up to date
      case "0A000" -> String.valueOf(e.getMessage()).contains("cached plan");
      case "57P01", "57P02", "57P03", "08000", "08001", "08003", "08006", "08007", "25P03" -> true;
      case "53300" -> true; // no connection is left, for a moment
      default -> false;
    };
  }

  /** The exception when nobody can say whether a transaction took effect. */
  static TowpathException unknown(PostgresAddress address, SQLException e) {
    return new UnknownOutcome(
        address.name()
            + " was lost in the middle of a commit, and it is not known whether it took effect: "
            + address.redacted(reason(e)),
        "when the server is back, \"towpath runs\" and \"towpath releases\" tell what happened",
        e);
  }

  private static TowpathException failure(
      String message, @org.jspecify.annotations.Nullable String hint, SQLException cause) {
    return new TowpathException(message, hint, cause);
  }

  private static String state(SQLException e) {
    return Optional.ofNullable(e.getSQLState()).orElse("");
  }

  /** One line, without the driver's word for how bad it is, and with its cause when it has one. */
  private static String reason(SQLException e) {
    String line = first(e).replaceFirst("^(ERROR|FATAL|PANIC): +", "");
    Throwable cause = e.getCause();
    if (cause != null && cause.getMessage() != null && !line.contains(cause.getMessage())) {
      line = line + " (" + first(cause) + ")";
    }
    boolean acronym = line.length() > 1 && Character.isUpperCase(line.charAt(1));
    return line.isEmpty() || acronym
        ? line
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }

  private static String first(Throwable e) {
    return Optional.ofNullable(e.getMessage())
        .flatMap(message -> message.lines().findFirst())
        .orElse(e.getClass().getSimpleName());
  }
}
