package dev.towpath.cli;

import dev.towpath.core.flow.Executor;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Looks again and again at what there is to do, until the thread is interrupted. A store that fails
 * for a while ends nothing: what runs goes on meanwhile, and the next look may do better. Who loses
 * its lease by that is interrupted.
 */
final class Turns {
  private static final Duration REST = Duration.ofSeconds(1);
  private static final long SAID_NANOS = Duration.ofMinutes(1).toNanos();

  private final Executor executor;
  private final Consumer<String> say;
  private String said = "";
  private long saidAt;

  /**
   * Turns of a process.
   *
   * @param say hears why one failed: at once, and each minute as long as it stays so
   */
  Turns(Executor executor, Consumer<String> say) {
    this.executor = executor;
    this.say = say;
  }

  /**
   * Goes on until the thread is interrupted.
   *
   * @param pause after each turn, unless a task ends before
   */
  void go(Runnable turn, Duration pause) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        if (well(turn)) {
          executor.await(pause);
        } else {
          Thread.sleep(REST);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean well(Runnable turn) {
    try {
      turn.run();
      if (!said.isEmpty()) {
        said = "";
        say.accept("it works again");
      }
      return true;
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      String why = String.valueOf(e.getMessage());
      if (Thread.currentThread().isInterrupted()) {
        return false; // this process ends, and the command says why
      }
      if (!why.equals(said) || System.nanoTime() - saidAt > SAID_NANOS) {
        said = why;
        saidAt = System.nanoTime();
        say.accept("nothing can be started now, trying again: " + why);
        e.hint().ifPresent(hint -> say.accept("hint: " + hint));
      }
      return false;
    }
  }
}
