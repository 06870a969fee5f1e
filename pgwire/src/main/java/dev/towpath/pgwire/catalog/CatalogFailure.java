package dev.towpath.pgwire.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.sql.SQLException;

/** What DuckDB said went wrong, in one line. */
final class CatalogFailure {
  private static final JsonFactory JSON = new JsonFactory();

  private CatalogFailure() {}

  static String message(SQLException e) {
    String text = String.valueOf(e.getMessage());
    int brace = text.indexOf('{');
    return line(brace < 0 ? text : member(text.substring(brace), text));
  }

  private static String member(String json, String otherwise) {
    try (JsonParser parser = JSON.createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME
            && parser.currentName().equals("exception_message")) {
          return String.valueOf(parser.nextTextValue());
        }
      }
      return otherwise;
    } catch (IOException partial) {
      return otherwise; // a text that merely looks like JSON
    }
  }

  private static String line(String text) {
    return text.lines().findFirst().orElse("");
  }
}
