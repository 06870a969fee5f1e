package dev.towpath.source.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * SQL taken apart into statements, each with a question mark for every {@code $name}. What stands
 * in quotes and comments is left alone.
 */
final class Script {
  private final String sql;
  private final boolean postgres;
  private final List<Part> parts = new ArrayList<>();
  private StringBuilder text = new StringBuilder();
  private List<String> names = new ArrayList<>();
  private int start = -1;

  /**
   * One statement.
   *
   * @param text for {@code prepareStatement}
   * @param names of its parameters, in order; one that occurs twice is there twice
   * @param line its first line in the script, from 1
   */
  record Part(String text, List<String> names, int line) {
    Part {
      names = List.copyOf(names);
    }
  }

  private Script(String sql, boolean postgres) {
    this.sql = sql;
    this.postgres = postgres;
  }

  /**
   * The statements of a script.
   *
   * @param postgres whether quotes and comments are as PostgreSQL has them; else as MariaDB
   */
  static List<Part> parts(String sql, boolean postgres) {
    Script script = new Script(sql, postgres);
    script.scan();
    return List.copyOf(script.parts);
  }

  private void scan() {
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      int end = comment(at);
      if (end > at) {
        text.append(sql, at, end);
        at = end;
        continue;
      }
      if (c == ';') {
        finish();
        at++;
        continue;
      }
      if (start < 0 && !Character.isWhitespace(c)) {
        start = at;
      }
      end = quoted(at);
      if (end > at) {
        String literal = sql.substring(at, end);
        text.append(literal);
        at = end;
      } else if (c == '$' && at + 1 < sql.length() && isFirst(sql.charAt(at + 1))) {
        end = name(at + 1);
        names.add(sql.substring(at + 1, end));
        text.append('?');
        at = end;
      } else {
        text.append(c == '?' && postgres ? "??" : String.valueOf(c)); // its operators on JSON
        at++;
      }
    }
    finish();
  }

  private void finish() {
    if (start >= 0) {
      int line = 1 + (int) sql.substring(0, start).chars().filter(c -> c == '\n').count();
      parts.add(new Part(text.toString().strip(), names, line));
    }
    text = new StringBuilder();
    names = new ArrayList<>();
    start = -1;
  }

  /** The end of the comment that starts here, or {@code at}. */
  private int comment(int at) {
    if (sql.startsWith("--", at) || (!postgres && sql.charAt(at) == '#')) {
      int end = sql.indexOf('\n', at);
      return end < 0 ? sql.length() : end;
    }
    if (!sql.startsWith("/*", at)) {
      return at;
    }
    int depth = 0;
    int i = at;
    while (i < sql.length()) {
      if (sql.startsWith("/*", i) && (postgres || depth == 0)) {
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

  /** The end of the quoted text that starts here, or {@code at}. */
  private int quoted(int at) {
    char c = sql.charAt(at);
    if (c == '\'' || c == '"' || (c == '`' && !postgres)) {
      boolean escapes =
          postgres ? c == '\'' && at > 0 && (sql.charAt(at - 1) | 32) == 'e' : c != '`';
      int i = at + 1;
      while (i < sql.length()) {
        if (sql.charAt(i) == '\\' && escapes) {
          i += 2;
        } else if (sql.charAt(i) == c) {
          return i + 1; // a doubled quote starts the next text at once
        } else {
          i++;
        }
      }
      return sql.length();
    }
    if (c == '$' && postgres) {
      int tag = at + 1 < sql.length() && isFirst(sql.charAt(at + 1)) ? name(at + 1) : at + 1;
      if (tag < sql.length() && sql.charAt(tag) == '$') {
        String mark = sql.substring(at, tag + 1);
        int end = sql.indexOf(mark, tag + 1);
        return end < 0 ? sql.length() : end + mark.length();
      }
    }
    return at;
  }

  private int name(int from) {
    int end = from;
    while (end < sql.length() && (isFirst(sql.charAt(end)) || Character.isDigit(sql.charAt(end)))) {
      end++;
    }
    return end;
  }

  private static boolean isFirst(char c) {
    return Character.isLetter(c) || c == '_';
  }
}
