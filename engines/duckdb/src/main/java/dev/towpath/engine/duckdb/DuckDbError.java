package dev.towpath.engine.duckdb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What DuckDB said went wrong, taken apart. Connections must have {@code errors_as_json} set; other
 * texts are understood as far as they go.
 *
 * @param kind DuckDB's class of error: {@code Parser}, {@code Binder}, {@code Catalog}, {@code
 *     Conversion}, {@code IO}, {@code Interrupt} …; empty when unknown
 * @param subtype finer: {@code COLUMN_NOT_FOUND}, {@code MISSING_ENTRY}, {@code SYNTAX_ERROR} …;
 *     often empty
 * @param message DuckDB's own text, which may have several lines
 * @param name the name at fault, or empty
 * @param candidates names that DuckDB thinks were meant
 * @param position 0-based offset in UTF-8 bytes in the statement, or -1
 * @param length in UTF-8 bytes, or 0
 */
public record DuckDbError(
    String kind,
    String subtype,
    String message,
    String name,
    List<String> candidates,
    int position,
    int length) {
  private static final JsonFactory JSON = new JsonFactory();

  public DuckDbError {
    candidates = List.copyOf(candidates);
  }

  /** Takes an exception apart. */
  public static DuckDbError of(SQLException e) {
    String text = e.getMessage() == null ? "" : e.getMessage();
    int brace = text.indexOf('{');
    if (brace >= 0) {
      Map<String, String> keys = strings(text.substring(brace));
      if (keys.containsKey("exception_message")) {
        return of(keys);
      }
    }
    int end = text.indexOf(" Error: ");
    String kind = end < 0 ? "" : text.substring(0, end);
    String message = end < 0 ? text : text.substring(end + 8);
    return new DuckDbError(
        isInterrupt(e, kind) ? "Interrupt" : kind, "", message, "", List.of(), -1, 0);
  }

  private static boolean isInterrupt(SQLException e, String kind) {
    return e instanceof SQLTimeoutException || kind.toUpperCase(Locale.ROOT).equals("INTERRUPT");
  }

  private static DuckDbError of(Map<String, String> keys) {
    String[] location =
        keys.getOrDefault("location", "[-1,0]").replaceAll("[\\[\\] ]", "").split(",");
    String candidates = keys.getOrDefault("candidates", "");
    return new DuckDbError(
        keys.getOrDefault("exception_type", ""),
        keys.getOrDefault("error_subtype", ""),
        keys.getOrDefault("exception_message", ""),
        keys.getOrDefault("name", ""),
        candidates.isEmpty() ? List.of() : List.of(candidates.split(",\\s*")),
        number(keys.getOrDefault("position", location[0]), -1),
        location.length < 2 ? 0 : number(location[1], 0));
  }

  private static int number(String text, int otherwise) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException unparsed) { // DuckDB prints 2^64 - 1 for "nowhere"
      return otherwise;
    }
  }

  private static Map<String, String> strings(String json) {
    Map<String, String> keys = new HashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        if (parser.nextToken().isStructStart()) {
          parser.skipChildren();
        } else {
          keys.put(key, parser.getText());
        }
      }
    } catch (IOException partial) {
      return keys; // a text that merely looks like JSON: what was read so far decides
    }
    return keys;
  }

  /** Whether the statement was cancelled. */
  public boolean interrupted() {
    return kind.equalsIgnoreCase("Interrupt");
  }

  /** Whether the engine is at fault, by its own word. */
  public boolean isInternal() {
    return kind.equalsIgnoreCase("Internal");
  }

  /** The first line of the message. */
  public String headline() {
    return message.lines().findFirst().orElse("");
  }

  /** 0-based offset in UTF-16 units of the place in the statement, or -1 when there is none. */
  public int offset(String sql) {
    return position < 0 ? -1 : utf16(sql, position);
  }

  /** The UTF-16 offset that an offset in UTF-8 bytes stands for; clipped to the text. */
  public static int utf16(String text, int utf8) {
    int bytes = 0;
    int i = 0;
    while (i < text.length() && bytes < utf8) {
      int point = text.codePointAt(i);
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      i += Character.charCount(point);
    }
    return i;
  }
}
