package dev.towpath.pgwire.text;

import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrays and bytes as PostgreSQL writes them, {@code '{a,b}'::text[]} and {@code '\x00ff'::bytea},
 * which DuckDB does not read or reads otherwise. They come from drivers and from postgres_fdw.
 */
public final class Literals {
  private Literals() {}

  /** The statement with DuckDB's own in their place. */
  public static String rewrite(Sql sql) {
    List<Token> tokens = sql.tokens();
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (isArray(tokens, i)) {
        text.append(sql.text(), from, tokens.get(i).start()).append(list(tokens.get(i).value()));
        from = tokens.get(i).end();
      } else if (isBytes(tokens, i)) {
        text.append(sql.text(), from, tokens.get(i).start()).append(blob(tokens.get(i).value()));
        from = tokens.get(i).end();
      }
    }
    return from == 0 ? sql.text() : text.append(sql.text().substring(from)).toString();
  }

  private static boolean isBytes(List<Token> tokens, int index) {
    return index + 2 < tokens.size()
        && tokens.get(index).kind() == Token.Kind.STRING
        && tokens.get(index + 1).isSymbol("::")
        && tokens.get(index + 2).is("bytea")
        && tokens.get(index).value().matches("\\\\x([0-9a-fA-F]{2})*");
  }

  private static String blob(String hex) {
    return Names.literal(hex.substring(2).replaceAll("..", "\\\\x$0"));
  }

  /** Whether a token is the text of an array that is cast to one. */
  public static boolean isArray(List<Token> tokens, int index) {
    int type = index + 2;
    while (type + 2 < tokens.size() && tokens.get(type + 1).isSymbol(".")) {
      type += 2;
    }
    return type + 1 < tokens.size()
        && tokens.get(index).kind() == Token.Kind.STRING
        && tokens.get(index + 1).isSymbol("::")
        && tokens.get(type + 1).isSymbol("[")
        && tokens.get(index).value().startsWith("{")
        && tokens.get(index).value().endsWith("}");
  }

  /** The array as a list of DuckDB's. */
  public static String list(String array) {
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    boolean quoted = false;
    boolean inside = false;
    for (int i = 1; i < array.length() - 1; i++) {
      char c = array.charAt(i);
      if (c == '\\' && i + 2 < array.length()) {
        element.append(array.charAt(++i));
      } else if (c == '"') {
        inside = !inside;
        quoted = true;
      } else if (c == ',' && !inside) {
        elements.add(literal(element.toString(), quoted));
        element.setLength(0);
        quoted = false;
      } else {
        element.append(c);
      }
    }
    if (array.length() > 2) {
      elements.add(literal(element.toString(), quoted));
    }
    return "[" + String.join(", ", elements) + "]";
  }

  private static String literal(String element, boolean quoted) {
    return !quoted && element.strip().equalsIgnoreCase("null")
        ? "NULL"
        : Names.literal(quoted ? element : element.strip());
  }
}
