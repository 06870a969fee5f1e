package dev.towpath.engine.duckdb.analyze;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A JSON value, read in one go; as light as a syntax tree of many thousand queries asks for. */
sealed interface Json {
  /** Keys and values in order. Keys are few, so they are looked up one by one. */
  record Obj(List<String> keys, List<Json> values) implements Json {}

  /** Values in order. */
  record Arr(List<Json> values) implements Json {}

  /**
   * Text, number, boolean or null.
   *
   * @param text the text, or the literal as it stands; empty for null
   * @param isText whether it stood in quotes
   */
  record Scalar(String text, boolean isText) implements Json {
    /** Null, and what a missing key gives. */
    static final Json NULL = new Scalar("", false);
  }

  /** The value of a key; {@link Scalar#NULL} when it is missing or this is no object. */
  default Json get(String key) {
    if (this instanceof Obj(List<String> keys, List<Json> values)) {
      for (int i = 0; i < keys.size(); i++) {
        if (keys.get(i).equals(key)) {
          return values.get(i);
        }
      }
    }
    return Scalar.NULL;
  }

  /** The text of a key; empty when it is missing, null or no scalar. */
  default String text(String key) {
    return get(key) instanceof Scalar scalar ? scalar.text() : "";
  }

  /** The elements; empty when this is no array. */
  default List<Json> elements() {
    return this instanceof Arr(List<Json> values) ? values : List.of();
  }

  /** Whether this is an object. */
  default boolean isObject() {
    return this instanceof Obj;
  }

  /** Whether there is no value. */
  default boolean isNull() {
    return this instanceof Scalar(String text, boolean isText) && text.isEmpty() && !isText;
  }

  /** The number of a key, or -1 when there is none that fits an int. */
  default int number(String key) {
    String digits = text(key);
    if (digits.isEmpty() || digits.length() > 9) { // nowhere is 2^64 - 1
      return -1;
    }
    return Integer.parseInt(digits);
  }

  /** Reads a text that DuckDB wrote. */
  static Json read(String text) {
    try (JsonParser parser = Reader.FACTORY.createParser(text)) {
      return Reader.value(parser, parser.nextToken());
    } catch (IOException e) {
      throw new UncheckedIOException("DuckDB wrote JSON that cannot be read", e);
    }
  }

  /** Builds values from tokens. */
  final class Reader {
    /** Long literals and deep nesting are the user's right; DuckDB has its own limits. */
    private static final JsonFactory FACTORY =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(1_000_000)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(1_000)
                    .build())
            .build();

    private Reader() {}

    private static Json value(JsonParser parser, JsonToken token) throws IOException {
      return switch (token) {
        case START_OBJECT -> object(parser);
        case START_ARRAY -> array(parser);
        case VALUE_NULL -> Scalar.NULL;
        case VALUE_STRING -> new Scalar(parser.getText(), true);
        default -> new Scalar(parser.getText(), false);
      };
    }

    private static Json object(JsonParser parser) throws IOException {
      List<String> keys = new ArrayList<>(12);
      List<Json> values = new ArrayList<>(12);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        keys.add(parser.currentName());
        values.add(value(parser, parser.nextToken()));
      }
      return new Obj(keys, values);
    }

    private static Json array(JsonParser parser) throws IOException {
      List<Json> values = new ArrayList<>();
      JsonToken token = parser.nextToken();
      while (token != JsonToken.END_ARRAY) {
        values.add(value(parser, token));
        token = parser.nextToken();
      }
      return new Arr(values);
    }
  }
}
