package dev.towpath.source.sqlite;

import dev.towpath.spi.DataType;
import dev.towpath.spi.DataType.Decimal;
import dev.towpath.spi.DataType.Simple;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type that a column is read as. SQLite lets any value stand in any column; what a column
 * declares is a habit that most of its values keep, so each value is still looked at ({@link
 * Convert}).
 */
final class SqliteTypes {
  private static final Pattern ARGUMENTS =
      Pattern.compile("\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\)");

  private SqliteTypes() {}

  /**
   * The type for a declaration such as {@code NUMERIC(10,2)}; empty when it says nothing, and the
   * values have to be asked.
   */
  static Optional<DataType> of(String declared) {
    String text = declared.toUpperCase(Locale.ROOT).strip();
    String word = text.replaceAll("[\\s(].*", "");
    return switch (word) {
      case "" -> Optional.empty();
      case "BOOL", "BOOLEAN" -> simple("BOOLEAN");
      case "DATE" -> simple("DATE");
      case "DATETIME" -> simple("TIMESTAMP");
      case "TIMESTAMP" ->
          simple(text.contains("WITH TIME ZONE") ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP");
      case "TIMESTAMPTZ" -> simple("TIMESTAMP WITH TIME ZONE");
      case "TIME" -> simple("TIME");
      case "JSON" -> simple("JSON");
      case "UUID" -> simple("UUID");
      case "NUMERIC", "DECIMAL", "NUMBER", "DEC" -> Optional.of(decimal(text));
      case "NUM" -> Optional.empty(); // what CREATE TABLE AS writes for a computed column
      default -> byAffinity(text);
    };
  }

  /** SQLite's own rules of affinity, except that a floating point is no integer. */
  private static Optional<DataType> byAffinity(String text) {
    if (text.contains("REAL") || text.contains("FLOA") || text.contains("DOUB")) {
      return simple("DOUBLE");
    }
    if (text.contains("INT") || text.equals("SERIAL")) {
      return simple("BIGINT");
    }
    if (text.contains("CHAR") || text.contains("CLOB") || text.contains("TEXT")) {
      return simple("VARCHAR");
    }
    if (text.contains("STRING")) {
      return simple("VARCHAR");
    }
    return text.contains("BLOB") || text.contains("BINARY") ? simple("BLOB") : Optional.empty();
  }

  private static DataType decimal(String text) {
    Matcher arguments = ARGUMENTS.matcher(text);
    if (arguments.find()) {
      int precision = number(arguments.group(1));
      int scale = arguments.group(2) == null ? 0 : number(arguments.group(2));
      if (precision >= 1 && precision <= 38 && scale <= precision) {
        return new Decimal(precision, scale);
      }
    }
    return new Simple("DOUBLE"); // without a size it holds any number
  }

  private static int number(String digits) {
    return digits.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  private static Optional<DataType> simple(String name) {
    return Optional.of(new Simple(name));
  }

  /**
   * The type for a column that declares nothing, by the kinds of values that were seen in it.
   *
   * @param kinds as SQLite's typeof says them, NULL left out, joined by commas
   */
  static DataType ofValues(java.util.Set<String> kinds) {
    if (kinds.equals(java.util.Set.of("integer"))) {
      return new Simple("BIGINT");
    }
    if (!kinds.isEmpty() && java.util.Set.of("integer", "real").containsAll(kinds)) {
      return new Simple("DOUBLE");
    }
    return new Simple(kinds.equals(java.util.Set.of("blob")) ? "BLOB" : "VARCHAR");
  }
}
