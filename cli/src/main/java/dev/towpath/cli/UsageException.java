package dev.towpath.cli;

import dev.towpath.spi.TowpathException;

/** The command was called in a wrong way. */
final class UsageException extends TowpathException {
  private static final long serialVersionUID = 1L;

  UsageException(String message, String hint) {
    super(message, hint);
  }
}
