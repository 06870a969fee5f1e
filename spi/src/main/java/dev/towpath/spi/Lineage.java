package dev.towpath.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the columns of a query's result come from. What cannot be told is taken to come from
 * everything, so that a column which is not named here has no influence.
 *
 * @param columns the result's, in order
 * @param rows columns of inputs that decide which rows there are, how they are grouped, or in which
 *     order they stand; they influence every column of the result
 */
public record Lineage(List<Output> columns, Set<Input> rows) {
  public Lineage {
    columns = List.copyOf(columns);
    rows = Collections.unmodifiableSet(new LinkedHashSet<>(rows));
  }

  /**
   * A query to look into.
   *
   * @param inputs the tables that it reads
   * @param columns the names of its result as binding gave them; empty when nobody needs them
   */
  public record Request(String sql, Map<TableName, Schema> inputs, List<String> columns) {
    public Request {
      inputs = Map.copyOf(inputs);
      columns = List.copyOf(columns);
    }
  }

  /** A column of a table, named as its schema names it. */
  public record Input(TableName table, String column) {
    @Override
    public String toString() {
      return table + "." + column;
    }
  }

  /** How a column is used. */
  public enum Use {
    /** The very value is taken over, under this name or another. */
    RENAMED("renamed"),

    /** The value is computed from it. */
    DERIVED("derived"),

    /** It decides which rows count for the value. */
    FILTER("used to filter or join");

    private final String text;

    Use(String text) {
      this.text = text;
    }

    /** In plain words. */
    public String text() {
      return text;
    }
  }

  /**
   * A column of the result.
   *
   * @param name empty when the request gave no names and the query gives none
   * @param from what this column alone comes from; {@link Lineage#rows} come on top
   */
  public record Output(String name, Map<Input, Use> from) {
    public Output {
      from = Collections.unmodifiableMap(new LinkedHashMap<>(from));
    }
  }

  /** All columns of inputs that have any influence. */
  public Set<Input> reads() {
    Set<Input> all = new LinkedHashSet<>(rows);
    columns.forEach(c -> all.addAll(c.from().keySet()));
    return all;
  }
}
