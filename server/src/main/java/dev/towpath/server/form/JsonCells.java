package dev.towpath.server.form;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.towpath.spi.Batch;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values of columns as JSON: numbers as numbers, JSON as it is, the rest as text; what is no
 * number to JSON, such as NaN, is text, too.
 */
final class JsonCells {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final List<Cell> cells;

  /** Writes one value that is not NULL. */
  @FunctionalInterface
  private interface Cell {
    void write(JsonGenerator out, Batch.Vector vector, int row) throws IOException;
  }

  JsonCells(Schema columns) {
    cells = columns.columns().stream().map(Column::type).map(JsonCells::cell).toList();
  }

  /** A generator that leaves the stream open, and writes decimals without exponents. */
  static JsonGenerator generator(OutputStream out) throws IOException {
    return FACTORY
        .createGenerator(out)
        .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
        .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
        .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN);
  }

  void write(JsonGenerator out, Batch batch, int column, int row) throws IOException {
    Batch.Vector vector = batch.column(column);
    if (vector.isNull(row)) {
      out.writeNull();
    } else {
      cells.get(column).write(out, vector, row);
    }
  }

  private static Cell cell(DataType type) {
    return switch (type) {
      case DataType.Decimal _ -> (out, vector, row) -> out.writeNumber(vector.decimal(row));
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "BOOLEAN" -> (out, vector, row) -> out.writeBoolean(vector.truth(row));
            case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
                (out, vector, row) -> out.writeNumber(vector.whole(row));
            case "UBIGINT", "HUGEINT", "UHUGEINT" ->
                (out, vector, row) -> out.writeNumber(vector.decimal(row));
            case "DOUBLE" -> (out, vector, row) -> real(out, vector.real(row));
            case "FLOAT" -> (out, vector, row) -> real(out, (float) vector.real(row));
            case "JSON" ->
                (out, vector, row) ->
                    json(out, new String(vector.bytes(row), StandardCharsets.UTF_8));
            case "VARCHAR", "UUID" -> JsonCells::text;
            default -> (out, vector, row) -> value(out, vector.value(row), type);
          };
      case DataType.EnumOf _ -> JsonCells::text;
      default -> (out, vector, row) -> value(out, vector.value(row), type);
    };
  }

  /** A document on one line: it may hold line breaks between its parts, and nowhere else. */
  private static void json(JsonGenerator out, String text) throws IOException {
    out.writeRawValue(text.replace('\n', ' ').replace('\r', ' '));
  }

  private static void text(JsonGenerator out, Batch.Vector vector, int row) throws IOException {
    byte[] text = vector.bytes(row);
    out.writeUTF8String(text, 0, text.length);
  }

  private static void real(JsonGenerator out, double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumber(value);
    } else {
      out.writeString(Double.toString(value));
    }
  }

  private static void real(JsonGenerator out, float value) throws IOException {
    if (Float.isFinite(value)) {
      out.writeNumber(value);
    } else {
      out.writeString(Float.toString(value));
    }
  }

  /** A value as Java has it, of a type whose parts may be JSON. */
  static void value(JsonGenerator out, @Nullable Object value, DataType type) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Boolean truth -> out.writeBoolean(truth);
      case Long whole -> out.writeNumber(whole);
      case Double real when type.sql().equals("FLOAT") -> real(out, real.floatValue());
      case Double real -> real(out, real.doubleValue());
      case BigDecimal number -> out.writeNumber(number);
      case BigInteger number -> out.writeNumber(number);
      case String text when type.sql().equals("JSON") -> json(out, text);
      case List<?> list -> {
        DataType element =
            type instanceof DataType.ListOf of ? of.element() : ((DataType.ArrayOf) type).element();
        out.writeStartArray();
        for (Object each : list) {
          value(out, each, element);
        }
        out.writeEndArray();
      }
      case Map<?, ?> map when type instanceof DataType.Struct struct -> {
        out.writeStartObject();
        for (Column member : struct.members()) {
          out.writeFieldName(member.name());
          value(out, map.get(member.name()), member.type());
        }
        out.writeEndObject();
      }
      case Map<?, ?> map -> {
        DataType of = ((DataType.MapOf) type).value();
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.writeFieldName(entry.getKey() == null ? "null" : Texts.of(entry.getKey(), 'T'));
          value(out, entry.getValue(), of);
        }
        out.writeEndObject();
      }
      default -> out.writeString(Texts.of(value, 'T'));
    }
  }
}
