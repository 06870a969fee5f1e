package dev.towpath.task.python;

import dev.towpath.spi.Problem;
import dev.towpath.spi.PythonRunner.Limits;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.Memory;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Holds a task to its limits, and remembers the most memory that it was seen to take. */
final class Watch implements AutoCloseable {
  private static final long BEAT_MILLIS = 50;

  /** Without a limit the peak is only told when the system kills the child. */
  private static final int BEATS_WITHOUT_LIMIT = 10;

  private final String name;
  private final Worker worker;
  private final Limits limits;
  private final String advice;
  private final Consumer<TowpathException> exceeded;
  private final long started = System.nanoTime();
  private final Thread thread;
  private final AtomicReference<Long> peak = new AtomicReference<>(0L);

  /**
   * Watches from now on.
   *
   * @param name begins a sentence
   * @param advice how less memory would do
   * @param exceeded hears of a limit
   */
  Watch(
      String name,
      Worker worker,
      Limits limits,
      String advice,
      Consumer<TowpathException> exceeded) {
    this.name = name;
    this.advice = advice;
    this.worker = worker;
    this.limits = limits;
    this.exceeded = exceeded;
    this.thread = Thread.ofVirtual().name("python-watch").start(this::run);
  }

  /** The most bytes seen; 0 when the system does not tell. */
  long peak() {
    return peak.get();
  }

  private void run() {
    try {
      for (int beat = 0; worker.isAlive(); beat++) {
        long nanos = System.nanoTime() - started;
        if (limits.timeout().filter(t -> nanos > t.toNanos()).isPresent()) {
          exceeded.accept(
              new TowpathException(
                  List.of(
                      Problem.error(
                          limits.timeoutAt(),
                          name
                              + " was stopped after "
                              + seconds(limits.timeout().get().toSeconds())
                              + ", its \"timeout\"",
                          "give it more time, or less to do"))));
          return;
        }
        if (beat % BEATS_WITHOUT_LIMIT == 0) {
          worker.look();
        }
        if (limits.memory().isPresent() || beat % BEATS_WITHOUT_LIMIT == 0) {
          long now = Memory.ofGroup(worker.pid());
          peak.accumulateAndGet(now, Math::max);
          if (limits.memory().filter(most -> now > most).isPresent()) {
            exceeded.accept(
                new TowpathException(
                    List.of(
                        Problem.error(
                            limits.memoryAt(),
                            name
                                + " was stopped when it took "
                                + Memory.text(peak(), limits.memory().get())
                                + ", more than its \"memory\" of "
                                + Memory.limit(limits.memory().get()),
                            advice + ", or give it more"))));
            return;
          }
        }
        Thread.sleep(BEAT_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String seconds(long seconds) {
    return seconds % 60 == 0 && seconds > 0
        ? seconds / 60 + (seconds == 60 ? " minute" : " minutes")
        : seconds + (seconds == 1 ? " second" : " seconds");
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
