package dev.towpath.server.reading;

import dev.towpath.spi.Beat;
import java.time.Duration;

/** Stops what takes too long, some milliseconds later at most. Thread-safe. */
final class Alarms implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Beat beat = new Beat("query-limits", PAUSE);

  /** An alarm that goes off once, unless it is closed before. */
  static final class Alarm implements AutoCloseable {
    private final long due;
    private final Runnable stop;
    private final Beat.Look look;
    private volatile boolean rang;

    private Alarm(Beat beat, Duration after, Runnable stop) {
      this.due = System.nanoTime() + after.toNanos();
      this.stop = stop;
      this.look = beat.at(this::look);
    }

    private void look() {
      if (!rang && System.nanoTime() - due >= 0) {
        rang = true;
        stop.run();
      }
    }

    boolean rang() {
      return rang;
    }

    @Override
    public void close() {
      look.close();
    }
  }

  Alarm set(Duration after, Runnable stop) {
    return new Alarm(beat, after, stop);
  }

  @Override
  public void close() {
    beat.close();
  }
}
