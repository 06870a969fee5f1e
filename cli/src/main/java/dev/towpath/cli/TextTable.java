package dev.towpath.cli;

import dev.towpath.spi.Rows;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows as a table of text: a header, a rule, numbers to the right. */
final class TextTable {
  /** Characters of a cell; what is longer is cut. */
  static final int WIDEST = 60;

  private TextTable() {}

  /** The lines of a result. */
  static List<String> lines(Rows rows) {
    List<List<String>> cells = new ArrayList<>();
    for (List<@Nullable Object> row : rows.rows()) {
      cells.add(row.stream().map(v -> v == null ? "" : text(v)).toList());
    }
    List<Boolean> right = rows.schema().columns().stream().map(c -> c.type().isNumber()).toList();
    return lines(rows.schema().names(), right, cells);
  }

  /** The lines of any cells; {@code right} says which columns are numbers. */
  static List<String> lines(List<String> names, List<Boolean> right, List<List<String>> cells) {
    int[] widths = new int[names.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = width(names.get(i));
      for (List<String> row : cells) {
        widths[i] = Math.max(widths[i], Math.min(WIDEST, width(clean(row.get(i)))));
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(names, right, widths));
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      rule.append(i == 0 ? "" : "  ").append("─".repeat(widths[i]));
    }
    lines.add(rule.toString());
    cells.forEach(row -> lines.add(line(row, right, widths)));
    return lines;
  }

  private static String line(List<String> cells, List<Boolean> right, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = clip(clean(cells.get(i)));
      String space = " ".repeat(Math.max(0, widths[i] - width(cell)));
      line.append(i == 0 ? "" : "  ").append(right.get(i) ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }

  private static String clip(String cell) {
    return width(cell) <= WIDEST
        ? cell
        : cell.substring(0, cell.offsetByCodePoints(0, WIDEST - 1)) + "…";
  }

  /** Control characters could drive the terminal. */
  private static String clean(String cell) {
    StringBuilder out = new StringBuilder(cell.length());
    cell.codePoints()
        .forEach(c -> {
          if (c == '\n') {
            out.append("⏎");
          } else if (Character.isISOControl(c)) {
            out.append("\uFFFD");
          } else {
            out.appendCodePoint(c);
          }
        });
    return out.toString();
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  /** A value as a cell shows it. */
  static String text(Object value) {
    return switch (value) {
      case BigDecimal number -> number.toPlainString();
      case LocalDateTime time ->
          time.toLocalDate() + " " + DateTimeFormatter.ISO_LOCAL_TIME.format(time);
      case OffsetDateTime time ->
          text(time.toLocalDateTime()) + time.getOffset().getId().replace("Z", "+00");
      default -> value.toString();
    };
  }
}
