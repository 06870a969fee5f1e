package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Mistakes of types and of clauses, told by what DuckDB's message says. */
final class Mismatches {
  private static final Pattern CALL = Pattern.compile("argument types '(.+?)\\((.*)\\)'\\.");
  private static final Pattern AMBIGUOUS =
      Pattern.compile("Ambiguous reference to column name \"(.+?)\" \\(use: (.*)\\)");
  private static final Pattern CIRCULAR = Pattern.compile("Circular reference to CTE \"(.+?)\"");
  private static final Pattern UNCOMPARABLE =
      Pattern.compile("Cannot compare values of type (.+?) and type (.+?) -");
  private static final Pattern NO_MEMBER =
      Pattern.compile("Could not find key \"(.+?)\" in struct(?s:.*?Entries: (.*))?");
  private static final Pattern NO_STRUCT =
      Pattern.compile("Cannot extract field '(.+?)' from expression \"(.+?)\"");

  private final SqlTokens tokens;

  Mismatches(SqlTokens tokens) {
    this.tokens = tokens;
  }

  /** A function or operator that does not take such arguments. */
  Mistake of(DuckDbError error, int offset, int length) {
    Matcher call = CALL.matcher(error.message());
    if (!call.find()) {
      return other(error, offset, length);
    }
    String name = call.group(1);
    String arguments =
        call.group(2).replace("INTEGER_LITERAL", "INTEGER").replace("STRING_LITERAL", "VARCHAR");
    if (!Character.isLetter(name.charAt(0)) && name.charAt(0) != '_') {
      return at(
          "\"" + name + "\" cannot take " + String.join(" and ", topLevel(arguments)),
          castHint(topLevel(arguments)),
          offset,
          length);
    }
    String known =
        error
            .message()
            .lines()
            .filter(l -> l.startsWith("\t" + name + "(") || l.startsWith("\t\"" + name + "\"("))
            .map(l -> l.strip().replaceAll(" -> .*", "").replace(", /", ""))
            .limit(3)
            .collect(Collectors.joining(" or "));
    return at(
        name + "() cannot take (" + arguments + ")",
        known.isEmpty() ? "cast what you give it" : "it takes " + known,
        offset,
        Math.min(length, name.length()));
  }

  /** Everything else. */
  Mistake other(DuckDbError error, int offset, int length) {
    String message = error.message();
    Matcher ambiguous = AMBIGUOUS.matcher(message);
    if (ambiguous.find()) {
      String uses = ambiguous.group(2).replace("'", "");
      return at(
          "column \"" + ambiguous.group(1) + "\" is ambiguous", "write " + uses, offset, length);
    }
    Matcher circular = CIRCULAR.matcher(message);
    if (circular.find()) {
      String name = circular.group(1);
      return at(
          "\"" + name + "\" reads itself",
          "write WITH RECURSIVE, or give the step another name",
          offset,
          length);
    }
    Matcher types = UNCOMPARABLE.matcher(message);
    if (types.find()) {
      return at(
          types.group(1) + " and " + types.group(2) + " do not go together",
          castHint(List.of(types.group(1), types.group(2))),
          offset,
          length);
    }
    Matcher member = NO_MEMBER.matcher(message);
    if (member.find()) {
      String has = member.group(2);
      String hint = has == null ? null : "it has " + has.strip();
      return near(
          member.group(1),
          "the struct has no member \"" + member.group(1) + "\"",
          hint,
          offset,
          length);
    }
    Matcher struct = NO_STRUCT.matcher(message);
    if (struct.find()) {
      return near(
          struct.group(2),
          "column \"" + struct.group(2) + "\" has no member \"" + struct.group(1) + "\"",
          "it is no struct",
          offset,
          length);
    }
    if (message.contains("Deprecated lambda arrow")) {
      int arrow = arrow();
      return at(
          "\"->\" starts no function here",
          "write lambda x: x + 1",
          Math.max(arrow, 0),
          arrow < 0 ? 0 : 2);
    }
    if (message.startsWith("Set operations can only apply")) {
      return setOperation();
    }
    if (message.contains("file system operations are disabled")) {
      return at(
          "a query cannot read files directly",
          "declare them in sources/<name>.yml and read the table as schema.table",
          offset,
          length);
    }
    return at(SyntaxMistakes.plain(message), hint(message), offset, length);
  }

  /** Suggests the type that is no text, since texts are cast to others more often than not. */
  private static String castHint(List<String> types) {
    String type =
        types.stream().filter(t -> !t.equals("VARCHAR")).findFirst().orElse(types.getFirst());
    return "cast one side, such as x::" + type;
  }

  /** The types of a list, split at the commas that are not inside of a type. */
  private static List<String> topLevel(String list) {
    List<String> types = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        types.add(list.substring(start, i).strip());
        start = i + 1;
      }
    }
    types.add(list.substring(start).strip());
    return types;
  }

  private static @Nullable String hint(String message) {
    if (message.contains("cannot contain aggregates")) {
      return "put conditions on aggregates into HAVING";
    }
    if (message.contains("Window functions are not supported here")) {
      return "write OVER (...) after it";
    }
    if (message.contains("cannot contain window functions")) {
      return "put conditions on window functions into QUALIFY";
    }
    if (message.contains("at least one window function must appear")) {
      return "use WHERE, or HAVING after GROUP BY";
    }
    if (message.contains("ORDER term out of range")) {
      return "order by a name instead of a number";
    }
    if (message.contains("Subquery returns")) {
      return "select one column in it";
    }
    return null;
  }

  private Mistake setOperation() {
    for (Token token : tokens.all()) {
      for (String word : List.of("UNION", "INTERSECT", "EXCEPT")) {
        if (tokens.is(token, word)) {
          return at(
              "the sides of this " + word + " have different numbers of columns",
              "give both the same columns, or use UNION BY NAME",
              token.start(),
              word.length());
        }
      }
    }
    return at("the sides of a set operation have different numbers of columns", null, 0, 0);
  }

  private int arrow() {
    List<Token> all = tokens.all();
    for (int i = 0; i + 1 < all.size(); i++) {
      if (tokens.is(all.get(i), "-")
          && tokens.is(all.get(i + 1), ">")
          && all.get(i).end() == all.get(i + 1).start()) {
        return all.get(i).start();
      }
    }
    return -1;
  }

  /** A mistake without a place, put at the first mention of a name. */
  private Mistake near(String name, String message, @Nullable String hint, int offset, int length) {
    Optional<Token> token = length > 0 ? Optional.empty() : tokens.naming(name);
    return token
        .map(t -> at(message, hint, t.start(), t.end() - t.start()))
        .orElseGet(() -> at(message, hint, offset, length));
  }

  private static Mistake at(String message, @Nullable String hint, int offset, int length) {
    return new Mistake(message, Optional.ofNullable(hint), offset, length);
  }
}
