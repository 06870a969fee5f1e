package dev.towpath.pgwire.session;

import dev.towpath.spi.Batch;
import org.jspecify.annotations.Nullable;

/** The rows of a result as they come. Used by one thread, whose interrupt stops it. */
public interface Batches extends AutoCloseable {
  /** The next rows, or null when there are no more. */
  @Nullable Batch next();

  @Override
  void close();
}
