package dev.towpath.source.files;

import dev.towpath.source.common.Failures;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What is done on one thread beside the engine's reading, which has threads enough. */
final class Background implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("hashes").factory());

  Future<String> submit(Callable<String> work) {
    return thread.submit(work);
  }

  /**
   * Waits for a result.
   *
   * @throws IOException as the work did
   * @throws dev.towpath.spi.CancelledException when interrupted
   */
  static String result(Future<String> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.cancelled(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
  }

  /** Stops what is not done. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
