package dev.towpath.pgwire.catalog;

import dev.towpath.spi.Serving;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets few steps of the catalog run at a time, each by a thread of its own: an interrupt means
 * nothing to native code, which only its own cancel stops, and which may not hear that either. A
 * step that heard none is left to itself, and its turn is another's; so many of those run on at a
 * time, each with a processor to itself, and more keep their turns. Thread-safe.
 */
final class CatalogTurns {
  private static final int AT_ONCE = 4;
  private static final int MOST_LOST = 16;
  private static final long STACK_BYTES = 16L << 20;

  private final Duration time;
  private final Duration grace;
  private final Function<Runnable, Serving.Computing> watch;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);
  private final AtomicInteger lost = new AtomicInteger();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("catalog-", 0).stackSize(STACK_BYTES).factory());

  /** Turns with the usual times. */
  CatalogTurns(Function<Runnable, Serving.Computing> watch) {
    this(Duration.ofSeconds(30), Duration.ofSeconds(5), watch);
  }

  /**
   * Turns.
   *
   * @param time that a step may take, and wait before
   * @param grace that one has to hear that it is to stop
   * @param watch looks at the memory of the process while a step runs, and may ask it to stop
   */
  CatalogTurns(Duration time, Duration grace, Function<Runnable, Serving.Computing> watch) {
    this.time = time;
    this.grace = grace;
    this.watch = watch;
  }

  Duration time() {
    return time;
  }

  Duration grace() {
    return grace;
  }

  /** One step's turn. */
  final class Turn {
    private boolean over;
    private boolean left;

    /** The step has ended. */
    synchronized void end() {
      over = true;
      if (left) {
        lost.decrementAndGet();
      } else {
        turns.release();
      }
    }

    /** Nobody waits for the step any more, which runs on. */
    synchronized void leave() {
      if (!over && !left && lost.incrementAndGet() > MOST_LOST) {
        lost.decrementAndGet();
      } else if (!over && !left) {
        left = true;
        turns.release();
      }
    }
  }

  /** Waits for a turn; null when there is none for too long. */
  @Nullable Turn take() throws InterruptedException {
    return turns.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS) ? new Turn() : null;
  }

  Serving.Computing watched(Runnable stop) {
    return watch.apply(stop);
  }

  void begin(Runnable step) {
    threads.execute(step);
  }
}
