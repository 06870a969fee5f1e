package dev.towpath.cli;

import dev.towpath.core.check.Macros;
import dev.towpath.core.plan.SourceTables;
import dev.towpath.core.project.Macro;
import dev.towpath.core.store.LakeView;
import dev.towpath.engine.duckdb.analyze.DuckDbAnalyzer;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Field;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
   * What was found in it.
   *
   * @param reads the tables that it reads
   * @param parameters its {@code $name}s as they are spelled, with their types as given or inferred
   */
  record Found(Set<TableName> reads, Map<String, DataType> parameters) {}

  /**
   * Looks at it.
   *
   * @param types of parameters that are known beforehand
   * @throws TowpathException when it does not parse, does more than read, or names a table that the
   *     release does not have
   */
  Found look(LakeView view, List<Macro> macros, Map<String, DataType> types) {
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
          yield switch (analyzer.bind(from + rest, types)) {
            case Mistake mistake -> throw located(mistake, shift);
            case Typed typed -> new Found(tables, spelled(query.parameters(), typed.parameters()));
          };
        }
      };
    }
  }

  /** Types of parameters by name, whatever its case. */
  private static Map<String, DataType> spelled(List<String> names, Map<String, DataType> types) {
    Map<String, DataType> byIdentity = new HashMap<>();
    types.forEach((name, type) -> byIdentity.put(name.toLowerCase(Locale.ROOT), type));
    Map<String, DataType> found = new LinkedHashMap<>();
    for (String name : names) {
      DataType type = byIdentity.get(name.toLowerCase(Locale.ROOT));
      found.put(name, type == null ? new DataType.Simple("VARCHAR") : type);
    }
    return found;
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

  /** What to say when a parameter got no value. */
  TowpathException missing(String parameter, String remedy) {
    Matcher use = Pattern.compile("\\$" + Pattern.quote(parameter) + "\\b").matcher(sql);
    return new TowpathException(
        List.of(
            problem(
                "parameter $" + parameter + " has no value",
                Optional.of("give it one: " + remedy),
                use.find() ? use.start() : -1)));
  }

  private Problem problem(String message, Optional<String> hint, int offset) {
    Location at = offset < 0 ? Location.of(file) : Location.at(file, sql, offset);
    return new Problem(Problem.Severity.ERROR, at, message, hint);
  }
}
