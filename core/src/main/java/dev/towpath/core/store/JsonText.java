package dev.towpath.core.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plain Java values as JSON and back: texts, numbers, booleans, null, optional values, lists and
 * objects. Stateless.
 */
public final class JsonText {
  private JsonText() {}

  /** The value as JSON; what JSON has no form for as text. */
  public static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = StateJson.JSON.createGenerator(text)) {
      write(out, value);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Boolean b -> out.writeBoolean(b);
      case Byte b -> out.writeNumber(b);
      case Short i -> out.writeNumber(i);
      case Integer i -> out.writeNumber(i);
      case Long l -> out.writeNumber(l);
      case Float f when Float.isFinite(f) -> out.writeNumber(f);
      case Double d when Double.isFinite(d) -> out.writeNumber(d);
      case BigDecimal d -> out.writeNumber(d);
      case BigInteger i -> out.writeNumber(i);
      case Optional<?> o -> write(out, o.orElse(null));
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.writeFieldName(String.valueOf(entry.getKey()));
          write(out, entry.getValue());
        }
        out.writeEndObject();
      }
      case Iterable<?> list -> {
        out.writeStartArray();
        for (Object one : list) {
          write(out, one);
        }
        out.writeEndArray();
      }
      default -> out.writeString(value.toString());
    }
  }

  /**
   * An object's members, in order. Numbers are Long, Double, or BigDecimal where these would lose
   * digits.
   *
   * @throws TowpathException when the text is not a JSON object
   */
  public static Map<String, @Nullable Object> object(String text) {
    try (JsonParser in = StateJson.JSON.createParser(text)) {
      if (in.nextToken() == JsonToken.START_OBJECT) {
        Map<String, @Nullable Object> object = map(in);
        if (in.nextToken() == null) {
          return object;
        }
      }
    } catch (IOException e) {
      throw new TowpathException("this is not JSON: " + e.getMessage(), null, e);
    }
    throw new TowpathException("this is not a JSON object", "write {\"name\": value}");
  }

  private static Map<String, @Nullable Object> map(JsonParser in) throws IOException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      map.put(name, value(in));
    }
    return map;
  }

  private static @Nullable Object value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> map(in);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(in));
        }
        yield list;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_NUMBER_INT ->
          in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? new BigDecimal(in.getBigIntegerValue())
              : (Object) in.getLongValue();
      case VALUE_NUMBER_FLOAT -> number(in.getDecimalValue());
      default -> in.getText();
    };
  }

  private static Object number(BigDecimal exact) {
    double near = exact.doubleValue();
    return Double.isFinite(near) && new BigDecimal(Double.toString(near)).compareTo(exact) == 0
        ? (Object) near
        : exact;
  }
}
