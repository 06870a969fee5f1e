package dev.towpath.engine.duckdb.analyze;

import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Has DuckDB parse texts, many per statement, and reads the syntax trees that it gives. */
final class Serializer {
  private Serializer() {}

  /** Parses texts, in order. */
  static List<Parsed> parse(
      Connection connection, List<String> texts, Function<String, Rules> rules, Trees kept)
      throws SQLException {
    List<String> trees = serialized(connection, texts);
    List<Parsed> results = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      kept.put(texts.get(i), trees.get(i));
      results.add(parsed(texts.get(i), Json.read(trees.get(i)), rules));
    }
    return results;
  }

  /** Parses what people ask, in order, and what will run for it. */
  static List<Parsed> questions(
      Connection connection, List<String> texts, Function<String, Rules> rules)
      throws SQLException {
    List<Json> trees = serialized(connection, texts).stream().map(Json::read).toList();
    List<Optional<Mistake>> unlike = SecondLook.at(connection, texts, trees);
    List<Parsed> results = new ArrayList<>(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      Parsed first = parsed(texts.get(i), trees.get(i), rules);
      results.add(
          first instanceof Mistake ? first : unlike.get(i).map(Parsed.class::cast).orElse(first));
    }
    return results;
  }

  /** The statements of texts that are one statement each, in order. */
  static List<Json> statements(Connection connection, List<String> texts, Trees kept)
      throws SQLException {
    Map<String, String> trees = new HashMap<>();
    texts.forEach(text -> kept.get(text).ifPresent(tree -> trees.put(text, tree)));
    List<String> missing = texts.stream().filter(t -> !trees.containsKey(t)).distinct().toList();
    List<String> written = missing.isEmpty() ? List.of() : serialized(connection, missing);
    for (int i = 0; i < missing.size(); i++) {
      trees.put(missing.get(i), written.get(i));
      kept.put(missing.get(i), written.get(i));
    }
    List<Json> results = new ArrayList<>(texts.size());
    for (String tree : texts.stream().map(trees::get).toList()) {
      List<Json> statements = Json.read(tree).get("statements").elements();
      results.add(statements.isEmpty() ? Json.Scalar.NULL : statements.getFirst());
    }
    return results;
  }

  /** The trees of texts as DuckDB writes them, in order. */
  static List<String> serialized(Connection connection, List<String> texts) throws SQLException {
    List<String> trees = new ArrayList<>(texts.size());
    String sql = "SELECT json_serialize_sql(text) FROM (SELECT unnest(?) AS text)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, connection.createArrayOf("VARCHAR", texts.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        for (String _ : texts) {
          if (!rows.next()) {
            throw new IllegalStateException("DuckDB returned fewer trees than texts");
          }
          trees.add(rows.getString(1));
        }
      }
    }
    return trees;
  }

  private static Parsed parsed(String text, Json answer, Function<String, Rules> rules) {
    Optional<Mistake> unreadable = unreadable(text);
    if (unreadable.isPresent()) {
      return unreadable.get();
    }
    if (answer.text("error").equals("true")) {
      String message = answer.text("error_message");
      return answer.text("error_type").equals("parser")
          ? new SyntaxMistakes(text)
              .syntax(message, new Offsets(text).utf16(answer.number("position")))
          : new SyntaxMistakes(text).refused(message);
    }
    List<Json> statements = answer.get("statements").elements();
    if (statements.size() != 1) {
      return new SyntaxMistakes(text).refused("");
    }
    return new TreeReader(text, rules.apply(text)).read(statements.getFirst());
  }

  /** The tree of a text that parses, for a closer look; empty when it does not. */
  static Optional<TreeReader> tree(Connection connection, String text) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))")) {
      statement.setString(1, text);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        List<Json> statements = Json.read(rows.getString(1)).get("statements").elements();
        if (statements.size() != 1) {
          return Optional.empty();
        }
        TreeReader reader = new TreeReader(text);
        reader.read(statements.getFirst());
        return Optional.of(reader);
      }
    }
  }

  /** A character that would end the text for DuckDB, or become another one on the way to it. */
  static Optional<Mistake> unreadable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == '\0' || Character.isSurrogate(c)) {
        String what = c == '\0' ? "a NUL character" : "half a character";
        return Optional.of(
            new Mistake("there is " + what + " here", Optional.of("take it out"), i, 1));
      }
    }
    return Optional.empty();
  }
}
