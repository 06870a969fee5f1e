package dev.towpath.source.postgres;

import dev.towpath.source.common.Failures;
import dev.towpath.source.jdbc.Dialect.Told;
import dev.towpath.source.jdbc.Dialect.Work;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/** What PostgreSQL and its driver say, by the code that every message has. */
final class PostgresFailures {
  /** Where a row that came by COPY has a value that does not fit. */
  private static final Pattern COPIED = Pattern.compile("COPY .*, line \\d+, column ([^:]+)");

  private PostgresFailures() {}

  static Told told(SQLException failure, Work work) {
    String state = Optional.ofNullable(failure.getSQLState()).orElse("");
    String reason = reason(failure);
    return switch (state) {
      case "28P01", "28000" ->
          new Told(
              "the server refuses the login: " + reason,
              "see whether the user and the password are right, and whether pg_hba.conf lets them in");
      case "08004" ->
          new Told(
              "the server asks for a login: " + reason,
              "set \"user\" and \"password\", such as ${PW}");
      case "3D000" -> new Told(reason, "correct the name after the last / of the \"url\"");
      case "42501" -> new Told(reason, work.right());
      case "53300" ->
          new Told(reason, "lower \"parallel\", or raise max_connections in the server");
      case "57014" ->
          new Told(
              "the statement was cancelled: " + reason,
              "raise \"statement_timeout\", here or in the server");
      case "57P01", "57P02", "57P03" ->
          new Told("the server is starting or stopping: " + reason, "run again when it is up");
      case "08001" ->
          new Told(
              "there is no connection: " + reason,
              "see whether the server runs, and whether host and port are right");
      case "08000", "08003", "08006", "08007", "08P01" ->
          new Told("the connection was lost: " + reason, work.lost());
      case "22008", "22007" ->
          new Told(reason, work.value("correct \"start\" or the cursor's values"));
      case "42601", "42703", "42P01", "42883" -> new Told(reason, work.unknown());
      default -> {
        String code = "the code of this error is " + (state.isEmpty() ? "none" : state);
        yield new Told(reason, state.matches("2[23].*") ? work.value(code) : code);
      }
    };
  }

  /** One line, without the driver's word for how bad it is, and with its cause when it has one. */
  private static String reason(SQLException failure) {
    String line = Failures.reason(failure).replaceFirst("^(ERROR|FATAL|PANIC): +", "");
    Throwable cause = failure.getCause();
    if (cause != null && cause.getMessage() != null && !line.contains(cause.getMessage())) {
      line = line + " (" + Failures.reason(cause) + ")";
    }
    if (failure instanceof PSQLException known && known.getServerErrorMessage() != null) {
      Matcher column =
          COPIED.matcher(Optional.ofNullable(known.getServerErrorMessage().getWhere()).orElse(""));
      line = column.lookingAt() ? line + " in column \"" + column.group(1) + "\"" : line;
    }
    boolean acronym = line.length() > 1 && Character.isUpperCase(line.charAt(1));
    return line.isEmpty() || acronym
        ? line
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}
