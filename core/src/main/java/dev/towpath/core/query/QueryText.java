package dev.towpath.core.query;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.TowpathException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query that a person wrote, so that whatever is wrong with it can be told with its place.
 *
 * @param file what stands before line and column: the file's name, or {@code query}
 */
public record QueryText(String file, String sql) {
  /** A failure of the query itself, with its place in it. */
  public TowpathException located(SqlException e) {
    TowpathException located =
        new TowpathException(
            List.of(problem(String.valueOf(e.getMessage()), e.hint(), e.offset())));
    located.initCause(e);
    return located;
  }

  /** What to say when a parameter got no value. */
  public TowpathException missing(String parameter, String remedy) {
    Matcher use = Pattern.compile("\\$" + Pattern.quote(parameter) + "\\b").matcher(sql);
    return new TowpathException(
        List.of(
            problem(
                "parameter $" + parameter + " has no value",
                Optional.of("give it one: " + remedy),
                use.find() ? use.start() : -1)));
  }

  Problem problem(String message, Optional<String> hint, int offset) {
    Location at = offset < 0 ? Location.of(file) : Location.at(file, sql, offset);
    return new Problem(Problem.Severity.ERROR, at, message, hint);
  }
}
