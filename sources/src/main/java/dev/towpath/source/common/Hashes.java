package dev.towpath.source.common;

import dev.towpath.spi.CancelledException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Hashes of files, and work on many files at once. */
public final class Hashes {
  private static final int BUFFER = 1 << 18;

  private Hashes() {}

  /** SHA-256 of a file's content in lower-case hex. Stops when the thread is interrupted. */
  public static String sha256(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (Thread.currentThread().isInterrupted()) {
          throw new CancelledException();
        }
        digest.update(buffer, 0, n);
      }
    } catch (ClosedByInterruptException e) {
      throw Failures.cancelled(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Does the same for every item, a few at a time, and gives the results in order.
   *
   * @throws CancelledException when interrupted
   */
  public static <A, B> List<B> forAll(List<A> items, Work<A, B> work) {
    if (items.size() < 2) {
      return items.stream().map(work::apply).toList();
    }
    int threads = Math.min(items.size(), Math.min(8, Runtime.getRuntime().availableProcessors()));
    try (ExecutorService pool =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory())) {
      try {
        if (Thread.interrupted()) {
          throw new InterruptedException(); // short work would end before anything looks
        }
        List<Callable<B>> calls = new ArrayList<>();
        for (A item : items) {
          calls.add(() -> work.apply(item));
        }
        List<B> results = new ArrayList<>();
        for (Future<B> future : pool.invokeAll(calls)) {
          results.add(future.get());
        }
        return List.copyOf(results);
      } catch (InterruptedException e) {
        pool.shutdownNow();
        Thread.currentThread().interrupt();
        throw Failures.cancelled(e);
      } catch (ExecutionException e) {
        pool.shutdownNow();
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      }
    }
  }

  /** What is done for one item. */
  @FunctionalInterface
  public interface Work<A, B> {
    /** Does it. */
    B apply(A item);
  }
}
