package dev.towpath.pgwire.text;

import dev.towpath.pgwire.text.CopyFormat.Kind;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.util.List;
import java.util.Locale;

/** COPY (query) TO STDOUT and COPY table TO STDOUT. */
final class CopyCommands {
  private CopyCommands() {}

  static Command read(Words words) {
    Sql query = words.passSymbol("(") ? words.inside() : table(words);
    if (words.pass("from")) {
      throw PgError.of(
          SqlState.READ_ONLY,
          "cannot execute COPY FROM in a read-only transaction",
          "tables are changed by \"towpath run\"");
    }
    words.expect("to");
    if (!words.pass("stdout")) {
      throw PgError.of(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "COPY writes to STDOUT only",
          "psql's \\copy writes a file on your side");
    }
    if (!(Commands.read(query) instanceof Command.Select)) {
      throw PgError.of(SqlState.SYNTAX_ERROR, "COPY takes a SELECT").at(query.offset());
    }
    return new Command.Copy(query, format(words));
  }

  /** Of a table with a list of columns, or none, a query is made. */
  private static Sql table(Words words) {
    StringBuilder name = new StringBuilder(quoted(words));
    while (words.passSymbol(".")) {
      name.append('.').append(quoted(words));
    }
    String columns = words.passSymbol("(") ? words.inside().text() : "*";
    return Sql.split("SELECT " + columns + " FROM " + name).getFirst();
  }

  private static String quoted(Words words) {
    Token token = words.next();
    if (!token.isName()) {
      throw words.unexpected();
    }
    return token.text();
  }

  private static CopyFormat format(Words words) {
    words.pass("with");
    Options options = new Options();
    if (words.passSymbol("(")) {
      do {
        options.take(words);
      } while (words.passSymbol(","));
      words.expectSymbol(")");
    } else {
      while (!words.atEnd()) {
        options.takeOld(words);
      }
    }
    words.end();
    return options.format();
  }

  /** The options as they come; what they mean depends on the format, which may come last. */
  private static final class Options {
    private Kind kind = Kind.TEXT;
    private String delimiter = "";
    private String nulls = "";
    private boolean nullsGiven;
    private boolean header;
    private String quote = "";
    private String escape = "";
    private boolean quoteAll;

    void take(Words words) {
      String name = words.name();
      switch (name) {
        case "format" -> kind = kind(words);
        case "header" -> header = flag(words);
        case "force_quote" -> {
          words.expectSymbol("*");
          quoteAll = true;
        }
        case "encoding" -> utf8(words);
        default -> text(name, words);
      }
    }

    /** As it was written before PostgreSQL 9: CSV HEADER DELIMITER ';'. */
    void takeOld(Words words) {
      if (words.pass("csv")) {
        kind = Kind.CSV;
      } else if (words.pass("binary")) {
        kind = Kind.BINARY;
      } else if (words.pass("header")) {
        header = true;
      } else if (words.pass("force", "quote")) {
        words.expectSymbol("*");
        quoteAll = true;
      } else {
        String name = words.name();
        words.pass("as");
        text(name, words);
      }
    }

    private void text(String name, Words words) {
      String value = words.next().value();
      switch (name) {
        case "delimiter" -> delimiter = one(name, value);
        case "null" -> {
          nulls = value;
          nullsGiven = true;
        }
        case "quote" -> quote = one(name, value);
        case "escape" -> escape = one(name, value);
        default ->
            throw PgError.of(
                SqlState.SYNTAX_ERROR,
                "option \"" + name + "\" not recognized",
                "there are: "
                    + Commands.joined(
                        List.of("FORMAT", "DELIMITER", "NULL", "HEADER", "QUOTE", "ESCAPE")));
      }
    }

    private static String one(String name, String value) {
      if (value.length() != 1 || value.charAt(0) >= 128 || "\r\n".contains(value)) {
        throw PgError.of(
            SqlState.INVALID_PARAMETER_VALUE,
            "COPY " + name + " must be a single one-byte character");
      }
      return value;
    }

    private static void utf8(Words words) {
      String encoding = words.next().value().replace("-", "");
      if (!encoding.equalsIgnoreCase("utf8")) {
        throw PgError.of(SqlState.FEATURE_NOT_SUPPORTED, "COPY writes UTF8 only");
      }
    }

    private static Kind kind(Words words) {
      String name = words.next().value();
      try {
        return Kind.valueOf(name.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw PgError.of(
                SqlState.INVALID_PARAMETER_VALUE,
                "COPY format \"" + name + "\" not recognized",
                "there are: text, csv, binary")
            .because(e);
      }
    }

    private static boolean flag(Words words) {
      Token token = words.peek();
      if (token == null || token.isSymbol(",") || token.isSymbol(")")) {
        return true;
      }
      return switch (words.next().value().toLowerCase(Locale.ROOT)) {
        case "true", "on", "1" -> true;
        case "false", "off", "0" -> false;
        default -> throw words.unexpected();
      };
    }

    CopyFormat format() {
      CopyFormat usual = CopyFormat.of(kind);
      if (kind == Kind.BINARY && (header || nullsGiven || !delimiter.isEmpty())) {
        throw PgError.of(
            SqlState.SYNTAX_ERROR, "cannot specify DELIMITER, NULL or HEADER in BINARY mode");
      }
      if (kind != Kind.CSV && (quoteAll || !quote.isEmpty() || !escape.isEmpty())) {
        throw PgError.of(SqlState.SYNTAX_ERROR, "QUOTE and ESCAPE are for CSV");
      }
      char quotes = quote.isEmpty() ? usual.quote() : quote.charAt(0);
      return new CopyFormat(
          kind,
          delimiter.isEmpty() ? usual.delimiter() : delimiter.charAt(0),
          nullsGiven ? nulls : usual.nulls(),
          header,
          quotes,
          escape.isEmpty() ? quotes : escape.charAt(0),
          quoteAll);
    }
  }
}
