package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.session.BoundSql;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A look at the text that runs for a question, which is not the one that was asked: the parameters
 * are written anew. DuckDB parses it, too, and it must be the same query to the letter. So whatever
 * is mistaken for a parameter, nothing else runs than what was looked at.
 */
final class SecondLook {
  private final List<String> names;

  private SecondLook(List<String> names) {
    this.names = names;
  }

  /**
   * Compares texts with what would run for them.
   *
   * @param trees the texts as DuckDB serialized them, each without an error or with
   * @return for each text a mistake when something else would run
   */
  static List<Optional<Mistake>> at(Connection connection, List<String> texts, List<Json> trees)
      throws SQLException {
    List<Optional<Mistake>> found = new ArrayList<>();
    List<String> running = new ArrayList<>();
    List<List<String>> names = new ArrayList<>();
    for (String text : texts) {
      try {
        BoundSql bound = BoundSql.sample(text);
        running.add(bound.sql());
        names.add(bound.names());
        found.add(Optional.empty());
      } catch (SqlException e) {
        running.add(text);
        names.add(List.of());
        found.add(
            Optional.of(
                new Mistake(
                    String.valueOf(e.getMessage()), Optional.of("write a SELECT"), e.offset(), 1)));
      }
    }
    List<String> again = Serializer.serialized(connection, running);
    for (int i = 0; i < texts.size(); i++) {
      boolean same =
          texts.get(i).equals(running.get(i))
              || new SecondLook(names.get(i)).same(trees.get(i), Json.read(again.get(i)));
      if (!same && found.get(i).isEmpty()) {
        found.set(i, Optional.of(unlike(texts.get(i))));
      }
    }
    return found;
  }

  private static Mistake unlike(String text) {
    return new Mistake(
        "a parameter stands where no value can",
        Optional.of("write $name with plain letters, where an expression may stand"),
        Math.max(0, text.indexOf('$')),
        1);
  }

  private boolean same(Json asked, Json runs) {
    if (asked instanceof Json.Obj && asked.text("class").equals("PARAMETER")) {
      Json parameter = runs.get("child");
      int number = parameter.number("identifier");
      return runs.text("type").equals("OPERATOR_CAST")
          && parameter.text("class").equals("PARAMETER")
          && number > 0
          && number <= names.size()
          && names.get(number - 1).equals(asked.text("identifier"));
    }
    return switch (asked) {
      case Json.Scalar one -> one.equals(runs);
      case Json.Arr(List<Json> values) ->
          runs instanceof Json.Arr(List<Json> others) && same(values, others);
      case Json.Obj(List<String> keys, List<Json> values) ->
          runs instanceof Json.Obj(List<String> otherKeys, List<Json> others)
              && keys.equals(otherKeys)
              && same(without(keys, values), without(keys, others));
    };
  }

  private boolean same(List<Json> asked, List<Json> runs) {
    boolean same = asked.size() == runs.size();
    for (int i = 0; same && i < asked.size(); i++) {
      same = same(asked.get(i), runs.get(i));
    }
    return same;
  }

  /** The values of a node, but for those that follow from where it stands. */
  private static List<Json> without(List<String> keys, List<Json> values) {
    List<Json> kept = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (!Canonical.LEFT_OUT.contains(keys.get(i))) {
        kept.add(values.get(i));
      }
    }
    return kept;
  }
}
