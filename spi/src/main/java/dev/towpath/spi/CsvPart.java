package dev.towpath.spi;

/** A part of the rows of {@link Extract.Csv}. */
@FunctionalInterface
public interface CsvPart {
  /**
   * Reads its rows and writes them. An interrupt of the thread asks it to stop, and it throws
   * {@link CancelledException} then. Closes what it opened, whatever happens.
   */
  void write(CsvSink sink);
}
