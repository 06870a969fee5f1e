package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Beat;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at the memory of the whole process while queries compute. The engine counts what it stores,
 * but not all of a vector's values while they are made: two thousand texts of a hundred megabytes
 * are far beyond its limit before it looks again, and no cancel is heard until then. So when the
 * process has more than it may, two things happen: what computes longest is stopped, then the next;
 * and until there is room again the system gives no more memory, so that the vector fails which is
 * being filled. Both are felt as "out of memory" by who asks for much; what others need is small,
 * and fits into what is left for it. Thread-safe.
 */
final class MemoryWatch implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** How long one that was stopped has to give back what it had before the next is stopped. */
  private static final Duration PATIENCE = Duration.ofMillis(300);

  /** What there still is for everything else while growth is stopped. */
  private static final long LEFT = 256L << 20;

  private final Optional<ProcessMemory> memory;
  private final long most;
  private final Beat beat = new Beat("memory-watch", PAUSE);
  private final Set<Computing> computing = ConcurrentHashMap.newKeySet();
  private long looked = System.nanoTime() - PAUSE.toNanos();
  private long stopped = looked;
  private boolean full;

  /**
   * A watch.
   *
   * @param most bytes that the process may have; 0 for as many as it likes
   */
  MemoryWatch(long most) {
    this.most = most;
    this.memory = most > 0 ? ProcessMemory.here() : Optional.empty();
  }

  /** Something that computes, until it is closed. */
  final class Computing implements AutoCloseable {
    private final long began = System.nanoTime();
    private final Runnable stop;
    private final Optional<Beat.Look> look;
    private boolean told;

    private Computing(Runnable stop) {
      this.stop = stop;
      this.look = memory.map(seen -> beat.at(() -> look(seen)));
    }

    @Override
    public void close() {
      look.ifPresent(Beat.Look::close);
      computing.remove(this);
      memory.ifPresent(MemoryWatch.this::relax);
    }
  }

  /**
   * Something begins to compute.
   *
   * @param stop asks it to end, since there is no memory for it
   */
  Computing computing(Runnable stop) {
    Computing one = new Computing(stop);
    computing.add(one);
    return one;
  }

  /** Whether several compute, of which each may be the one that has taken the memory. */
  boolean isShared() {
    return computing.size() > 1;
  }

  private synchronized void look(ProcessMemory seen) {
    long now = System.nanoTime();
    if (now - looked < PAUSE.toNanos() / 2) {
      return; // another one's look has been just now
    }
    looked = now;
    long has = seen.resident();
    if (has <= most) {
      if (full && has < most - most / 10) {
        full = false;
        seen.goOn();
      }
      return;
    }
    if (!full) {
      full = true;
      seen.stop(LEFT);
    }
    if (now - stopped > PATIENCE.toNanos()) {
      computing.stream()
          .filter(one -> !one.told)
          .min(Comparator.comparingLong(one -> one.began - now))
          .ifPresent(one -> {
            stopped = now;
            one.told = true;
            one.stop.run();
          });
    }
  }

  /** When nothing computes any more, what is still there is nobody's whom one could stop. */
  private synchronized void relax(ProcessMemory seen) {
    if (full && computing.isEmpty()) {
      full = false;
      seen.goOn();
      seen.giveBack();
    }
  }

  @Override
  public void close() {
    beat.close();
  }
}
