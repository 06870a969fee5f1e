package dev.towpath.core.check;

import dev.towpath.core.project.Dashboard;
import java.util.List;

/**
 * Puts a query of a page behind those that it reads, as common table expressions.
 *
 * <p>Why it keeps the lines of the file: whatever is wrong is then told at its place by all that
 * tells places of SQL, now and when the query runs. A query reads only those above it, so their
 * texts can stay where they are, and there is a line with a fence before each.
 */
final class PageSql {
  private final StringBuilder out = new StringBuilder();
  private int line = 1;

  private PageSql() {}

  /**
   * The text of a query.
   *
   * @param before named queries that it reads, directly or not, in the order of the file
   */
  static String of(Dashboard.Query query, List<Dashboard.Query> before) {
    return before.isEmpty() ? query.inPlace() : new PageSql().with(query, before);
  }

  private String with(Dashboard.Query query, List<Dashboard.Query> before) {
    String word = "WITH ";
    for (Dashboard.Query other : before) {
      to(other.start().line() - 1);
      add(word + '"' + other.name() + "\" AS (");
      to(other.start().line());
      add(unended(other.sql()));
      add("\n)");
      word = ", ";
    }
    int column = query.start().column();
    if (column < 2) {
      to(query.start().line() - 1);
      add("(");
    }
    to(query.start().line());
    add(column < 2 ? " ".repeat(column - 1) : " ".repeat(column - 2) + "(");
    add(unended(query.sql()));
    add("\n)");
    return out.toString();
  }

  private void to(int wanted) {
    while (line < wanted) {
      add("\n");
    }
  }

  private void add(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && (i + 1 >= text.length() || text.charAt(i + 1) != '\n'))) {
        line++;
      }
    }
    out.append(text);
  }

  /** The text without the semicolon that ends it; a semicolon elsewhere stays, and is a mistake. */
  static String unended(String sql) {
    int last = -1;
    int at = 0;
    while (at < sql.length()) {
      int skipped = skip(sql, at);
      char c = sql.charAt(at);
      if (skipped > at) {
        last = c == '\'' || c == '"' ? -1 : last;
        at = skipped;
        continue;
      }
      if (c == ';') {
        last = last < 0 ? at : last;
      } else if (!Character.isWhitespace(c)) {
        last = -1;
      }
      at++;
    }
    return last < 0 ? sql : sql.substring(0, last) + " " + sql.substring(last + 1);
  }

  /** Where a comment or something quoted ends that begins here; here when nothing begins. */
  private static int skip(String sql, int at) {
    char c = sql.charAt(at);
    if (sql.startsWith("--", at)) {
      int end = sql.indexOf('\n', at);
      return end < 0 ? sql.length() : end;
    }
    if (sql.startsWith("/*", at)) {
      int end = sql.indexOf("*/", at + 2);
      return end < 0 ? sql.length() : end + 2;
    }
    if (c == '\'' || c == '"') {
      int end = sql.indexOf(c, at + 1);
      return end < 0 ? sql.length() : end + 1;
    }
    return at;
  }
}
