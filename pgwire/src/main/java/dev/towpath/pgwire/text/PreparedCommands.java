package dev.towpath.pgwire.text;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.List;
import java.util.stream.Collectors;

/** PREPARE, EXECUTE and EXPLAIN. */
final class PreparedCommands {
  private static final String[] OPTIONS = {
    "analyze",
    "verbose",
    "costs",
    "settings",
    "generic_plan",
    "buffers",
    "serialize",
    "wal",
    "timing",
    "summary",
    "memory",
    "format"
  };

  private PreparedCommands() {}

  static Command prepare(Words words) {
    String name = words.name();
    List<String> types =
        words.passSymbol("(")
            ? words.list().stream().map(PreparedCommands::type).toList()
            : List.of();
    words.expect("as");
    return new Command.Prepare(name, types, select(words, "PREPARE"));
  }

  static Command execute(Words words) {
    String name = words.name();
    List<Sql> values = words.passSymbol("(") ? words.list() : List.of();
    words.end();
    return new Command.Execute(name, values);
  }

  static Command explain(Words words) {
    boolean analyze = false;
    if (words.startsList(OPTIONS)) {
      words.expectSymbol("(");
      for (Sql option : words.list()) {
        analyze |= option(new Words(option));
      }
    } else {
      analyze = words.pass("analyze");
      words.pass("verbose");
    }
    return new Command.Explain(analyze, select(words, "EXPLAIN"));
  }

  /** Reads an option; whether it is the one to compute the query. */
  private static boolean option(Words words) {
    Token name = words.next();
    boolean on = words.atEnd() || words.passAny("on", "true", "text", "1");
    if (name.is("format") && !on) {
      throw PgError.of(SqlState.FEATURE_NOT_SUPPORTED, "plans are text here", "FORMAT TEXT");
    }
    if (!on) {
      words.next();
    }
    words.end();
    return on && name.is("analyze");
  }

  private static Sql select(Words words, String what) {
    Sql query = words.rest();
    if (!(Commands.read(query) instanceof Command.Select)) {
      throw PgError.of(SqlState.SYNTAX_ERROR, what + " is for a SELECT").at(query.offset());
    }
    return query;
  }

  /** The name of a type without precision, with {@code []} for arrays. */
  private static String type(Sql type) {
    String name =
        type.tokens().stream()
            .takeWhile(Token::isName)
            .map(Token::value)
            .collect(Collectors.joining(" "));
    boolean array = type.tokens().getLast().isSymbol("]");
    String plain =
        switch (name) {
          case "double precision" -> "double";
          case "character varying", "character" -> "varchar";
          case "timestamp without time zone" -> "timestamp";
          case "timestamp with time zone" -> "timestamptz";
          case "time without time zone" -> "time";
          case "time with time zone" -> "timetz";
          default -> name;
        };
    return array ? plain + "[]" : plain;
  }
}
