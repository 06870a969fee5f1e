package dev.towpath.core.check;

import dev.towpath.core.project.Macro;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a macro file into its statements. */
public final class Macros {
  private static final Pattern NAME =
      Pattern.compile(
          "create\\s+(?:or\\s+replace\\s+)?(?:macro|function)\\s+(?:\"([^\"]+)\"|([\\w.]+))",
          Pattern.CASE_INSENSITIVE);

  private Macros() {}

  /** Statements in order, without the semicolons, leading comments and space. */
  public static List<String> statements(Macro macro) {
    List<String> statements = new ArrayList<>();
    String text = macro.text();
    int start = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\'' || c == '"') {
        i = skipTo(text, i + 1, String.valueOf(c));
      } else if (text.startsWith("--", i)) {
        i = skipTo(text, i, "\n");
      } else if (text.startsWith("/*", i)) {
        i = skipTo(text, i + 2, "*/");
      } else if (c == ';') {
        add(statements, text.substring(start, i));
        start = ++i;
      } else {
        i++;
      }
    }
    add(statements, text.substring(start));
    return statements;
  }

  /** The names that statements define, in lower case. */
  public static List<String> names(String statement) {
    Matcher matcher = NAME.matcher(statement);
    List<String> names = new ArrayList<>();
    while (matcher.find()) {
      String name = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
      names.add(name.toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private static int skipTo(String text, int from, String end) {
    int at = text.indexOf(end, from);
    return at < 0 ? text.length() : at + end.length();
  }

  private static void add(List<String> statements, String raw) {
    Matcher matcher = NAME.matcher(raw);
    if (matcher.find()) {
      statements.add(raw.substring(matcher.start()).strip());
    } else if (!raw.isBlank()) {
      String bare = raw.replaceAll("(?s)/\\*.*?\\*/|--[^\\n]*", "");
      if (!bare.isBlank()) {
        statements.add(raw.strip()); // the engine says what is wrong with it
      }
    }
  }
}
