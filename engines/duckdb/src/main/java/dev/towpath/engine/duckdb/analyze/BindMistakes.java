package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.DuckDbError;
import dev.towpath.engine.duckdb.SqlTokens;
import dev.towpath.engine.duckdb.SqlTokens.Token;
import dev.towpath.engine.duckdb.analyze.FromClause.Derived;
import dev.towpath.engine.duckdb.analyze.FromClause.Source;
import dev.towpath.engine.duckdb.analyze.FromClause.Table;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in plain words, and at the right place, why a query does not bind. */
final class BindMistakes {
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern NO_COLUMN =
      Pattern.compile("Table \"(.+)\" does not have a column named \"(.+)\"");
  private static final Pattern NO_TABLE = Pattern.compile("Referenced table \"(.+)\" not found");
  private static final Pattern NO_SCHEMA =
      Pattern.compile("Table with name \"(.+)\" does not exist because schema \"(.+)\" does not");
  private static final Pattern UNGROUPED =
      Pattern.compile("column \"?(.+?)\"? must appear in the GROUP BY clause");
  private static final Pattern LISTED =
      Pattern.compile("Column \"(.+)\" in (EXCLUDE|REPLACE|RENAME) list not found");
  private static final Pattern UNJOINED =
      Pattern.compile("Column \"(.+)\" does not exist on (left|right) side of join");

  private final Connection connection;
  private final Tables tables;
  private final Rewrite rewrite;
  private final SqlTokens tokens;

  BindMistakes(Connection connection, Tables tables, Rewrite rewrite, SqlTokens tokens) {
    this.connection = connection;
    this.tables = tables;
    this.rewrite = rewrite;
    this.tokens = tokens;
  }

  /** A place in the text as written. */
  private record Place(int start, int length) {}

  Mistake of(DuckDbError error) throws SQLException {
    Place place = place(error);
    String message = error.message();
    if (error.kind().equals("Parser")) {
      return new SyntaxMistakes(rewrite.original()).syntax(message, place.start());
    }
    Matcher column = NO_COLUMN.matcher(message);
    if (column.find()) {
      return unknownColumn(column.group(2), column.group(1), error, place);
    }
    if (error.subtype().equals("COLUMN_NOT_FOUND")) {
      return unknownColumn(error.name(), null, error, place);
    }
    if (error.subtype().equals("MISSING_ENTRY")) {
      return missing(error, place);
    }
    if (error.subtype().equals("NO_MATCHING_FUNCTION")) {
      return new Mismatches(tokens).of(error, place.start(), place.length());
    }
    return named(error, place);
  }

  private Mistake named(DuckDbError error, Place place) {
    String message = error.message();
    Matcher table = NO_TABLE.matcher(message);
    if (table.find()) {
      List<String> known = quoted(message.substring(table.end()));
      return at(
          "nothing in FROM is called \"" + table.group(1) + "\"",
          known.isEmpty() ? "name it in FROM first" : "FROM has " + String.join(", ", known),
          place);
    }
    Matcher schema = NO_SCHEMA.matcher(message);
    if (schema.find()) {
      String name = schema.group(1);
      return at("unknown table \"" + name + "\"", nearest(name, tables.names()), place);
    }
    Matcher ungrouped = UNGROUPED.matcher(message);
    if (ungrouped.find()) {
      String name = ungrouped.group(1);
      return at(
          "column \"" + name + "\" is neither grouped nor aggregated",
          "write GROUP BY ALL, or any_value(" + name + ") if any of its values will do",
          place);
    }
    Matcher listed = LISTED.matcher(message);
    if (listed.find()) {
      return at(
          "unknown column \"" + listed.group(1) + "\" in " + listed.group(2),
          nearest(listed.group(1), quoted(message.substring(listed.end()))),
          place);
    }
    Matcher unjoined = UNJOINED.matcher(message);
    if (unjoined.find()) {
      return at(
          "unknown column \"" + unjoined.group(1) + "\" " + unjoined.group(2) + " of the JOIN",
          "USING needs the column on both sides; otherwise write ON a.x = b.y",
          place);
    }
    return new Mismatches(tokens).other(error, place.start(), place.length());
  }

  private Mistake unknownColumn(
      String name, @Nullable String qualifier, DuckDbError error, Place place) throws SQLException {
    List<Source> sources = sources(place.start(), qualifier);
    List<String> candidates = new ArrayList<>();
    for (Source source : sources) {
      if (source instanceof Table table) {
        tables.schema(table.use()).map(Schema::names).ifPresent(candidates::addAll);
      }
    }
    for (String candidate : quoted(error.message())) {
      if (!candidate.equals(name) && !candidate.equals(qualifier)) {
        candidates.add(candidate.substring(candidate.lastIndexOf('.') + 1));
      }
    }
    String where = sources.size() == 1 ? in(sources.getFirst()) : "";
    if (sources.isEmpty() && error.message().contains("FROM clause is missing")) {
      where = ": there is no FROM";
    }
    String hint = nearest(name, candidates);
    if (hint == null && sources.size() == 1 && sources.getFirst() instanceof Table table) {
      hint =
          tables
              .schema(table.use())
              .map(s -> called(table) + " has " + Tables.some(s))
              .orElse(null);
    }
    return at("unknown column \"" + name + "\"" + where, hint, place);
  }

  /** What the column at an offset could have come from. */
  private List<Source> sources(int offset, @Nullable String qualifier) throws SQLException {
    Optional<FromClause> clause =
        Serializer.tree(connection, rewrite.original()).flatMap(t -> t.clauseAt(offset));
    if (clause.isEmpty()) {
      return List.of();
    }
    return qualifier == null
        ? clause.get().nearest().sources()
        : clause.get().named(qualifier).map(List::of).orElse(List.of());
  }

  private static String in(Source source) {
    return switch (source) {
      case Table table -> " in " + called(table);
      case Derived derived -> derived.alias().isEmpty() ? "" : " in " + derived.alias();
      case FromClause.Other other -> other.alias().isEmpty() ? "" : " in " + other.alias();
    };
  }

  private static String called(Table table) {
    return table.use().schema().map(s -> s + ".").orElse("") + table.use().table();
  }

  /** A table, function or type that does not exist. */
  private Mistake missing(DuckDbError error, Place place) {
    String message = error.message();
    String name = error.name();
    if (message.startsWith("Table with name")) {
      String written = tableText(place, name);
      List<String> same = tables.called(name);
      String hint =
          !same.isEmpty() && !same.contains(written)
              ? "did you mean \"" + same.getFirst() + "\"?"
              : nearest(written, tables.names());
      return at("unknown table \"" + written + "\"", hint, place);
    }
    if (message.startsWith("Type with name")) {
      return at("unknown type \"" + name + "\"", nearest(name, error.candidates()), place);
    }
    if (message.contains("Function with name") || message.contains("Macro")) {
      Place word = new Place(place.start(), Math.min(place.length(), name.length()));
      return at("unknown function \"" + name + "\"", nearest(name, error.candidates()), word);
    }
    return at(SyntaxMistakes.plain(message), nearest(name, error.candidates()), place);
  }

  /** The table's name as the query has it, with its schema. */
  private String tableText(Place place, String name) {
    int index = tokens.indexAt(place.start());
    StringBuilder written = new StringBuilder();
    while (index < tokens.all().size() && tokens.all().get(index).start() < end(place)) {
      Token token = tokens.all().get(index++);
      if (token.kind() == SqlTokens.Kind.SYMBOL && !tokens.is(token, ".")) {
        break;
      }
      written.append(tokens.name(token));
    }
    String text = written.toString();
    return text.endsWith(name) ? text : name;
  }

  private static int end(Place place) {
    return place.start() + place.length();
  }

  private Place place(DuckDbError error) {
    if (error.position() >= 0) {
      Offsets offsets = new Offsets(rewrite.sql());
      int start = rewrite.original(offsets.utf16(error.position()), false);
      int end = rewrite.original(offsets.utf16(error.position() + error.length()), true);
      if (end <= start) {
        int index = tokens.indexAt(start);
        end = index < tokens.all().size() ? tokens.all().get(index).end() : start;
      }
      int length = rewrite.original().length();
      int from = Math.clamp(start, 0, length);
      return new Place(from, Math.clamp(end, from, length) - from);
    }
    Matcher quoted = QUOTED.matcher(error.message());
    while (quoted.find()) {
      Optional<Token> token = tokens.naming(quoted.group(1));
      if (token.isPresent()) {
        return new Place(token.get().start(), token.get().end() - token.get().start());
      }
    }
    return new Place(tokens.all().isEmpty() ? 0 : tokens.all().getFirst().start(), 0);
  }

  private static List<String> quoted(String message) {
    List<String> names = new ArrayList<>();
    Matcher matcher = QUOTED.matcher(message);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  private static @Nullable String nearest(String name, List<String> candidates) {
    return Names.nearest(name, candidates).map(n -> "did you mean \"" + n + "\"?").orElse(null);
  }

  private static Mistake at(String message, @Nullable String hint, Place place) {
    return new Mistake(message, Optional.ofNullable(hint), place.start(), place.length());
  }
}
