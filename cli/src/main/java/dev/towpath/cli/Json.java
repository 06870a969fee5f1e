package dev.towpath.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.towpath.spi.Problem;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes plain Java values as JSON: maps, collections, texts, numbers, booleans and null. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** An object from alternating names and values, in order. */
  static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return object;
  }

  /** A problem with the members that DESIGN.md names. */
  static Map<String, @Nullable Object> problem(Problem problem) {
    return object(
        "file",
        problem.location().file(),
        "line",
        problem.location().line() == 0 ? null : problem.location().line(),
        "column",
        problem.location().line() == 0 ? null : problem.location().column(),
        "severity",
        problem.isError() ? "error" : "warning",
        "message",
        problem.message(),
        "hint",
        problem.hint().orElse(null));
  }

  /** One document, indented by nothing, on one line. */
  static String write(@Nullable Object value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(out, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Boolean b -> out.writeBoolean(b);
      case Integer i -> out.writeNumber(i);
      case Long l -> out.writeNumber(l);
      case Double d when !d.isNaN() && !d.isInfinite() -> out.writeNumber(d);
      case java.math.BigDecimal d -> out.writeNumber(d);
      case java.math.BigInteger i -> out.writeNumber(i);
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
}
