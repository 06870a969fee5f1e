package dev.towpath.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads SQL without running it: what a query reads, and the names and types of what it returns.
 * Thread-safe: calls run in parallel.
 */
public interface SqlAnalyzer extends AutoCloseable {

  /** Parses many texts at once, in order; faster than one by one. */
  List<Parsed> parse(List<String> texts);

  /**
   * Declares an empty table that later {@link #bind}s can read; replaces an earlier one of that
   * name.
   */
  void declare(TableName table, Schema schema);

  /** Declares a {@code CREATE MACRO} statement, with its own text. */
  Optional<Mistake> declareMacro(String createMacro);

  /**
   * Types a query over the declared tables.
   *
   * @param parameters types by name that are known beforehand; others are inferred
   */
  Bound bind(String sql, Map<String, DataType> parameters);

  /**
   * Finds where the columns of queries come from, in order. Each is a query that {@link #bind}
   * typed over those inputs; the result depends on nothing else but the declared macros.
   */
  List<Lineage> lineage(List<Lineage.Request> queries);

  /**
   * The columns, by {@link Names#identity}, that another text of a query computes otherwise, gains
   * or loses. Over the same inputs the rows of its result are the same but for these, as far as its
   * functions give the same for the same; empty when that cannot be told.
   */
  Optional<Set<String>> otherColumns(String before, String after);

  /** The engine version that the results hold for; part of every cache key. */
  String version();

  @Override
  void close();

  /** The outcome of parsing. */
  sealed interface Parsed {}

  /**
   * A query that parses.
   *
   * @param reads tables read, CTE names resolved away, each with the places it stands at
   * @param canonical the syntax tree as text without positions, comments and spacing; equal texts
   *     mean the same query
   * @param parameters names of {@code $name} parameters in order of first use
   * @param functions lower-case names of all functions called, those that one stands for too:
   *     {@code age} of one argument counts from {@code current_date}
   * @param comparisons columns that {@code $start} and {@code $end} bound, such that no row outside
   *     counts
   * @param startEndElsewhere offsets where {@code $start} or {@code $end} is used other than in a
   *     comparison with a column
   * @param rowByRow those of {@code reads} of which the result over some rows and over others are
   *     together the result over all, as far as the other tables stay the same and no function
   *     aggregates: nothing groups, sorts out doubles, counts rows off or looks at neighbours, and
   *     they do not stand in a subquery or where an outer join may find nothing
   * @param beside those of {@code reads} whose rows are held against other rows of the same table,
   *     since it is joined to itself, or a subquery reads it again
   */
  record Query(
      List<TableUse> reads,
      String canonical,
      List<String> parameters,
      Set<String> functions,
      List<BoundColumn> comparisons,
      List<Integer> startEndElsewhere,
      List<TableUse> rowByRow,
      List<TableUse> beside)
      implements Parsed {}

  /** A text that does not parse, is no SELECT, or is not allowed in a model. */
  record Mistake(String message, Optional<String> hint, int offset, int length)
      implements Parsed, Bound {}

  /**
   * A table in a FROM clause.
   *
   * @param schema empty when the name stands alone
   */
  record TableUse(Optional<String> schema, String table, int offset) {}

  /**
   * A column that is at least {@code $start} and less than {@code $end} in all rows that count.
   *
   * @param candidates tables of the same FROM clause that the column may belong to: the one its
   *     qualifier names, or all of them when it stands alone
   */
  record BoundColumn(String column, List<TableUse> candidates) {}

  /** The outcome of binding. */
  sealed interface Bound {}

  /**
   * A query that types.
   *
   * @param columns its result
   * @param parameters types of its parameters as given or inferred
   */
  record Typed(Schema columns, Map<String, DataType> parameters) implements Bound {}
}
