package dev.towpath.pgwire.text;

/**
 * How rows are written by COPY.
 *
 * @param nulls what stands for NULL
 * @param header whether the columns' names come first
 * @param quote around values in CSV
 * @param escape before a quote in CSV
 * @param quoteAll whether every value in CSV is quoted
 */
public record CopyFormat(
    Kind kind,
    char delimiter,
    String nulls,
    boolean header,
    char quote,
    char escape,
    boolean quoteAll) {
  /** The three formats. */
  public enum Kind {
    TEXT,
    CSV,
    BINARY
  }

  /** The defaults of a format. */
  public static CopyFormat of(Kind kind) {
    return kind == Kind.CSV
        ? new CopyFormat(kind, ',', "", false, '"', '"', false)
        : new CopyFormat(kind, '\t', "\\N", false, '"', '"', false);
  }
}
