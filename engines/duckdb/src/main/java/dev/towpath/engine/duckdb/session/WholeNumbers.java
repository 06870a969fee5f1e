package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.WholeType;

/**
 * Columns of whole numbers in CSV and JSON files. DuckDB rounds a fraction that stands there, and
 * takes JSON's {@code true} for 1; here neither fits.
 */
final class WholeNumbers {
  /** With a fraction of zeros, as some write 2.0 for 2, or an exponent that adds zeros. */
  private static final String FORM = "'\\s*[-+]?[0-9]+(\\.0*)?([eE]\\+?[0-9]+)?\\s*'";

  private WholeNumbers() {}

  /** Whether a type holds nothing else. */
  static boolean is(DataType type) {
    return WholeType.of(type).isPresent();
  }

  /** A text as a whole number; NULL when it is none. Most have no dot, and pass quickly. */
  static String tried(String text, DataType type) {
    return "CASE WHEN NOT (contains(%1$s, '.') OR contains(%1$s, 'e') OR contains(%1$s, 'E')) OR regexp_full_match(%1$s, %2$s) THEN TRY_CAST(%1$s AS %3$s) END"
        .formatted(text, FORM, type.sql());
  }

  /**
   * A text of a file as a whole number; fails with the words by which {@link FileFailures} knows.
   */
  static String required(String text, DataType type, String path) {
    return "CASE WHEN "
        + text
        + " IS NOT NULL THEN coalesce("
        + tried(text, type)
        + ", error("
        + Names.literal(FileFailures.JSON_VALUE + " in file \"" + path + "\": ")
        + " || "
        + text
        + ")) END";
  }

  /**
   * A text of a CSV as a whole number; NULL when it is none. Quick where there is neither a dot nor
   * the minus of an exponent.
   */
  static String triedOfCsv(String text, DataType type) {
    return "CASE WHEN contains(%1$s, '.') OR contains(%1$s, '-') THEN %2$s ELSE TRY_CAST(%1$s AS %3$s) END"
        .formatted(text, tried(text, type), type.sql());
  }

  /** Like {@link #required}, for a text of a CSV. */
  static String requiredOfCsv(String text, DataType type, String path) {
    return "coalesce(%2$s, CASE WHEN %1$s IS NOT NULL THEN error(%3$s || %1$s) END)"
        .formatted(
            text,
            triedOfCsv(text, type),
            Names.literal(FileFailures.CSV_VALUE + " in file \"" + path + "\": "));
  }

  /** Whether a text of a CSV is no whole number; nothing at all is NULL. */
  static String misfit(String text, DataType type) {
    return "(%s IS NOT NULL AND %s IS NULL)".formatted(text, triedOfCsv(text, type));
  }

  /** Whether a text of a CSV is what DuckDB's reader would round. */
  static String rounded(String text, DataType type) {
    return "(TRY_CAST(%s AS %s) IS NOT NULL AND %s IS NULL)"
        .formatted(text, type.sql(), triedOfCsv(text, type));
  }
}
