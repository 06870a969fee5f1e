package dev.towpath.server.reading;

import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.store.TableState;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Column;
import dev.towpath.spi.Names;
import dev.towpath.spi.Relation;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.Slice;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The rows of one table in two releases, joined by a key. It is one query over a catalog that has
 * both, so that tables larger than memory can be compared as well.
 */
final class Compared {
  private static final TableName BEFORE = new TableName("towpath", "before");
  private static final TableName AFTER = new TableName("towpath", "after");
  private static final Schema COUNTS =
      Schema.of("added", "BIGINT", "removed", "BIGINT", "changed", "BIGINT", "twice", "BIGINT");

  private final Serving.Catalog catalog;
  private final Lakehouse.Comparison asked;
  private final List<Column> columns;
  private final List<Integer> keys;
  private final Schema before;
  private final Schema after;

  /**
   * A comparison.
   *
   * @param catalog an empty one, which the caller closes
   */
  Compared(
      Serving.Catalog catalog,
      Function<TableState, Relation> files,
      TableState before,
      TableState after,
      Lakehouse.Comparison asked) {
    this.catalog = catalog;
    this.asked = asked;
    this.before = Gate.visible(before);
    this.after = Gate.visible(after);
    this.columns = both(this.before, this.after);
    this.keys = asked.key().stream().map(this::position).toList();
    catalog.expose(BEFORE, files.apply(before));
    catalog.expose(AFTER, files.apply(after));
  }

  /** The columns of the later one, and those that only the earlier one has. */
  private static List<Column> both(Schema before, Schema after) {
    List<Column> columns = new ArrayList<>(after.columns());
    before.columns().stream().filter(c -> after.column(c.name()).isEmpty()).forEach(columns::add);
    return columns;
  }

  private int position(String key) {
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i).name();
      if (Names.identity(name).equals(Names.identity(key))) {
        if (before.column(name).isPresent() && after.column(name).isPresent()) {
          return i;
        }
        throw new TowpathException(
            "only one of the releases has the column \"" + name + "\"",
            "choose a key that both have");
      }
    }
    List<String> names = columns.stream().map(Column::name).toList();
    throw new TowpathException(
        asked.table() + " has no column \"" + key + "\"",
        Names.nearest(key, names)
            .map(n -> "did you mean \"" + n + "\"?")
            .orElse("there are: " + String.join(", ", names)));
  }

  /** Columns by position: b0, b1, … of one side, with a mark that there is a row. */
  private String side(String letter, TableName table, Schema own) {
    return IntStream.range(0, columns.size())
        .mapToObj(i -> {
          Column column = columns.get(i);
          String value =
              own.column(column.name())
                  .map(c ->
                      c.type().equals(column.type())
                          ? Names.quote(c.name())
                          : "TRY_CAST("
                              + Names.quote(c.name())
                              + " AS "
                              + column.type().sql()
                              + ")")
                  .orElse("CAST(NULL AS " + column.type().sql() + ")");
          return value + " AS " + letter + i;
        })
        .collect(
            Collectors.joining(", ", "SELECT true AS " + letter + ", ", " FROM " + table.quoted()));
  }

  private String joined() {
    String on = each(keys, i -> "b" + i + " IS NOT DISTINCT FROM a" + i, " AND ");
    String other = each(rest(), i -> "b" + i + " IS DISTINCT FROM a" + i, " OR ");
    return "SELECT *, CASE WHEN b IS NULL THEN 'added' WHEN a IS NULL THEN 'removed' WHEN "
        + (other.isEmpty() ? "false" : other)
        + " THEN 'changed' END AS change FROM ("
        + side("b", BEFORE, before)
        + ") FULL JOIN ("
        + side("a", AFTER, after)
        + ") ON "
        + on;
  }

  private List<Integer> rest() {
    return IntStream.range(0, columns.size()).boxed().filter(i -> !keys.contains(i)).toList();
  }

  private static String each(List<Integer> columns, Function<Integer, String> text, String glue) {
    return columns.stream().map(text).collect(Collectors.joining(glue));
  }

  private String twice(TableName table) {
    String key = each(keys, i -> Names.quote(columns.get(i).name()), ", ");
    return "(SELECT count(*) FROM (SELECT 1 FROM "
        + table.quoted()
        + " GROUP BY "
        + key
        + " HAVING count(*) > 1))";
  }

  /** Makes a cursor of a result. */
  @FunctionalInterface
  interface Begin {
    Lakehouse.Cursor begin(Serving.Result result, QueryText text);
  }

  /** Compares them; the cursor that comes with it is the caller's to close. */
  Lakehouse.Difference run(Begin begin) {
    long[] counts = counts(begin);
    if (counts[3] > 0) {
      throw new TowpathException(
          "rows of "
              + asked.table()
              + " have the same "
              + String.join(", ", asked.key())
              + ", so they cannot be told apart",
          "choose a key that is unique in both releases");
    }
    List<Column> wide = new ArrayList<>(List.of(Column.of("change", "VARCHAR")));
    wide.addAll(columns);
    wide.addAll(columns);
    String order =
        keys.stream()
            .map(i -> "coalesce(b" + i + ", a" + i + ")")
            .collect(Collectors.joining(", "));
    String sql =
        IntStream.range(0, columns.size()).mapToObj(i -> "b" + i).collect(Collectors.joining(", "))
            + ", "
            + IntStream.range(0, columns.size())
                .mapToObj(i -> "a" + i)
                .collect(Collectors.joining(", "));
    Schema shown = new Schema(wide);
    Lakehouse.Cursor rows =
        begin(
            begin,
            "SELECT change, "
                + sql
                + " FROM ("
                + joined()
                + ") WHERE change IS NOT NULL ORDER BY "
                + order
                + " LIMIT "
                + asked.limit(),
            shown);
    return new Lakehouse.Difference(
        keys.stream().map(i -> columns.get(i).name()).toList(),
        new Schema(columns),
        counts[0],
        counts[1],
        counts[2],
        shown,
        rows);
  }

  private long[] counts(Begin begin) {
    String sql =
        "SELECT count(*) FILTER (change = 'added'), count(*) FILTER (change = 'removed'),"
            + " count(*) FILTER (change = 'changed'), "
            + twice(BEFORE)
            + " + "
            + twice(AFTER)
            + " FROM ("
            + joined()
            + ")";
    try (Lakehouse.Cursor cursor = begin(begin, sql, COUNTS)) {
      Batch batch = cursor.next();
      if (batch == null) {
        throw new IllegalStateException("an aggregate has a row");
      }
      return IntStream.range(0, COUNTS.columns().size())
          .mapToLong(i -> batch.column(i).whole(0))
          .toArray();
    }
  }

  private Lakehouse.Cursor begin(Begin begin, String sql, Schema shown) {
    return begin.begin(
        catalog.run(Statement.of(sql), shown, Slice.ALL), new QueryText("comparison", sql));
  }
}
