package dev.towpath.pgwire;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The startup parameter {@code options}: {@code -c name=value --name=value}. */
final class Options {
  private Options() {}

  /** Settings by name. */
  static Map<String, String> read(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    List<String> words = words(text);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String setting;
      if (word.equals("-c") && i + 1 < words.size()) {
        setting = words.get(++i);
      } else if (word.startsWith("-c") || word.startsWith("--")) {
        setting = word.substring(2);
      } else {
        throw unknown(word);
      }
      int equals = setting.indexOf('=');
      if (equals <= 0) {
        throw unknown(word);
      }
      settings.put(setting.substring(0, equals).replace('-', '_'), setting.substring(equals + 1));
    }
    return settings;
  }

  /** A backslash keeps the character after it, such as a space, inside a word. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t') {
        if (inside) {
          words.add(word.toString());
          word.setLength(0);
          inside = false;
        }
      } else {
        inside = true;
        word.append(c == '\\' && i + 1 < text.length() ? text.charAt(++i) : c);
      }
    }
    if (inside) {
      words.add(word.toString());
    }
    return words;
  }

  private static PgError unknown(String word) {
    return PgError.fatal(
        SqlState.SYNTAX_ERROR,
        "invalid command-line argument for server process: " + word,
        "options are written -c name=value");
  }
}
