package dev.towpath.spi;

/** Told of the progress of one task; called from any thread, returns at once. */
@FunctionalInterface
public interface Monitor {
  /** Hears nothing. */
  Monitor NONE = (fraction, rows) -> {};

  /**
   * So far.
   *
   * @param fraction 0 to 1, or negative when unknown
   * @param rows rows handled, or negative when unknown
   */
  void progress(double fraction, long rows);
}
