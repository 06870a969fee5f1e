package dev.towpath.server.form;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Rows as CSV (RFC 4180) with a header: ISO dates, decimals without exponents, nothing for NULL, a
 * pair of quotes for the empty text, and JSON for what is nested.
 */
public final class CsvRows implements Batch.Writer {
  private static final int BUFFER = 64 << 10;

  private final OutputStream out;
  private final List<DataType> types;
  private final StringBuilder text = new StringBuilder();

  /** Writes the header. */
  public CsvRows(OutputStream out, Schema columns) throws IOException {
    this.out = out;
    this.types = columns.columns().stream().map(Column::type).toList();
    boolean first = true;
    for (String name : columns.names()) {
      if (!first) {
        text.append(',');
      }
      first = false;
      quoted(name);
    }
    text.append('\n');
  }

  @Override
  public void write(Batch batch) throws IOException {
    for (int row = 0; row < batch.rows(); row++) {
      for (int column = 0; column < types.size(); column++) {
        if (column > 0) {
          text.append(',');
        }
        Batch.Vector vector = batch.column(column);
        if (!vector.isNull(row)) {
          cell(vector, row, types.get(column));
        }
      }
      text.append('\n');
      if (text.length() > BUFFER) {
        drain();
      }
    }
    drain();
    out.flush();
  }

  private void cell(Batch.Vector vector, int row, DataType type) throws IOException {
    switch (vector.value(row)) {
      case null -> {}
      case Long whole -> text.append(whole.longValue());
      case Boolean truth -> text.append(truth.booleanValue());
      case Double real -> text.append(plain(real, type.sql().equals("FLOAT")));
      case BigDecimal number -> text.append(number.toPlainString());
      case List<?> list -> quoted(json(list, type));
      case Map<?, ?> map -> quoted(json(map, type));
      case Object other -> quoted(Texts.of(other, ' '));
    }
  }

  private static String plain(double value, boolean single) {
    String digits = single ? Float.toString((float) value) : Double.toString(value);
    return digits.indexOf('E') < 0 ? digits : new BigDecimal(digits).toPlainString();
  }

  private static String json(Object value, DataType type) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonCells.generator(bytes)) {
      JsonCells.value(json, value, type);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void quoted(String value) {
    boolean plain =
        !value.isEmpty()
            && value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    if (plain) {
      text.append(value);
    } else {
      text.append('"').append(value.replace("\"", "\"\"")).append('"');
    }
  }

  private void drain() throws IOException {
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    text.setLength(0);
  }

  @Override
  public void end() throws IOException {
    drain();
    out.flush();
  }
}
