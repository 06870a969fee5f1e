package dev.towpath.engine.duckdb.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.session.BoundSql;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds our tokens against DuckDB's own parser, on random texts full of quotes. */
final class SqlTokensTest {
  private static final int TEXTS = 40_000;
  private static final int BATCH = 500;

  /** What begins or ends a quote, a comment, a name or a parameter, and what looks like it. */
  private static final String[] PIECES = {
    "$a",
    "$b1",
    "$_c",
    "$1",
    "$12",
    "$1a",
    "$\"a\"",
    "$\"b \"\"c\"",
    "$",
    "$$",
    "$a$",
    "$a€$",
    "$ä$",
    "$é€",
    "$a\u00A0$",
    "$\u2003$",
    "$a1$",
    "$1$",
    "$😀$",
    "a",
    "a$b",
    "a$",
    "€",
    "é$a",
    "a\u001Cb",
    "\u007F",
    "\u0085",
    "\u1680",
    "'",
    "''",
    "'x'",
    "'$a'",
    "e'",
    "E'\\'",
    "e'\\'$a'",
    "ae'\\'",
    "x'00'",
    "b'01'",
    "n'é'",
    "\\",
    "\\'",
    "\"",
    "\"a\"",
    "\"$a\"",
    "\"a\"\"$b\"",
    "--",
    "-- $a",
    "-- '",
    "/*",
    "*/",
    "/* ' */",
    "/* $a /* */ $b */",
    "/*/",
    "-",
    "/",
    "*",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\f",
    "\u000B",
    " ",
    " ",
    " ",
    "\u00A0",
    "\u2003",
    "\u200B",
    "\u2028",
    "\u202F",
    "\u3000",
    "\uFEFF",
    "1",
    "1.5",
    ".5",
    "1e5",
    "0x1F",
    "1_000",
    "1$",
    ",",
    ",",
    ",",
    ";",
    "(",
    ")",
    "[",
    "]",
    "::INT",
    "::TEXT",
    "+",
    "||",
    ":a",
    "@a",
    "#1",
    "{'a': ",
    "}",
    "AS",
    " AS x",
    " FROM t",
    " WHERE ",
    "SELECT ",
    "U&'\\0061'",
    "U&\"a\"",
    "`",
    "->",
    "<@"
  };

  /** DuckDB looks for wide spaces with rules of its own for where a dollar quote begins. */
  private static final Pattern WIDE = Pattern.compile("[\u00A0\u2000-\u200B\u202F\u3000\uFEFF]");

  @Test
  void findParametersWhereDuckDbDoes() throws SQLException {
    long seed = Long.getLong("towpath.seed", new Random().nextLong());
    Random random = new Random(seed);
    int parsed = 0;
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        DuckDbAnalyzer analyzer = DuckDbAnalyzer.ofQuestions(1)) {
      for (int done = 0; done < TEXTS; done += BATCH) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
          texts.add(text(random));
        }
        List<String> trees = Serializer.serialized(connection, texts);
        for (int i = 0; i < BATCH; i++) {
          Json tree = Json.read(trees.get(i));
          if (tree.text("error").equals("false")) {
            parsed++;
            agrees(analyzer, texts.get(i), tree, seed);
          }
        }
      }
    }
    assertThat(parsed).isGreaterThan(TEXTS / 50);
  }

  private static void agrees(DuckDbAnalyzer analyzer, String text, Json tree, long seed) {
    Parsed parsed = analyzer.parse(List.of(text)).getFirst();
    boolean agree = ours(text).equals(theirs(tree)) || BoundSql.sample(text).sql().equals(text);
    if (WIDE.matcher(text).find() || isLone(text)) {
      assertThat(agree || parsed instanceof Mistake).as("%s (seed %d)", shown(text), seed).isTrue();
    } else {
      assertThat(ours(text)).as("%s (seed %d)", shown(text), seed).isEqualTo(theirs(tree));
      if (parsed instanceof Mistake mistake) {
        assertThat(mistake.message())
            .as("%s (seed %d)", shown(text), seed)
            .isNotEqualTo("a parameter stands where no value can");
      }
    }
  }

  /** Whether a dollar sign stands away from the name that DuckDB takes with it. */
  private static boolean isLone(String text) {
    SqlTokens tokens = new SqlTokens(text);
    return tokens.all().stream().anyMatch(t -> tokens.is(t, "$"));
  }

  /** A text whose control characters and spaces can be told apart. */
  private static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.chars()
        .forEach(c -> shown.append(c >= ' ' && c < 0x7F ? (char) c + "" : "\\u%04X".formatted(c)));
    return shown.toString();
  }

  /** A list of things to select, of which every gap may hold whatever there is. */
  private static String text(Random random) {
    StringBuilder text = new StringBuilder("SELECT ");
    int items = 1 + random.nextInt(4);
    for (int i = 0; i < items; i++) {
      text.append(i == 0 ? "" : ",");
      int pieces = 1 + random.nextInt(random.nextInt(10) == 0 ? 12 : 3);
      for (int p = 0; p < pieces; p++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return text.toString();
  }

  private static Set<String> ours(String sql) {
    SqlTokens tokens = new SqlTokens(sql);
    Set<String> names = new TreeSet<>();
    tokens.parameters().forEach(p -> names.add(tokens.name(p).toLowerCase(Locale.ROOT)));
    return names;
  }

  private static Set<String> theirs(Json tree) {
    Set<String> names = new TreeSet<>();
    if (tree instanceof Json.Obj(_, List<Json> values)) {
      if (tree.text("class").equals("PARAMETER")) {
        names.add(tree.text("identifier").toLowerCase(Locale.ROOT));
      }
      values.forEach(v -> names.addAll(theirs(v)));
    } else {
      tree.elements().forEach(v -> names.addAll(theirs(v)));
    }
    return names;
  }
}
