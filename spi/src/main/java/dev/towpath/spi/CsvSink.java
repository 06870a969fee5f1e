package dev.towpath.spi;

/** Takes the rows of one {@link CsvPart}. Not thread-safe. */
@FunctionalInterface
public interface CsvSink {
  /**
   * Takes one row: a line of CSV in UTF-8 that ends with a line feed. Values are divided by commas
   * and stand in double quotes where they hold a comma, a quote or a line's end; a quote inside is
   * doubled. NULL is nothing at all, the empty text is {@code ""}.
   *
   * @param line not kept; the array may be used again
   * @param length how much of it is the row
   * @throws TowpathException when the row is too large, the disk is full, or the work is to stop
   */
  void row(byte[] line, int length);
}
