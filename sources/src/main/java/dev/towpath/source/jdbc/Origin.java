package dev.towpath.source.jdbc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where rows come from: the name of a table or view in the database, or a query. */
public record Origin(String text, boolean isQuery) {
  /** What a semicolon may not stand in, or what may come after the last one. */
  private static final Pattern PART =
      Pattern.compile(
          "(?<quoted>'(?:[^'\\\\]|\\\\.|'')*'|\"[^\"]*\"|`[^`]*`|\\$(?<tag>\\w*)\\$.*?\\$\\k<tag>\\$)"
              + "|(?<blank>\\s+|--[^\\n]*|/\\*.*?\\*/)|(?<end>;)|.",
          Pattern.DOTALL);

  /** The query without its semicolon, which comments may follow. */
  public String query() {
    int end = text.length();
    boolean ended = false;
    for (Matcher part = PART.matcher(text); part.find(); ) {
      if (part.group("end") != null) {
        end = ended ? end : part.start();
        ended = true;
      } else if (part.group("blank") == null) {
        ended = false;
        end = text.length();
      }
    }
    return text.substring(0, end).strip();
  }
}
