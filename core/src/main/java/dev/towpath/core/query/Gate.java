package dev.towpath.core.query;

import dev.towpath.core.check.Functions;
import dev.towpath.core.check.Macros;
import dev.towpath.core.project.Macro;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.DataType;
import dev.towpath.spi.HiddenColumns;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at queries over one release before they run: each may only read, and only tables that are
 * granted. A table that is not granted is told to be unknown, as one that does not exist.
 * Thread-safe.
 */
public final class Gate implements AutoCloseable {
  /** What DuckDB takes in the place of a SELECT, before a table or a SELECT. */
  private static final Pattern ABOUT =
      Pattern.compile("\\s*(DESCRIBE|DESC|SUMMARIZE)\\s+", Pattern.CASE_INSENSITIVE);

  private static final Pattern SELECT =
      Pattern.compile("(SELECT|FROM|WITH|\\()\\b?", Pattern.CASE_INSENSITIVE);

  private final SqlAnalyzer analyzer;
  private final LakeView view;
  private final Functions functions;
  private final Set<TableName> declared = new HashSet<>();

  /**
   * What was found in a query.
   *
   * @param columns its result
   * @param reads the tables that it reads
   * @param parameters its {@code $name}s as they are spelled, with their types as given or inferred
   * @param steady whether it always gives the same on the same release: neither the clock nor
   *     chance is in it, or in a view that it reads
   */
  public record Found(
      Schema columns, Set<TableName> reads, Map<String, DataType> parameters, boolean steady) {}

  /**
   * A gate to a release.
   *
   * @param analyzer of its own, which takes what people ask; closed with the gate
   */
  public Gate(SqlAnalyzer analyzer, LakeView view, List<Macro> macros) {
    this.analyzer = analyzer;
    this.view = view;
    this.functions = new Functions(macros);
    macros.stream().flatMap(m -> Macros.statements(m).stream()).forEach(analyzer::declareMacro);
  }

  /** Looks at a query of somebody who may read everything. */
  public Found look(QueryText text, Map<String, DataType> types) {
    return look(text, types, _ -> true);
  }

  /**
   * Looks at a query.
   *
   * @param types of parameters that are known beforehand
   * @throws TowpathException when it does not parse, does more than read, or names a table that the
   *     release does not have or that is not granted
   */
  public Found look(QueryText text, Map<String, DataType> types, Predicate<TableName> granted) {
    Matcher about = ABOUT.matcher(text.sql());
    int start = about.lookingAt() ? about.end() : 0;
    String rest = text.sql().substring(start);
    String from = start == 0 || SELECT.matcher(rest).lookingAt() ? "" : "FROM ";
    String sql = from + rest;
    int shift = start - from.length();
    return switch (analyzer.parse(List.of(sql)).getFirst()) {
      case Mistake mistake -> throw located(text, mistake, shift);
      case Query query -> {
        Set<TableName> reads = tables(text, query, shift, granted);
        reads.forEach(this::declare);
        Typed typed = typed(text, sql, types, shift);
        Schema columns =
            start == 0
                ? typed.columns()
                : typed(text, "SELECT * FROM (" + about.group(1) + " " + sql + "\n)", types, 0)
                    .columns();
        yield new Found(
            columns,
            reads,
            spelled(query.parameters(), typed.parameters()),
            isSteady(query) && reads.stream().allMatch(this::isSteady));
      }
    };
  }

  private Typed typed(QueryText text, String sql, Map<String, DataType> types, int shift) {
    return switch (analyzer.bind(sql, types)) {
      case Mistake mistake -> throw located(text, mistake, shift);
      case Typed typed -> typed;
    };
  }

  private synchronized void declare(TableName table) {
    if (declared.add(table)) {
      view.table(table).ifPresent(state -> analyzer.declare(table, visible(state)));
    }
  }

  /** The columns of a table as people read it. */
  public static Schema visible(TableState state) {
    return HiddenColumns.visible(state.fields());
  }

  private boolean isSteady(Query query) {
    return query.functions().stream()
        .noneMatch(f -> functions.readsClock(f) || functions.random(f).isPresent());
  }

  /** Whether a table holds the same for the whole of a release, as all but views do. */
  private boolean isSteady(TableName table) {
    Optional<TableState> state = view.table(table);
    return state.isEmpty()
        || state.get().metadataFile().isPresent()
        || (analyzer.parse(List.of(state.get().definition())).getFirst() instanceof Query query
            && isSteady(query)
            && state.get().inputs().keySet().stream().allMatch(this::isSteady));
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

  private static TowpathException located(QueryText text, Mistake mistake, int shift) {
    return new TowpathException(
        List.of(text.problem(mistake.message(), mistake.hint(), mistake.offset() + shift)));
  }

  private Set<TableName> tables(
      QueryText text, Query query, int shift, Predicate<TableName> granted) {
    Set<TableName> tables = new TreeSet<>();
    List<Problem> problems = new ArrayList<>();
    Set<String> unknown = new TreeSet<>();
    for (TableUse use : query.reads()) {
      Optional<TableName> name = use.schema().map(s -> new TableName(s, use.table()));
      if (name.filter(granted).flatMap(view::table).isPresent()) {
        tables.add(name.get());
      } else {
        String shown = name.map(TableName::toString).orElse(use.table());
        unknown.add(shown);
        problems.add(
            text.problem(
                "unknown table \"" + shown + "\" in " + release(),
                Optional.of(new TableHints(view.tables().keySet(), granted).hint(use)),
                use.offset() + shift));
      }
    }
    if (!problems.isEmpty()) {
      throw new UnknownTables(List.copyOf(unknown), problems.stream().distinct().sorted().toList());
    }
    return tables;
  }

  private String release() {
    long number = view.release().number();
    String environment = view.release().environment();
    return number == 0 ? environment : "release " + number + " of " + environment;
  }

  @Override
  public void close() {
    analyzer.close();
  }
}
