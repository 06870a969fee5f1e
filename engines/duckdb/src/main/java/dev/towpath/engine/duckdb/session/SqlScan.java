package dev.towpath.engine.duckdb.session;

import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a SELECT, found without parsing it: what stands in quotes, dollar quotes and
 * comments is passed over.
 *
 * @param parameters every {@code $name}, in order
 * @param end where the statement ends, trailing semicolons and comments left out
 * @param semicolon where a semicolon stands before the end, or -1
 */
record SqlScan(List<Parameter> parameters, int end, int semicolon) {
  SqlScan {
    parameters = List.copyOf(parameters);
  }

  /** One use of a parameter; the length counts the dollar sign. */
  record Parameter(String name, int offset, int length) {}

  static SqlScan of(String sql) {
    List<Parameter> parameters = new ArrayList<>();
    int end = 0;
    int semicolon = -1;
    int last = -1;
    int i = 0;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      int next = i + 1;
      boolean blank = Character.isWhitespace(c) || c == ';' || c == '\uFEFF';
      if (c == '\'' || c == '"') {
        next = afterQuote(sql, i, escapes(sql, i));
      } else if (sql.startsWith("--", i)) {
        next = after(sql, "\n", i);
        blank = true;
      } else if (sql.startsWith("/*", i)) {
        next = afterComment(sql, i);
        blank = true;
      } else if (c == '$') {
        next = afterName(sql, i + 1);
        if (next < sql.length() && sql.charAt(next) == '$') {
          String tag = sql.substring(i, next + 1);
          next = after(sql, tag, next + 1);
        } else if (next > i + 1) {
          parameters.add(new Parameter(sql.substring(i + 1, next), i, next - i));
        }
      } else if (isNamePart(c)) {
        next = afterName(sql, i); // a name may hold a dollar: a$b
        while (next < sql.length() && sql.charAt(next) == '$') {
          next = afterName(sql, next + 1);
        }
      }
      if (c == ';' && last < 0) {
        last = i;
      }
      if (!blank) {
        end = next;
        semicolon = semicolon < 0 ? last : semicolon;
      }
      i = next;
    }
    return new SqlScan(parameters, end, semicolon);
  }

  /** Whether the quote belongs to an E'...' text, where a backslash escapes. */
  private static boolean escapes(String sql, int quote) {
    return quote > 0
        && sql.charAt(quote) == '\''
        && (sql.charAt(quote - 1) == 'e' || sql.charAt(quote - 1) == 'E')
        && (quote == 1 || !isNamePart(sql.charAt(quote - 2)));
  }

  private static int afterQuote(String sql, int start, boolean escapes) {
    char quote = sql.charAt(start);
    for (int i = start + 1; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (escapes && c == '\\') {
        i++;
      } else if (c == quote) {
        return i + 1; // a doubled quote reads as two texts side by side, which ends the same
      }
    }
    return sql.length();
  }

  private static int afterComment(String sql, int start) {
    int depth = 0;
    int i = start;
    while (i < sql.length()) {
      if (sql.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (sql.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth == 0) {
          return i;
        }
      } else {
        i++;
      }
    }
    return sql.length();
  }

  private static int after(String sql, String what, int from) {
    int at = sql.indexOf(what, from);
    return at < 0 ? sql.length() : at + what.length();
  }

  private static int afterName(String sql, int from) {
    int i = from;
    while (i < sql.length() && isNamePart(sql.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || Character.isSurrogate(c);
  }
}
