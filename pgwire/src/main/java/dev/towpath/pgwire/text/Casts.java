package dev.towpath.pgwire.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a statement itself says of the types of its parameters: {@code $1::date}. */
public final class Casts {
  private Casts() {}

  /**
   * Names of types by the numbers of the parameters that are cast to them, in lower case, with
   * {@code []} for arrays.
   */
  public static Map<Integer, String> of(Sql sql) {
    Map<Integer, String> casts = new HashMap<>();
    List<Token> tokens = sql.tokens();
    for (int i = 0; i + 1 < tokens.size(); i++) {
      boolean cast =
          i + 2 < tokens.size()
              && tokens.get(i).kind() == Token.Kind.PARAMETER
              && tokens.get(i).text().matches("\\$[1-9][0-9]{0,4}")
              && (tokens.get(i + 1).isSymbol("::") || isCast(tokens, i));
      if (isListed(tokens, i)) {
        casts.putIfAbsent(Integer.parseInt(tokens.get(i).text().substring(1)), "text[]");
      } else if (cast) {
        casts.putIfAbsent(Integer.parseInt(tokens.get(i).text().substring(1)), name(tokens, i + 2));
      }
    }
    return casts;
  }

  /** Whether it is compared with the elements of the parameter: {@code = ANY ($1)}. */
  private static boolean isListed(List<Token> tokens, int index) {
    return tokens.get(index).kind() == Token.Kind.PARAMETER
        && index >= 2
        && tokens.get(index - 1).isSymbol("(")
        && tokens.get(index + 1).isSymbol(")")
        && (tokens.get(index - 2).is("any") || tokens.get(index - 2).is("all"));
  }

  private static boolean isCast(List<Token> tokens, int index) {
    return tokens.get(index + 1).is("as")
        && index >= 2
        && tokens.get(index - 1).isSymbol("(")
        && tokens.get(index - 2).is("cast");
  }

  private static String name(List<Token> tokens, int first) {
    int index = first;
    while (index + 2 < tokens.size() && tokens.get(index + 1).isSymbol(".")) {
      index += 2;
    }
    String name = tokens.get(index).isName() ? tokens.get(index).value() : "";
    boolean array =
        index + 2 < tokens.size()
            && tokens.get(index + 1).isSymbol("[")
            && tokens.get(index + 2).isSymbol("]");
    return array ? name + "[]" : name;
  }
}
