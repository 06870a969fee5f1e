package dev.towpath.spi;

/**
 * A column of {@link Extract.Csv} and how its values stand there as text.
 *
 * @param column name, and the type that the texts are read as
 */
public record CsvColumn(Column column, Form form) {
  /** How a value stands as text. A value that does not fit its column fails the write. */
  public enum Form {
    /**
     * As DuckDB casts it: numbers, ISO dates and times, {@code t} and {@code f}, JSON, any text.
     */
    PLAIN,
    /**
     * A number that may have more digits after its point than the column, whose cast would round.
     */
    EXACT,
    /** Two hexadecimal digits a byte, after {@code \\x} or nothing. */
    HEX,
    /** A JSON array of texts, each of them as {@link #PLAIN}, {@link #EXACT} or {@link #HEX}. */
    LIST
  }
}
