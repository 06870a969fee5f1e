package dev.towpath.lake.iceberg;

import org.jspecify.annotations.Nullable;

/** Bytes that are not what they should be. Whoever knows the file's name tells the person. */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is wrong, in a few words. */
  public FormatException(String message) {
    this(message, null);
  }

  /** What is wrong, and what it was noticed by. */
  public FormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
