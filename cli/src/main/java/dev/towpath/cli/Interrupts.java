package dev.towpath.cli;

import dev.towpath.spi.CancelledException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the command's thread, and gives it a few seconds to
 * end its work before the process goes.
 */
final class Interrupts implements AutoCloseable {
  private static final long GRACE_SECONDS = 10;

  private static volatile @Nullable Interrupts stopping;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;
  private volatile Runnable also = () -> {};

  private Interrupts(Thread worker) {
    hook =
        new Thread(() -> {
          worker.interrupt();
          also.run();
          try {
            if (!done.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
              System.err.println("did not stop in time; the next command tidies up");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Watches for the calling thread until closed. */
  static Interrupts watch() {
    Interrupts interrupts = new Interrupts(Thread.currentThread());
    try {
      Runtime.getRuntime().addShutdownHook(interrupts.hook);
    } catch (IllegalStateException e) { // Ctrl-C came before the command had begun
      throw new CancelledException(e);
    }
    return interrupts;
  }

  /** What else is to be done at once, on another thread than the command's. */
  void also(Runnable more) {
    also = more;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is going down already, through this very hook, and waits for said().
      stopping = this;
      Thread.currentThread().interrupt();
    }
  }

  /** What the command had to say is said: a process that is going down may go. */
  static void said() {
    Interrupts waiting = stopping;
    if (waiting != null) {
      waiting.done.countDown();
    }
  }
}
