package dev.towpath.source.mysql;

import dev.towpath.source.common.Failures;
import dev.towpath.source.jdbc.Dialect.Told;
import dev.towpath.source.jdbc.Dialect.Work;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.mariadb.jdbc.export.MaxAllowedPacketException;

/** What MariaDB, MySQL and the driver say, by the number that every message has. */
final class MysqlFailures {
  /** Access denied to a database. */
  static final int NO_DATABASE = 1044;

  /** A command denied on a table. */
  static final int NO_RIGHT = 1142;

  private MysqlFailures() {}

  static Told told(SQLException failure, Work work) {
    String reason = reason(failure);
    if (isTooLarge(failure)) {
      return new Told(
          "a row is too large for one answer of the server",
          "leave its large column out, or cut it in a query");
    }
    if (failure.getErrorCode() == NO_DATABASE && work == Work.EXPORTING) {
      return new Told(reason, work.right());
    }
    return switch (failure.getErrorCode()) {
      case NO_DATABASE, 1045, 1698 ->
          new Told(
              "the server refuses the login: " + reason,
              "see whether the user and the password are right, and whether this host may connect");
      case 1049 -> new Told(reason, "correct the name after the last / of the \"url\"");
      case NO_RIGHT, 1143, 1227 ->
          new Told(
              reason,
              reason.contains("LOCK TABLES")
                  ? "GRANT LOCK TABLES to this user, or remove \"parallel\""
                  : work.right());
      case 1040, 1203 ->
          new Told(reason, "lower \"parallel\", or raise max_connections in the server");
      case 1205 -> new Told(reason, "somebody locks the table: run again later");
      case 1969, 3024 ->
          new Told(
              "the statement was cancelled: " + reason,
              "raise \"statement_timeout\", here or in the server");
      case 1301, 1153 ->
          new Told("a row is too large: " + reason, "raise max_allowed_packet in the server");
      case 1053, 1927, 1317 ->
          new Told("the server is stopping: " + reason, "run again when it is up");
      case 1054, 1064, 1146, 1305 -> new Told(reason, work.unknown());
      default -> byState(failure, reason, work);
    };
  }

  /** The driver closes the connection then, and says only that. */
  private static boolean isTooLarge(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof MaxAllowedPacketException) {
        return true;
      }
    }
    return false;
  }

  private static Told byState(SQLException failure, String reason, Work work) {
    String state = Optional.ofNullable(failure.getSQLState()).orElse("");
    if (!state.startsWith("08")) {
      String number = "the number of this error is " + failure.getErrorCode() + " (" + state + ")";
      return new Told(reason, isOfValue(failure, state) ? work.value(number) : number);
    }
    return reason.contains("fail to connect") || reason.contains("Could not connect")
        ? new Told(
            "there is no connection: " + reason,
            "see whether the server runs, and whether host and port are right")
        : new Told("the connection was lost: " + reason, work.lost());
  }

  /** The states of values and constraints, and numbers of those that have a general state. */
  private static boolean isOfValue(SQLException failure, String state) {
    return state.matches("2[23].*")
        || Set.of(1265, 1364, 1366, 1406).contains(failure.getErrorCode());
  }

  /** One line, without the driver's number of the connection. */
  private static String reason(SQLException failure) {
    String line = Failures.reason(failure).replaceFirst("^\\(conn=-?\\d+\\) +", "");
    boolean acronym = line.length() > 1 && Character.isUpperCase(line.charAt(1));
    return line.isEmpty() || acronym
        ? line
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}
