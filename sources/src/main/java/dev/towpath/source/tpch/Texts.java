package dev.towpath.source.tpch;

import io.trino.tpch.Distributions;
import io.trino.tpch.TextPool;
import java.lang.ref.SoftReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The 300 MB of text that all comments of the benchmark are cut from. The published answers depend
 * on each byte of it. Making it takes seconds, so it is kept for the next table, but only for as
 * long as memory is not wanted for something else: the library itself would keep it for good.
 */
final class Texts {
  private static final int BYTES = 300 << 20;
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static SoftReference<TextPool> kept = new SoftReference<>(null);

  private Texts() {}

  static TextPool pool() {
    LOCK.lock();
    try {
      @Nullable TextPool pool = kept.get();
      if (pool == null) {
        pool = new TextPool(BYTES, Distributions.getDefaultDistributions());
        kept = new SoftReference<>(pool);
      }
      return pool;
    } finally {
      LOCK.unlock();
    }
  }
}
