package dev.towpath.metadata;

import dev.towpath.spi.TowpathException;
import org.jspecify.annotations.Nullable;

/** A transaction of which nobody can say whether it took effect; it must not be done again. */
final class UnknownOutcome extends TowpathException {
  private static final long serialVersionUID = 1L;

  UnknownOutcome(String message, @Nullable String hint, Throwable cause) {
    super(message, hint, cause);
  }
}
