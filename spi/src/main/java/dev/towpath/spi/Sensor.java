package dev.towpath.spi;

import java.time.Duration;

/**
 * A kind of job that waits for something outside: a file, an answer, a row. Whoever runs it asks
 * again and again, and keeps no thread and no slot for it in between.
 */
public interface Sensor extends JobRunner {

  /**
   * Looks once whether what the job waits for is there, and returns soon. What it found may be
   * handed on as outputs.
   *
   * @throws TowpathException when looking failed, which is not the same as its not being there
   * @throws CancelledException when it was stopped
   */
  boolean isMet(Job job, Context context);

  /** How long to wait from one look to the next. */
  Duration interval(Job job);

  /** Looks until it is there, for those who have a thread to spare. */
  @Override
  default void run(Job job, Context context) {
    while (!isMet(job, context)) {
      try {
        Thread.sleep(interval(job));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancelledException(e);
      }
    }
  }
}
