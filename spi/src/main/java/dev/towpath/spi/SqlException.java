package dev.towpath.spi;

import org.jspecify.annotations.Nullable;

/** A statement that an engine refuses or that fails on its data. */
public class SqlException extends TowpathException {
  private static final long serialVersionUID = 1L;

  private final int offset;

  /**
   * @param message in plain words, one line
   * @param offset 0-based UTF-16 offset in the statement's text, or -1 when unknown
   */
  public SqlException(
      String message, @Nullable String hint, int offset, @Nullable Throwable cause) {
    super(message, hint, cause);
    this.offset = offset;
  }

  /** 0-based UTF-16 offset in the statement's text, or -1 when unknown. */
  public final int offset() {
    return offset;
  }
}
