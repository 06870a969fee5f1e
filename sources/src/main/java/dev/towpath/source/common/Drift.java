package dev.towpath.source.common;

import dev.towpath.spi.Column;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a table does when the columns outside are no longer those it was set up with.
 *
 * @param onNew what happens to a column that the table does not have
 * @param onMissing what happens to a column of the table that is not there
 * @param said whether the table says so itself
 */
public record Drift(OnNew onNew, OnMissing onMissing, boolean said) {
  /** The keys that {@link #of} reads. */
  public static final Set<String> KEYS = Set.of("on_new_column", "on_missing_column");

  /**
   * Whether a key of these says nothing of what was read. To add columns is another reading, since
   * the table is met anew then and has them in all of its rows.
   */
  public static boolean isPassing(String key, Object value) {
    return KEYS.contains(key) && !value.equals("add");
  }

  /** Answers to a new column. */
  public enum OnNew {
    /** The reading fails. */
    FAIL,
    /** The table gets the column; rows from before have NULL there. */
    ADD,
    /** The column is left out. */
    IGNORE
  }

  /** Answers to a missing column. */
  public enum OnMissing {
    /** The reading fails. */
    FAIL,
    /** The rows have NULL there. */
    FILL
  }

  /**
   * Reads the keys of a table. A table that adds new columns takes missing ones as NULL unless it
   * says otherwise, since a file from before the column came must stay readable.
   */
  public static Drift of(Settings settings) {
    OnNew onNew =
        switch (settings.word("on_new_column", "fail", List.of("fail", "add", "ignore"))) {
          case "add" -> OnNew.ADD;
          case "ignore" -> OnNew.IGNORE;
          default -> OnNew.FAIL;
        };
    boolean said = settings.value("on_missing_column").isPresent();
    String absent = onNew == OnNew.ADD ? "fill" : "fail";
    String missing = settings.word("on_missing_column", absent, List.of("fail", "fill"));
    return new Drift(onNew, missing.equals("fill") ? OnMissing.FILL : OnMissing.FAIL, said);
  }

  /** The same, except that missing columns are NULL when nothing was said of them. */
  public Drift filling() {
    return said ? this : new Drift(onNew, OnMissing.FILL, false);
  }

  /**
   * Compares names with the table's columns.
   *
   * @param where what holds the columns, as a message begins: {@code "data/a.csv"}
   * @param names the columns found there
   * @return the names that the table does not have; empty unless they are to be added
   * @throws TowpathException when there is a difference that the table does not take
   */
  public List<String> compare(SourceTable table, String where, List<String> names, Schema schema) {
    List<String> added = new ArrayList<>();
    for (String name : names) {
      if (schema.column(name).isEmpty()) {
        added.add(name);
      }
    }
    List<String> missing = missing(names, schema);
    if (!missing.isEmpty() && onMissing == OnMissing.FAIL) {
      Optional<String> near = Names.nearest(missing.getFirst(), added);
      throw Failures.of(
          table,
          where + " has no column " + list(missing),
          near.map(n -> "it has \"" + n + "\": if that is the same column, rename it there; or ")
                  .orElse("")
              + "set on_missing_column: fill to read NULL there");
    }
    if (!added.isEmpty() && onNew == OnNew.FAIL) {
      throw Failures.of(
          table,
          where + " has a new column " + list(added),
          "set on_new_column: add to take it into the table, or on_new_column: ignore");
    }
    return onNew == OnNew.ADD ? added : List.of();
  }

  /** The columns of a table that are not among the names. */
  public static List<String> missing(List<String> names, Schema schema) {
    Set<String> there = new java.util.HashSet<>();
    names.forEach(name -> there.add(Names.identity(name)));
    return schema.columns().stream()
        .map(Column::name)
        .filter(name -> !there.contains(Names.identity(name)))
        .toList();
  }

  /** The schema with more columns after its own. */
  public static Schema widen(Schema schema, List<Column> added) {
    List<Column> columns = new ArrayList<>(schema.columns());
    columns.addAll(added);
    return new Schema(columns);
  }

  private static String list(List<String> names) {
    return String.join(", ", names.stream().map(Failures::quoted).toList());
  }
}
