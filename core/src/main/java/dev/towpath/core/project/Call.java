package dev.towpath.core.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text of the form {@code name(argument, ...)}.
 *
 * @param name in lower case
 * @param arguments between top-level commas, without surrounding space
 */
record Call(String name, List<String> arguments) {
  Call {
    arguments = List.copyOf(arguments);
  }

  /** Reads a text that is one call and nothing else. */
  static Optional<Call> parse(String text) {
    int open = 0;
    while (open < text.length() && isWord(text.charAt(open))) {
      open++;
    }
    String name = text.substring(0, open).toLowerCase(java.util.Locale.ROOT);
    while (open < text.length() && text.charAt(open) == ' ') {
      open++;
    }
    if (name.isEmpty() || open >= text.length() || text.charAt(open) != '(') {
      return Optional.empty();
    }
    int close = closing(text, open);
    if (close != text.length() - 1) {
      return Optional.empty();
    }
    return Optional.of(new Call(name, split(text.substring(open + 1, close), ',')));
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  /** The index of the bracket that closes the one at {@code open}; -1 when there is none. */
  static int closing(String text, int open) {
    int depth = 0;
    for (int at = open; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\'' || c == '"') {
        at = text.indexOf(c, at + 1);
        if (at < 0) {
          return -1;
        }
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
        if (depth == 0) {
          return at;
        }
      }
    }
    return -1;
  }

  /** The parts between separators that stand outside quotes and brackets, stripped. */
  static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\'' || c == '"') {
        int end = text.indexOf(c, at + 1);
        at = end < 0 ? text.length() : end;
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
      } else if (c == separator && depth == 0) {
        parts.add(text.substring(start, at).strip());
        start = at + 1;
      }
    }
    String last = text.substring(start).strip();
    if (!parts.isEmpty() || !last.isEmpty()) {
      parts.add(last);
    }
    return parts;
  }

  /** The text without the quotes around it, doubled ones made single. */
  static String unquoted(String text) {
    if (text.length() >= 2) {
      char first = text.charAt(0);
      if ((first == '\'' || first == '"') && text.charAt(text.length() - 1) == first) {
        String quote = String.valueOf(first);
        return text.substring(1, text.length() - 1).replace(quote + quote, quote);
      }
    }
    return text;
  }
}
