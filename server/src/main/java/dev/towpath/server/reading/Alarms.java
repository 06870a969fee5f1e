package dev.towpath.server.reading;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Stops what takes too long. Thread-safe. */
final class Alarms implements AutoCloseable {
  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("query-limits").factory());

  Alarms() {
    clock.setRemoveOnCancelPolicy(true);
  }

  /** An alarm that goes off once, unless it is closed before. */
  static final class Alarm implements AutoCloseable {
    private final ScheduledFuture<?> ringing;
    private volatile boolean rang;

    private Alarm(ScheduledThreadPoolExecutor clock, Duration after, Runnable stop) {
      ringing =
          clock.schedule(
              () -> {
                rang = true;
                stop.run();
              },
              after.toNanos(),
              TimeUnit.NANOSECONDS);
    }

    boolean rang() {
      return rang;
    }

    @Override
    public void close() {
      ringing.cancel(false);
    }
  }

  Alarm set(Duration after, Runnable stop) {
    return new Alarm(clock, after, stop);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
