package dev.towpath.core.check;

import dev.towpath.spi.CancelledException;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for work in other threads and brings its failure here. */
final class Waiting {
  private Waiting() {}

  static void all(Collection<? extends Future<?>> work) {
    try {
      for (Future<?> one : work) {
        one.get();
      }
    } catch (InterruptedException e) {
      work.forEach(w -> w.cancel(true));
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } catch (ExecutionException e) {
      work.forEach(w -> w.cancel(true));
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
