package dev.towpath.spi;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One part of {@code sort_by:}. NULL comes last, in either direction.
 *
 * @param column its name
 * @param descending whether the largest comes first
 */
public record SortField(String column, boolean descending) {
  private static final Pattern DIRECTION =
      Pattern.compile("(.+?)\\s+(asc|desc)", Pattern.CASE_INSENSITIVE);

  /** Reads {@code day} or {@code day desc}. */
  public static SortField parse(String text) {
    Matcher direction = DIRECTION.matcher(text.strip());
    return direction.matches()
        ? new SortField(direction.group(1), direction.group(2).equalsIgnoreCase("desc"))
        : new SortField(text.strip(), false);
  }

  /** The key of an ORDER BY. */
  public String sql() {
    return Names.quote(column) + (descending ? " DESC" : "") + " NULLS LAST";
  }

  @Override
  public String toString() {
    return column + (descending ? " DESC" : "");
  }
}
