package dev.towpath.source.http;

import java.io.IOException;

/** What came over the network could not be written down; asking again does not help. */
final class DiskException extends IOException {
  private static final long serialVersionUID = 1L;

  DiskException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
