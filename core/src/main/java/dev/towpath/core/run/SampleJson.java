package dev.towpath.core.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.towpath.spi.Rows;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A few rows as a JSON array of objects. */
public final class SampleJson {
  private static final JsonFactory JSON = new JsonFactory();

  private SampleJson() {}

  /** Numbers and booleans as such, everything else as text. */
  public static String write(Rows rows) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartArray();
      List<String> names = rows.schema().names();
      for (List<@Nullable Object> row : rows.rows()) {
        out.writeStartObject();
        for (int i = 0; i < names.size(); i++) {
          out.writeFieldName(names.get(i));
          value(out, row.get(i));
        }
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return text.toString();
  }

  private static void value(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Boolean b -> out.writeBoolean(b);
      case Integer i -> out.writeNumber(i);
      case Long l -> out.writeNumber(l);
      case Double d when !d.isNaN() && !d.isInfinite() -> out.writeNumber(d);
      case java.math.BigDecimal d -> out.writeNumber(d);
      default -> out.writeString(value.toString());
    }
  }
}
