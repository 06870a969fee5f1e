package dev.towpath.spi;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a person is told about; the root of the only exception hierarchy. Its message is
 * one line in plain words and never holds a secret.
 */
public class TowpathException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;
  private final @Nullable String hint;

  /** A failure without a place in a file. */
  public TowpathException(String message) {
    this(message, null, null);
  }

  /** A failure with what to do about it. */
  public TowpathException(String message, @Nullable String hint) {
    this(message, hint, null);
  }

  /** A failure caused by another. */
  public TowpathException(String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.hint = hint;
    this.problems = List.of();
  }

  /** A failure that stands at one or more places in files. */
  public TowpathException(List<Problem> problems) {
    super(problems.isEmpty() ? "no problem" : problems.getFirst().toString());
    this.hint = null;
    this.problems = List.copyOf(problems);
  }

  /** The places, when there are any; empty otherwise. */
  public final List<Problem> problems() {
    return problems;
  }

  /** What to do, when that is known and there are no places. */
  public final Optional<String> hint() {
    return Optional.ofNullable(hint);
  }
}
