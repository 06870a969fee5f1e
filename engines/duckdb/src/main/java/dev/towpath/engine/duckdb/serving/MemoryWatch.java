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
 * and fits into what is left for it. What a single step asks for at once, a hundred gigabytes
 * perhaps, the system would promise and no later limit take back: so while anything computes, the
 * process is promised little more than it may have. Thread-safe.
 */
final class MemoryWatch implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** How long one that was stopped has to give back what it had before the next is stopped. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Who computes for no longer cannot have taken much: it is somebody else's, or was freed. */
  private static final Duration YOUNG = Duration.ofMillis(200);

  /** What there still is for everything else while growth is stopped. */
  private static final long LEFT = 256L << 20;

  /**
   * What may be promised beyond what is had. It is there for what asks for very much at once;
   * whatever grows step by step is to meet the watch first, since at this bound the JVM gets
   * nothing, either, and ends when it is its turn to ask.
   */
  private static final long PROMISED = 4L << 30;

  /**
   * The engine's allocator keeps what it was promised once. For the JVM, which ends when it gets
   * nothing, there is a little more then: less than the engine asks for at a time, and never more
   * than {@link #MOST_SPARE} in all.
   */
  private static final long SPARE = 60L << 20;

  private static final long MOST_SPARE = 2L << 30;

  /** How long what was promised is taken to be what it was: asking the system costs some time. */
  private static final Duration KNOWN = Duration.ofSeconds(1);

  private final Optional<ProcessMemory> memory;
  private final long most;
  private final long least;
  private final Beat beat = new Beat("memory-watch", PAUSE);
  private final Set<Computing> computing = ConcurrentHashMap.newKeySet();
  private long ceiling;
  private long known = System.nanoTime() - KNOWN.toNanos();
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
    this.least = most + PROMISED;
    this.ceiling = least;
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
      ended(this);
    }
  }

  /** Something begins to compute. */
  synchronized Computing computing(Stop stop) {
    if (computing.isEmpty()) {
      memory.ifPresent(this::bind);
    }
    Computing one = new Computing(stop);
    computing.add(one);
    return one;
  }

  private void bind(ProcessMemory seen) {
    long now = System.nanoTime();
    if (now - known > KNOWN.toNanos()) {
      known = now;
      ceiling = Math.clamp(seen.promised() + SPARE, least, least + MOST_SPARE);
    }
    seen.promise(ceiling);
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
      seen.promise(Math.min(ceiling, seen.promised() + LEFT));
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
  private synchronized void ended(Computing one) {
    computing.remove(one);
    if (computing.isEmpty() && memory.isPresent()) {
      if (full) {
        room(memory.get());
        memory.get().giveBack();
      }
      memory.get().promiseAll();
    }
  }

  private void room(ProcessMemory seen) {
    full = false;
    found = false;
    seen.promise(ceiling);
  }

  @Override
  public void close() {
    beat.close();
  }
}
