package dev.towpath.pgwire.catalog;

import static dev.towpath.pgwire.catalog.CatalogWords.isSymbol;

import dev.towpath.pgwire.text.Literals;
import dev.towpath.pgwire.text.Sql;
import dev.towpath.pgwire.text.Token;
import dev.towpath.pgwire.text.Token.Kind;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites a query about the catalog from PostgreSQL's dialect into DuckDB's, word by word: what
 * DuckDB has no name for, and what it means otherwise.
 */
final class Dialect {
  /**
   * Functions that have another name in DuckDB, and any number of arguments, so that no macro does.
   */
  private static final Map<String, String> FUNCTIONS =
      Map.of("json_build_object", "json_object", "json_build_array", "json_array");

  /** Around a parameter; no text of a client has it. */
  private static final String MARK = "\0";

  private static final Set<String> MATCHES = Set.of("~", "!~", "~*", "!~*");

  private final List<Token> tokens;
  private final Facts facts;
  private final Map<String, DataType> types;
  private final List<String> pieces = new ArrayList<>();

  /** Where in {@link #pieces} each token is that has been written. */
  private final int[] written;

  private int at;

  private Dialect(List<Token> tokens, Facts facts, Map<String, DataType> types) {
    this.tokens = tokens;
    this.types = types;
    this.facts = facts;
    this.written = new int[tokens.size()];
  }

  /**
   * The query for DuckDB.
   *
   * @param types of parameters, by number, as the client says
   */
  static CatalogText rewrite(Sql sql, Facts facts, Map<String, DataType> types) {
    Dialect text = new Dialect(sql.tokens(), facts, types);
    while (text.at < text.tokens.size()) {
      text.written[text.at] = text.pieces.size();
      text.step();
    }
    String all = String.join(" ", text.pieces);
    return new CatalogText(
        all.replaceAll(MARK + "([0-9A-Za-z_]*)" + MARK, "\\$$1"),
        all.replaceAll(MARK + "[0-9A-Za-z_]*" + MARK, "NULL"));
  }

  private void step() {
    Token token = tokens.get(at);
    if (passTableOid(token)
        || passSchema(token)
        || passOperator(token)
        || passCollation(token)
        || passFact(token)) {
      return;
    }
    if (token.isSymbol("::")) {
      cast();
    } else if (token.is("as") && isInCast() && CastTarget.at(tokens, at + 1).isPresent()) {
      lookUpByName(CastTarget.at(tokens, at + 1).get());
      put(
          "AS " + CastTarget.at(tokens, at + 1).get().engine(),
          CastTarget.at(tokens, at + 1).get().tokens() + 1);
    } else if (token.kind() == Kind.SYMBOL && MATCHES.contains(token.text())) {
      match(token.text(), 1);
    } else if (token.kind() == Kind.PARAMETER) {
      put(parameter(token), 1);
    } else {
      put(token.kind() == Kind.STRING ? string(token) : function(token), 1);
    }
  }

  /** What the client says of a parameter is said to DuckDB, which cannot always infer it. */
  private String parameter(Token token) {
    String name = token.text().substring(1);
    DataType type = types.get(name);
    String mark = MARK + name + MARK;
    return type == null ? mark : "CAST(" + mark + " AS " + type.sql() + ")";
  }

  private String string(Token token) {
    return Literals.isArray(tokens, at)
        ? Literals.list(token.value())
        : Names.literal(token.value());
  }

  private String function(Token token) {
    return isSymbol(tokens, at + 1, "(")
        ? FUNCTIONS.getOrDefault(token.value(), token.text())
        : token.text();
  }

  private void put(String text, int passed) {
    pieces.add(text);
    for (int i = 1; i < passed && at + i < written.length; i++) {
      written[at + i] = pieces.size() - 1;
    }
    at += passed;
  }

  /** A column that every table of PostgreSQL has without showing it. */
  private boolean passTableOid(Token token) {
    boolean found =
        token.isName()
            && isSymbol(tokens, at + 1, ".")
            && at + 2 < tokens.size()
            && tokens.get(at + 2).is("tableoid");
    if (found) {
      put("0::UINTEGER", 3);
    }
    return found;
  }

  /** Everything of pg_catalog is found without its schema; the other one has another name. */
  private boolean passSchema(Token token) {
    if (!token.isName() || !isSymbol(tokens, at + 1, ".") || isSymbol(tokens, at - 1, ".")) {
      return false;
    }
    if (token.value().equals(facts.database()) && isSchema(at + 2)) {
      put("", 2);
      return true;
    }
    switch (token.value()) {
      case "pg_catalog" -> put("", 2);
      case "information_schema" -> put("info.", 2);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean isSchema(int index) {
    return index < tokens.size()
        && tokens.get(index).isName()
        && Set.of("pg_catalog", "information_schema").contains(tokens.get(index).value());
  }

  /** OPERATOR(pg_catalog.~) is ~. */
  private boolean passOperator(Token token) {
    if (!token.is("operator") || !isSymbol(tokens, at + 1, "(")) {
      return false;
    }
    int end = at + 2;
    while (end < tokens.size() && !tokens.get(end).isSymbol(")")) {
      end++;
    }
    if (end == tokens.size()) {
      return false;
    }
    String operator = tokens.get(end - 1).text();
    if (MATCHES.contains(operator)) {
      match(operator, end + 1 - at);
    } else {
      put(operator, end + 1 - at);
    }
    return true;
  }

  /** All text is compared by its bytes here. */
  private boolean passCollation(Token token) {
    if (!token.is("collate")) {
      return false;
    }
    int end = at + 2;
    while (isSymbol(tokens, end, ".")) {
      end += 2;
    }
    put("", Math.min(end, tokens.size()) - at);
    return true;
  }

  /** PostgreSQL looks for the pattern anywhere, DuckDB's operator compares the whole. */
  private void match(String operator, int passed) {
    String flags = operator.endsWith("*") ? "(?is)" : "(?s)";
    int pattern = at + passed;
    put(operator.startsWith("!") ? "!~" : "~", passed);
    if (pattern < tokens.size() && isOperand(tokens.get(pattern))) {
      Token token = tokens.get(pattern);
      String value = token.kind() == Kind.STRING ? Names.literal(token.value()) : parameter(token);
      put("('" + flags + ".*(?:' || " + value + " || ').*')", 1);
    }
  }

  private static boolean isOperand(Token token) {
    return token.kind() == Kind.STRING || token.kind() == Kind.PARAMETER;
  }

  /** What a session knows of itself stands in the query as a literal. */
  private boolean passFact(Token token) {
    if (!token.isName() || (isSymbol(tokens, at - 1, ".") && !isCatalog(at - 2))) {
      return false;
    }
    FactWords words = new FactWords(tokens, facts);
    Optional<FactWords.Known> known = words.at(at);
    known.ifPresent(k -> put(words.shown(at, k), k.tokens()));
    return known.isPresent();
  }

  private boolean isCatalog(int index) {
    return index >= 0 && tokens.get(index).value().equals("pg_catalog");
  }

  /** CAST('pg_class' AS regclass): a name becomes a number. */
  private void lookUpByName(CastTarget target) {
    @Nullable String lookUp = target.lookUp();
    if (lookUp != null && isOperand(tokens.get(at - 1)) && isSymbol(tokens, at - 2, "(")) {
      int operand = written[at - 1];
      pieces.set(operand, lookUp + "_oid(" + pieces.get(operand) + ")");
    }
  }

  /** Whether AS names a type, not a column. */
  private boolean isInCast() {
    int open = at - 1;
    for (int depth = 0; open >= 0 && (depth > 0 || !tokens.get(open).isSymbol("(")); open--) {
      depth += tokens.get(open).isSymbol(")") ? 1 : tokens.get(open).isSymbol("(") ? -1 : 0;
    }
    return open > 0 && (tokens.get(open - 1).is("cast") || tokens.get(open - 1).is("try_cast"));
  }

  private void cast() {
    Optional<CastTarget> target = CastTarget.at(tokens, at + 1);
    if (target.isEmpty()) {
      put("::", 1);
      return;
    }
    @Nullable String lookUp = target.get().lookUp();
    if (lookUp == null) {
      put("::" + target.get().engine(), target.get().tokens() + 1);
      return;
    }
    int start = operand();
    boolean byName = start == at - 1 && isOperand(tokens.get(start));
    List<String> operand = pieces.subList(written[start], pieces.size());
    String text = String.join(" ", operand);
    operand.clear();
    put(lookUp + (byName ? "_oid(" : "_name(") + text + ")", target.get().tokens() + 1);
    for (int i = start; i < at; i++) {
      written[i] = pieces.size() - 1;
    }
  }

  /** The first token of what a cast stands behind. */
  private int operand() {
    int start = at - 1;
    if (tokens.get(start).isSymbol(")")) {
      int depth = 0;
      do {
        depth += tokens.get(start).isSymbol(")") ? 1 : tokens.get(start).isSymbol("(") ? -1 : 0;
        start--;
      } while (depth > 0 && start >= 0);
      start = start >= 0 && tokens.get(start).isName() ? start : start + 1;
    }
    while (isSymbol(tokens, start - 1, ".") && start >= 2) {
      start -= 2;
    }
    return Math.max(start, 0);
  }
}
