package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Beat;
import dev.towpath.spi.Serving;
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
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Who computes for no longer cannot have taken much: it is somebody else's, or was freed. */
  private static final Duration YOUNG = Duration.ofMillis(200);

  /** What there still is for everything else while growth is stopped. */
  private static final long LEFT = 256L << 20;

  private final Optional<ProcessMemory> memory;
  private final long most;
  private final Beat beat = new Beat("memory-watch", PAUSE);
  private final Set<Computing> computing = ConcurrentHashMap.newKeySet();
  private long looked = System.nanoTime() - PAUSE.toNanos();
  private long stopped = looked;
  private boolean full;
  private boolean found;

  /**
   * A watch.
   *
   * @param most bytes that the process may have; 0 for as many as it likes
   */
  MemoryWatch(long most) {
    this.most = most;
    this.memory = most > 0 ? ProcessMemory.here() : Optional.empty();
  }

  /** What is stopped. */
  interface Stop {
    /**
     * Asks it to end, since there is no memory for it.
     *
     * @param longest whether it computes longest of all, so that it is most likely the one; others
     *     are stopped when that was not enough, and may try again
     */
    void now(boolean longest);
  }

  /** Something that computes, until it is closed. */
  final class Computing implements Serving.Computing {
    private final long began = System.nanoTime();
    private final Stop stop;
    private final Optional<Beat.Look> look;
    private boolean told;

    private Computing(Stop stop) {
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

  /** Something begins to compute. */
  Computing computing(Stop stop) {
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
        room(seen);
      }
      return;
    }
    if (!full) {
      full = true;
      seen.stop(LEFT);
    }
    if (now - stopped > PATIENCE.toNanos()) {
      stopped = now;
      computing.stream()
          .filter(one -> !one.told && now - one.began > YOUNG.toNanos())
          .min(Comparator.comparingLong(one -> one.began - now))
          .ifPresentOrElse(this::tell, seen::giveBack);
    }
  }

  private void tell(Computing one) {
    one.told = true;
    one.stop.now(!found);
    found = true;
  }

  /** When nothing computes any more, what is still there is nobody's whom one could stop. */
  private synchronized void relax(ProcessMemory seen) {
    if (full && computing.isEmpty()) {
      room(seen);
      seen.giveBack();
    }
  }

  private void room(ProcessMemory seen) {
    full = false;
    found = false;
    seen.goOn();
  }

  @Override
  public void close() {
    beat.close();
  }
}
