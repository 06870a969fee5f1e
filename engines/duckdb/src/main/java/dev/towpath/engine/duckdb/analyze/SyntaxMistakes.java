package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Kind;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.spi.Names;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Says what is wrong with a text that does not parse. DuckDB names the token that it could not
 * take, which often is the one after the mistake; the tokens around it tell more.
 */
final class SyntaxMistakes {
  private static final List<String> KEYWORDS =
      List.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP",
          "ORDER",
          "HAVING",
          "QUALIFY",
          "LIMIT",
          "OFFSET",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "JOIN",
          "LEFT",
          "RIGHT",
          "INNER",
          "FULL",
          "CROSS",
          "USING",
          "WITH",
          "WINDOW",
          "DISTINCT",
          "PARTITION",
          "BETWEEN",
          "VALUES",
          "PIVOT",
          "UNPIVOT");

  private static final String WRITE = "write a SELECT";

  /** What may open a query. */
  private static final Set<String> OPENERS =
      Set.of("SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT", "(");

  /** What opens other statements than queries. */
  private static final Set<String> VERBS =
      Set.of(
          "ALTER",
          "ANALYZE",
          "ATTACH",
          "BEGIN",
          "CALL",
          "CHECKPOINT",
          "COMMENT",
          "COMMIT",
          "COPY",
          "CREATE",
          "DEALLOCATE",
          "DELETE",
          "DESCRIBE",
          "DETACH",
          "DROP",
          "EXECUTE",
          "EXPLAIN",
          "EXPORT",
          "GRANT",
          "IMPORT",
          "INSERT",
          "INSTALL",
          "LOAD",
          "MERGE",
          "PRAGMA",
          "PREPARE",
          "RESET",
          "ROLLBACK",
          "SET",
          "SHOW",
          "SUMMARIZE",
          "TRUNCATE",
          "UPDATE",
          "USE",
          "VACUUM");

  /** Words that cannot be a name without quotes. */
  private static final Set<String> RESERVED =
      Set.of(
          "ALL",
          "AND",
          "ANY",
          "AS",
          "ASC",
          "CASE",
          "CAST",
          "CHECK",
          "COLLATE",
          "COLUMN",
          "CREATE",
          "DEFAULT",
          "DESC",
          "DISTINCT",
          "DO",
          "ELSE",
          "END",
          "EXCEPT",
          "FOR",
          "FROM",
          "GRANT",
          "GROUP",
          "HAVING",
          "IN",
          "INTERSECT",
          "INTO",
          "LIMIT",
          "NOT",
          "NULL",
          "OFFSET",
          "ON",
          "ONLY",
          "OR",
          "ORDER",
          "PRIMARY",
          "QUALIFY",
          "REFERENCES",
          "SELECT",
          "SOME",
          "TABLE",
          "THEN",
          "TO",
          "UNION",
          "UNIQUE",
          "USING",
          "WHEN",
          "WHERE",
          "WINDOW",
          "WITH");

  /** Words that are whole only with a second one. */
  private static final Set<String> BEFORE_BY = Set.of("GROUP", "ORDER", "PARTITION");

  private final String sql;
  private final SqlTokens tokens;

  SyntaxMistakes(String sql) {
    this.sql = sql;
    this.tokens = new SqlTokens(sql);
  }

  /** A text that is no query at all, or more than one; empty when it looks like a single query. */
  Optional<Mistake> shape() {
    List<Token> all = tokens.all().stream().filter(t -> !tokens.is(t, ";")).toList();
    if (all.isEmpty()) {
      return Optional.of(
          new Mistake("there is no query here", Optional.of(WRITE), sql.length(), 0));
    }
    Optional<Token> second = tokens.secondStatement();
    if (second.isPresent()) {
      return Optional.of(
          at(
              second.get(),
              "a second statement starts here",
              "write one query; use WITH for steps"));
    }
    Token opener = all.getFirst();
    String word = upper(opener);
    if (opener.kind() != Kind.WORD || OPENERS.contains(word)) {
      return Optional.empty();
    }
    if (VERBS.contains(word)) {
      return Optional.of(at(opener, word + " is not allowed: a query only reads", WRITE));
    }
    Optional<String> meant =
        OPENERS.stream().filter(k -> k.length() > 1 && isNear(word, k)).findFirst();
    String hint = meant.map(SyntaxMistakes::didYouMean).orElse(WRITE);
    return Optional.of(at(opener, "\"" + text(opener) + "\" starts no query", hint));
  }

  /** What DuckDB refused to serialize though it parses. */
  Mistake refused(String message) {
    Optional<Mistake> shape = shape();
    if (shape.isPresent()) {
      return shape.get();
    }
    if (message.contains("named and positional")) {
      Token token =
          tokens.all().stream()
              .filter(t -> tokens.is(t, "?") || text(t).matches("\\$[0-9]+"))
              .findFirst()
              .orElse(tokens.all().getFirst());
      return at(token, "parameters have names here", "write $name in the place of ? or $1");
    }
    Optional<Token> pivot = tokens.naming("pivot");
    if (pivot.isPresent()) {
      return at(
          pivot.get(),
          "the columns of this PIVOT are known only when it runs",
          "list them: PIVOT t ON month IN (1, 2, 3) USING sum(amount)");
    }
    return at(tokens.all().getFirst(), "only SELECT is allowed here", WRITE);
  }

  /**
   * A syntax error.
   *
   * @param offset UTF-16 offset of the token that DuckDB could not take, or -1
   */
  Mistake syntax(String message, int offset) {
    Optional<Mistake> shape = shape();
    if (shape.isPresent() && offset <= 0) {
      return shape.get();
    }
    if (message.startsWith("unterminated")) {
      return unterminated(message, offset);
    }
    if (offset < 0 || tokens.all().isEmpty()) {
      return new Mistake(plain(message), Optional.empty(), Math.max(0, offset), 0);
    }
    int index = Math.min(tokens.indexAt(offset), tokens.all().size() - 1);
    return around(index);
  }

  private Mistake unterminated(String message, int offset) {
    String hint =
        message.contains("comment")
            ? "end it with */"
            : message.contains("identifier") ? "end the name with \"" : "end the text with '";
    String what =
        message.contains("comment")
            ? "this comment has no end"
            : message.contains("identifier")
                ? "this quoted name has no end"
                : "this text has no end";
    return new Mistake(what, Optional.of(hint), Math.max(0, offset), 1);
  }

  private Mistake around(int index) {
    List<Token> all = tokens.all();
    Token token = all.get(index);
    Optional<Mistake> template = template(index);
    if (template.isPresent()) {
      return template.get();
    }
    Optional<Mistake> typo = typo(index);
    if (typo.isPresent()) {
      return typo.get();
    }
    if (index > 0) {
      Token before = all.get(index - 1);
      String word = upper(before);
      if (RESERVED.contains(word) && isListed(index - 1) && !isClause(word)) {
        return reserved(before);
      }
      if (BEFORE_BY.contains(word) && !tokens.is(token, "BY") && isExpressionStart(token)) {
        return at(before, word + " without BY", "write " + word + " BY");
      }
      if (RESERVED.contains(word) && isAfterOperand(index - 2) && !isClause(word)) {
        return reserved(before);
      }
      if (word.equals("AT") && before.kind() == Kind.WORD && !tokens.is(token, "(")) {
        return reserved(before); // the engine's list lacks it
      }
      if (word.equals("SELECT") && RESERVED.contains(upper(token))) {
        return reserved(token);
      }
    }
    Optional<Mistake> bracket = bracket(index);
    if (bracket.isPresent()) {
      return bracket.get();
    }
    if (tokens.is(token, ":")) {
      return at(token, "\":\" is not understood here", "write parameters as $name");
    }
    if (index == all.size() - 1 && token.kind() == Kind.WORD && RESERVED.contains(upper(token))) {
      return at(token, "the query ends after " + upper(token), "finish it, or take it out");
    }
    if (tokens.is(token, ",") && index > 0 && tokens.is(all.get(index - 1), ",")) {
      return at(token, "two commas in a row", "take one out");
    }
    String message = "\"" + text(token) + "\" is not expected here";
    if (index > 0 && isOperand(token) && isOperand(all.get(index - 1))) {
      return at(token, message, "a comma or an operator may be missing before it");
    }
    return at(token, message, index == 0 ? WRITE : "look at what stands before it");
  }

  /** {@code {{ ref('x') }}} and its like. */
  private Optional<Mistake> template(int index) {
    for (int i = Math.max(0, index - 1); i <= index; i++) {
      Token token = tokens.all().get(i);
      if (sql.startsWith("{{", token.start()) || sql.startsWith("{%", token.start())) {
        return Optional.of(
            at(
                token,
                "templates are not filled in here",
                "write tables as schema.table and values as $name"));
      }
    }
    return Optional.empty();
  }

  /** A word before the refused token, or it itself, that is nearly a keyword. */
  private Optional<Mistake> typo(int index) {
    for (int i = index; i >= Math.max(0, index - 2); i--) {
      Token token = tokens.all().get(i);
      String word = upper(token);
      if (token.kind() != Kind.WORD || word.length() < 3 || KEYWORDS.contains(word)) {
        continue;
      }
      Optional<String> meant = KEYWORDS.stream().filter(k -> isNear(word, k)).findFirst();
      boolean follows = i > 0 && isOperand(tokens.all().get(i - 1));
      if (meant.isPresent() && (i == 0 || follows || i == index)) {
        return Optional.of(
            at(token, "\"" + text(token) + "\" is not understood here", didYouMean(meant.get())));
      }
    }
    return Optional.empty();
  }

  /** One letter too many, too few, other or two swapped, and more in long words. */
  private static boolean isNear(String word, String keyword) {
    if (Math.abs(word.length() - keyword.length()) > 1
        || Names.nearest(word, List.of(keyword)).isEmpty()) {
      return false;
    }
    int common = 0;
    StringBuilder left = new StringBuilder(keyword);
    for (int i = 0; i < word.length(); i++) {
      int at = left.indexOf(word.substring(i, i + 1));
      if (at >= 0) {
        left.deleteCharAt(at);
        common++;
      }
    }
    return common >= Math.max(word.length(), keyword.length()) - 1
        && word.charAt(0) == keyword.charAt(0);
  }

  private Optional<Mistake> bracket(int index) {
    Deque<Token> open = new ArrayDeque<>();
    for (Token token : tokens.all()) {
      if (tokens.is(token, "(") || tokens.is(token, "[")) {
        open.push(token);
      } else if (tokens.is(token, ")") || tokens.is(token, "]")) {
        if (open.isEmpty()) {
          return Optional.of(at(token, "nothing was opened for this bracket", "take it out"));
        }
        open.pop();
      }
    }
    if (open.isEmpty() || open.peek().start() > tokens.all().get(index).start()) {
      return Optional.empty();
    }
    return Optional.of(at(open.peek(), "this bracket is never closed", "close it with )"));
  }

  private Mistake reserved(Token token) {
    return at(
        token,
        "\"" + text(token) + "\" is a word of SQL",
        "to use it as a name, quote it: \"" + text(token) + "\"");
  }

  /** Whether the word stands where an expression is wanted: after SELECT, a comma or a bracket. */
  private boolean isListed(int index) {
    if (index == 0) {
      return false;
    }
    Token before = tokens.all().get(index - 1);
    return tokens.is(before, ",") || tokens.is(before, "(") || tokens.is(before, "SELECT");
  }

  private boolean isAfterOperand(int index) {
    return index >= 0 && tokens.is(tokens.all().get(index), ".");
  }

  private static boolean isClause(String word) {
    return Set.of("FROM", "WHERE", "SELECT").contains(word);
  }

  private boolean isExpressionStart(Token token) {
    return token.kind() != Kind.SYMBOL || tokens.is(token, "(");
  }

  private boolean isOperand(Token token) {
    return switch (token.kind()) {
      case WORD -> !RESERVED.contains(upper(token));
      case QUOTED, STRING, NUMBER, PARAMETER -> true;
      case SYMBOL -> tokens.is(token, ")") || tokens.is(token, "*") || tokens.is(token, "]");
    };
  }

  private String text(Token token) {
    return tokens.text(token);
  }

  private String upper(Token token) {
    return text(token).toUpperCase(Locale.ROOT);
  }

  private static String didYouMean(String word) {
    return "did you mean \"" + word + "\"?";
  }

  private static Mistake at(Token token, String message, String hint) {
    return new Mistake(message, Optional.of(hint), token.start(), token.end() - token.start());
  }

  /** DuckDB's own words on one line. */
  static String plain(String message) {
    String line = message.lines().findFirst().orElse("").strip();
    if (line.endsWith("!") || line.endsWith(".")) {
      line = line.substring(0, line.length() - 1);
    }
    boolean acronym = line.length() > 1 && Character.isUpperCase(line.charAt(1));
    return line.isEmpty() || acronym
        ? line
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}
