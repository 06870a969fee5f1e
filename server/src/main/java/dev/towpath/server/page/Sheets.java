package dev.towpath.server.page;

import dev.towpath.server.Lakehouse;
import dev.towpath.server.form.Texts;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Column;
import dev.towpath.spi.Schema;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;

/**
 * An Excel file, written as its rows come. Text is text: what looks like a formula stays what it
 * is, and numbers that Excel would round are text, too.
 */
public final class Sheets implements AutoCloseable {
  private static final int MOST_ROWS = 1_048_575; // and one of titles
  private static final int MOST_TEXT = 32_767;
  private static final int MOST_NAME = 31;
  private static final int EXACT_DIGITS = 15;
  private static final long EXACT = 999_999_999_999_999L;
  private static final int AT_ONCE = 1_000;

  private final Workbook book;
  private final Set<String> names = new HashSet<>();

  public Sheets(OutputStream out) {
    this.book = new Workbook(out, "Towpath", "1.0");
  }

  /** A sheet of what the file is: facts, and what filters were. */
  public void facts(Map<String, String> facts, Map<String, String> filters) throws IOException {
    Worksheet sheet = book.newWorksheet(name("About"));
    int row = 0;
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      line(sheet, row++, fact.getKey(), fact.getValue());
    }
    row++;
    sheet.inlineString(row, 0, "Filter");
    sheet.inlineString(row, 1, "Value");
    sheet.style(row, 0).bold().set();
    sheet.style(row++, 1).bold().set();
    for (Map.Entry<String, String> filter : filters.entrySet()) {
      line(sheet, row++, filter.getKey(), filter.getValue().isEmpty() ? "all" : filter.getValue());
    }
    sheet.width(0, 24);
    sheet.width(1, 60);
    sheet.finish();
  }

  private static void line(Worksheet sheet, int row, String name, String value) {
    sheet.inlineString(row, 0, cut(name));
    sheet.inlineString(row, 1, cut(value));
  }

  /** A sheet of rows; those that Excel has no room for are left out, which the last line says. */
  public void rows(String title, Lakehouse.Cursor cursor, Schema columns) throws IOException {
    Worksheet sheet = book.newWorksheet(name(title));
    int column = 0;
    for (Column one : columns.columns()) {
      sheet.inlineString(0, column, cut(one.name()));
      sheet.style(0, column).bold().set();
      sheet.width(column, Math.clamp(one.name().length() + 4, 12, 40));
      column++;
    }
    sheet.freezePane(0, 1);
    int row = 1;
    for (Batch batch = cursor.next(); batch != null; batch = cursor.next()) {
      for (int i = 0; i < batch.rows(); i++) {
        if (row >= MOST_ROWS) {
          sheet.inlineString(row, 0, "there are more rows than Excel takes: export csv or parquet");
          sheet.finish();
          return;
        }
        for (int c = 0; c < columns.columns().size(); c++) {
          Batch.Vector vector = batch.column(c);
          cell(sheet, row, c, vector.isNull(i) ? null : vector.value(i));
        }
        row++;
        if (row % AT_ONCE == 0) {
          sheet.flush();
        }
      }
    }
    sheet.finish();
  }

  private static void cell(Worksheet sheet, int row, int column, @Nullable Object value) {
    switch (value) {
      case null -> {
        // an empty cell
      }
      case Boolean truth -> sheet.value(row, column, truth);
      case Long whole when Math.abs(whole) <= EXACT -> sheet.value(row, column, whole);
      case Double real when Double.isFinite(real) -> sheet.value(row, column, real);
      case BigDecimal number when number.precision() <= EXACT_DIGITS ->
          sheet.value(row, column, number);
      case LocalDate day when day.getYear() >= 1900 && day.getYear() <= 9999 -> {
        sheet.value(row, column, day);
        sheet.style(row, column).format("yyyy-mm-dd").set();
      }
      case LocalDateTime time when time.getYear() >= 1900 && time.getYear() <= 9999 ->
          moment(sheet, row, column, time);
      case OffsetDateTime time when time.getYear() >= 1900 && time.getYear() <= 9999 ->
          moment(sheet, row, column, time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime());
      case List<?> list -> sheet.inlineString(row, column, cut(list.toString()));
      case Map<?, ?> map -> sheet.inlineString(row, column, cut(map.toString()));
      default -> sheet.inlineString(row, column, cut(Texts.of(value, ' ')));
    }
  }

  private static void moment(Worksheet sheet, int row, int column, LocalDateTime time) {
    sheet.value(row, column, time);
    sheet.style(row, column).format("yyyy-mm-dd hh:mm:ss").set();
  }

  private static String cut(String text) {
    if (text.length() <= MOST_TEXT) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MOST_TEXT - 2)) ? MOST_TEXT - 2 : MOST_TEXT - 1;
    return text.substring(0, end) + "…";
  }

  /** A name that Excel takes, and that no other sheet has. */
  private String name(String title) {
    String plain = title.replaceAll("[\\[\\]:*?/\\\\\\p{Cntrl}]", " ").strip();
    plain = plain.replaceAll("^'|'$", " ").strip();
    String base = plain.isEmpty() ? "Sheet" : plain;
    for (int i = 1; ; i++) {
      String tail = i == 1 ? "" : " " + i;
      String name =
          base.substring(0, Math.min(base.length(), MOST_NAME - tail.length())).strip() + tail;
      if (names.add(name.toLowerCase(Locale.ROOT))) {
        return name;
      }
    }
  }

  @Override
  public void close() throws IOException {
    book.close();
  }
}
