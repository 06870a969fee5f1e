package dev.towpath.lake.iceberg;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as maps, lists, texts, Longs, Doubles and Booleans. */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Reads an object. */
  public static Node parse(byte[] text) {
    return parse(new String(text, StandardCharsets.UTF_8));
  }

  /** Reads an object or an array. */
  public static Node parse(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      Object value = value(parser, parser.nextToken());
      if (value == null || parser.nextToken() != null) {
        throw new FormatException("not one JSON value");
      }
      return new Node(value);
    } catch (IOException e) {
      throw new FormatException("not JSON", e);
    }
  }

  private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token)
      throws IOException {
    if (token == null) {
      throw new FormatException("the JSON ends too early");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          map.put(name, value(parser, parser.nextToken()));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          list.add(value(parser, next));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new FormatException("unexpected " + token);
    };
  }

  /** Writes maps, lists, texts, numbers and Booleans. */
  public static String print(Object value) {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      print(generator, value);
    } catch (IOException e) {
      throw new AssertionError("a StringWriter never fails", e);
    }
    return out.toString();
  }

  private static void print(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.writeFieldName(String.valueOf(entry.getKey()));
          print(out, entry.getValue());
        }
        out.writeEndObject();
      }
      case List<?> list -> {
        out.writeStartArray();
        for (Object item : list) {
          print(out, item);
        }
        out.writeEndArray();
      }
      case String text -> out.writeString(text);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case Boolean flag -> out.writeBoolean(flag);
      default -> throw new IllegalArgumentException("not JSON: " + value.getClass());
    }
  }

  /** A JSON value that is asked for what it should hold. Missing or other content is a fault. */
  public record Node(Object value) {

    /** Whether this is a text. */
    public boolean isText() {
      return value instanceof String;
    }

    /** Whether this is an array. */
    public boolean isList() {
      return value instanceof List<?>;
    }

    /** The text that this is. */
    public String text() {
      if (value instanceof String text) {
        return text;
      }
      throw new FormatException("expected a text but found " + value);
    }

    /** The items of the array that this is. */
    public List<Node> items() {
      if (value instanceof List<?> list) {
        List<Node> nodes = new ArrayList<>(list.size());
        for (Object item : list) {
          if (item == null) {
            throw new FormatException("null in an array");
          }
          nodes.add(new Node(item));
        }
        return nodes;
      }
      throw new FormatException("expected an array");
    }

    /** The member of that name, or null when it is missing or null. */
    public @Nullable Node find(String name) {
      if (value instanceof Map<?, ?> map) {
        Object member = map.get(name);
        return member == null ? null : new Node(member);
      }
      throw new FormatException("expected an object with \"" + name + "\"");
    }

    /** The member of that name. */
    public Node get(String name) {
      Node member = find(name);
      if (member == null) {
        throw new FormatException("\"" + name + "\" is missing");
      }
      return member;
    }

    /** The text of that name. */
    public String text(String name) {
      return get(name).text();
    }

    /** The number of that name. */
    public long number(String name) {
      if (get(name).value() instanceof Long number) {
        return number;
      }
      throw new FormatException("\"" + name + "\" is not a whole number");
    }

    /** The number of that name. */
    public int integer(String name) {
      return Math.toIntExact(number(name));
    }

    /** Names and texts of the object of that name; empty when it is missing. */
    public Map<String, String> texts(String name) {
      Map<String, String> texts = new LinkedHashMap<>();
      Node node = find(name);
      if (node != null && node.value() instanceof Map<?, ?> map) {
        map.forEach((key, text) -> texts.put(String.valueOf(key), String.valueOf(text)));
      }
      return texts;
    }
  }
}
