package dev.towpath.server.page;

import dev.towpath.server.Lakehouse;
import dev.towpath.server.Refusal;
import dev.towpath.server.form.Texts;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a block, as JSON has them: numbers, truths, lists, maps, and text for all else.
 *
 * @param truncated whether the query gives more
 */
public record PageRows(Schema columns, List<List<@Nullable Object>> rows, boolean truncated) {
  /** The most characters of a text; who wants the rest exports it. */
  public static final int LONGEST_TEXT = 2_000;

  private static final long MOST_CHARACTERS = 32L << 20;

  /** Reads rows, at most so many. */
  public static PageRows read(Lakehouse.Cursor cursor, Schema columns, int most) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    int width = columns.columns().size();
    long characters = 0;
    for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
      for (int row = 0; row < batch.rows(); row++) {
        if (rows.size() == most) {
          return new PageRows(columns, rows, true);
        }
        List<@Nullable Object> values = new ArrayList<>(width);
        for (int column = 0; column < width; column++) {
          Batch.Vector vector = batch.column(column);
          Object value = vector.isNull(row) ? null : plain(vector.value(row));
          characters += value instanceof String text ? text.length() : 8;
          values.add(value);
        }
        if (characters > MOST_CHARACTERS) {
          throw Refusal.of(
              422, "the block is larger than 32 MiB", "show fewer rows or columns, or export it");
        }
        rows.add(Collections.unmodifiableList(values));
      }
    }
    return new PageRows(columns, rows, false);
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Boolean truth -> truth;
      case Long whole -> whole;
      case BigDecimal number -> number;
      case BigInteger number -> number;
      case Double real -> Double.isFinite(real) ? (Object) real : real.toString();
      case List<?> list -> list.stream().map(PageRows::plainOrEmpty).toList();
      case Map<?, ?> map -> {
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put(String.valueOf(key), plainOrEmpty(member)));
        yield members;
      }
      default -> cut(Texts.of(value, 'T'));
    };
  }

  private static Object plainOrEmpty(@Nullable Object value) {
    Object plain = plain(value);
    return plain == null ? "" : plain;
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST_TEXT) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? -1 : 0;
    return text.substring(0, LONGEST_TEXT + end) + "…";
  }

  /** The position of a column that a check has found to be there. */
  public int index(String column) {
    String wanted = Names.identity(column);
    for (int i = 0; i < columns.columns().size(); i++) {
      if (Names.identity(columns.columns().get(i).name()).equals(wanted)) {
        return i;
      }
    }
    throw new IllegalStateException("there is no column " + column);
  }

  /** The type of a column. */
  public DataType type(String column) {
    return columns.columns().get(index(column)).type();
  }

  /** The name of a column as the query spells it. */
  public String name(String column) {
    return columns.columns().get(index(column)).name();
  }

  /** A value. */
  public @Nullable Object value(List<@Nullable Object> row, String column) {
    return row.get(index(column));
  }

  /** The columns, as JSON has them. */
  public List<Map<String, Object>> described() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Column column : columns.columns()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", column.name());
      one.put("type", column.type().sql());
      all.add(one);
    }
    return all;
  }
}
