package dev.towpath.cli;

import dev.towpath.core.check.Macros;
import dev.towpath.core.plan.SourceTables;
import dev.towpath.core.project.Macro;
import dev.towpath.core.store.LakeView;
import dev.towpath.engine.duckdb.analyze.DuckDbAnalyzer;
import dev.towpath.spi.Field;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query that a person wrote. It is looked at before it runs: it may only read, and only tables of
 * the release; whatever is wrong is told with its place.
 *
 * @param file what stands before line and column: the file's name, or {@code query}
 */
record QueryText(String file, String sql) {
  /** What DuckDB takes in the place of a SELECT, before a table or a SELECT. */
  private static final Pattern ABOUT =
      Pattern.compile("\\s*(DESCRIBE|DESC|SUMMARIZE)\\s+", Pattern.CASE_INSENSITIVE);

  private static final Pattern SELECT =
      Pattern.compile("(SELECT|FROM|WITH|\\()\\b?", Pattern.CASE_INSENSITIVE);

  /**
   * The tables that it reads.
   *
   * @throws TowpathException when it does not parse, does more than read, or names a table that the
   *     release does not have
   */
  Set<TableName> reads(LakeView view, List<Macro> macros) {
    Matcher about = ABOUT.matcher(sql);
    int start = about.lookingAt() ? about.end() : 0;
    String rest = sql.substring(start);
    String from = start == 0 || SELECT.matcher(rest).lookingAt() ? "" : "FROM ";
    int shift = start - from.length();
    try (SqlAnalyzer analyzer = new DuckDbAnalyzer(1)) {
      return switch (analyzer.parse(List.of(from + rest)).getFirst()) {
        case Mistake mistake -> throw located(mistake, shift);
        case Query query -> {
          Set<TableName> tables = tables(query, view, shift);
          for (TableName table : tables) {
            view.table(table)
                .ifPresent(s -> analyzer.declare(table, visible(Field.schema(s.fields()))));
          }
          macros.stream()
              .flatMap(m -> Macros.statements(m).stream())
              .forEach(analyzer::declareMacro);
          if (analyzer.bind(from + rest, Map.of()) instanceof Mistake mistake) {
            throw located(mistake, shift);
          }
          yield tables;
        }
      };
    }
  }

  private static Schema visible(Schema stored) {
    return new Schema(
        stored.columns().stream().filter(c -> !SourceTables.isHidden(c.name())).toList());
  }

  private TowpathException located(Mistake mistake, int shift) {
    return new TowpathException(
        List.of(problem(mistake.message(), mistake.hint(), mistake.offset() + shift)));
  }

  private Set<TableName> tables(Query query, LakeView view, int shift) {
    Set<TableName> tables = new TreeSet<>();
    List<Problem> problems = new ArrayList<>();
    for (TableUse use : query.reads()) {
      Optional<TableName> name = use.schema().map(s -> new TableName(s, use.table()));
      if (name.flatMap(view::table).isPresent()) {
        tables.add(name.get());
      } else {
        String shown = name.map(TableName::toString).orElse(use.table());
        problems.add(
            problem(
                "unknown table \"" + shown + "\" in " + release(view),
                Optional.of(hint(use, view)),
                use.offset() + shift));
      }
    }
    if (!problems.isEmpty()) {
      throw new TowpathException(problems.stream().distinct().sorted().toList());
    }
    return tables;
  }

  private static String release(LakeView view) {
    long number = view.release().number();
    String environment = view.release().environment();
    return number == 0 ? environment : "release " + number + " of " + environment;
  }

  private static String hint(TableUse use, LakeView view) {
    if (view.tables().isEmpty()) {
      return "nothing is published yet; \"towpath run\" publishes";
    }
    List<String> full = view.tables().keySet().stream().map(TableName::toString).sorted().toList();
    Optional<String> near =
        use.schema().isPresent()
            ? Names.nearest(use.schema().get() + "." + use.table(), full)
            : full.stream()
                .filter(n -> Names.identity(n).endsWith("." + Names.identity(use.table())))
                .findFirst();
    return near.map(n -> "did you mean \"" + n + "\"?")
        .orElse("\"towpath ls\" shows the project's tables; they are written schema.table");
  }

  /** A failure of the query itself, with its place in it. */
  TowpathException located(SqlException e) {
    TowpathException located =
        new TowpathException(
            List.of(problem(String.valueOf(e.getMessage()), e.hint(), e.offset())));
    located.initCause(e);
    return located;
  }

  private Problem problem(String message, Optional<String> hint, int offset) {
    Location at = offset < 0 ? Location.of(file) : Location.at(file, sql, offset);
    return new Problem(Problem.Severity.ERROR, at, message, hint);
  }
}
