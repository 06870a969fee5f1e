package dev.towpath.engine.duckdb.memory;

import dev.towpath.spi.Beat;
import dev.towpath.spi.Serving;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at the memory of the whole process while queries compute. The engine counts what it stores,
 * but not all of a vector's values while they are made: two thousand texts of a hundred megabytes
 * are far beyond its limit before it looks again, and no cancel is heard until then. So the engine
 * is let to take only what the process may have besides what it has ({@link EngineAllocations}), so
 * that the vector fails which is being filled; and when the process has more than it may, what
 * computes longest is stopped, then the next. Both are felt as "out of memory" by who asks for
 * much; what others need is small, and fits into what is left for it. Thread-safe.
 */
public final class MemoryWatch implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** How long one that was stopped has to give back what it had before the next is stopped. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** Who computes for no longer cannot have taken much: it is somebody else's, or was freed. */
  private static final Duration YOUNG = Duration.ofMillis(200);

  /** What a single block may have at least, however full it is: its failing is not always told. */
  private static final long LEFT = 256L << 20;

  /** How long what was seen is taken to be what is: asking the system costs some time. */
  private static final Duration KNOWN = Duration.ofSeconds(1);

  /** How long the allocator takes to give back what was freed, and some time besides. */
  private static final Duration GIVING_BACK = Duration.ofSeconds(2);

  private final Optional<ProcessMemory> memory;
  private final Optional<EngineAllocations> allocations;
  private final long most;
  private final Beat beat = new Beat("memory-watch", PAUSE);
  private final Set<Computing> computing = ConcurrentHashMap.newKeySet();
  private long known = System.nanoTime() - KNOWN.toNanos();
  private long seen;
  private long looked = System.nanoTime() - PAUSE.toNanos();
  private long stopped = looked;
  private long refused = System.nanoTime() - GIVING_BACK.toNanos();
  private boolean full;
  private boolean found;

  /**
   * A watch; DuckDB is loaded.
   *
   * @param most bytes that the process may have; 0 for as many as it likes
   */
  public MemoryWatch(long most) {
    this.most = most;
    this.memory = most > 0 ? ProcessMemory.here() : Optional.empty();
    this.allocations = memory.flatMap(_ -> EngineAllocations.here());
  }

  /** What is stopped. */
  public interface Stop {
    /**
     * Asks it to end, since there is no memory for it.
     *
     * @param longest whether it computes longest of all, so that it is most likely the one; others
     *     are stopped when that was not enough, and may try again
     */
    void now(boolean longest);
  }

  /** Something that computes, until it is closed. */
  public final class Computing implements Serving.Computing {
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
  public synchronized Computing computing(Stop stop) {
    if (computing.isEmpty()) {
      allocations.ifPresent(EngineAllocations::hold);
      memory.ifPresent(this::bind);
    }
    Computing one = new Computing(stop);
    computing.add(one);
    return one;
  }

  private void bind(ProcessMemory process) {
    if (System.nanoTime() - known > KNOWN.toNanos()) {
      see(process);
    }
    allow();
  }

  private void see(ProcessMemory process) {
    known = System.nanoTime();
    try {
      seen = process.resident();
    } catch (UncheckedIOException e) {
      return; // no more files may be opened just now: what was seen last is still about right
    }
  }

  /** The engine may have what the JVM's heap has not taken. */
  private void allow() {
    long heap = Runtime.getRuntime().totalMemory();
    allocations.ifPresent(engine -> engine.allow(most - heap, Math.max(LEFT, most + LEFT - seen)));
  }

  /**
   * One that computed until now has found no memory.
   *
   * @return whether another one may have taken it: one that computes, or had none just now, so that
   *     what it had is still being given back
   */
  public synchronized boolean refused() {
    long now = System.nanoTime();
    boolean others = !computing.isEmpty() || now - refused < GIVING_BACK.toNanos();
    refused = now;
    return others;
  }

  private synchronized void look(ProcessMemory process) {
    long now = System.nanoTime();
    if (now - looked < PAUSE.toNanos() / 2 || computing.isEmpty()) {
      return; // another one's look has been just now, or it has ended
    }
    looked = now;
    see(process);
    allow();
    if (seen <= most) {
      if (full && seen < most - most / 10) {
        full = false;
        found = false;
      }
      return;
    }
    full = true;
    if (now - stopped > PATIENCE.toNanos()) {
      stopped = now;
      computing.stream()
          .filter(one -> !one.told && now - one.began > YOUNG.toNanos())
          .min(Comparator.comparingLong(one -> one.began - now))
          .ifPresentOrElse(this::tell, process::giveBack);
    }
  }

  private void tell(Computing one) {
    one.told = true;
    one.stop.now(!found);
    found = true;
  }

  /** When nothing computes any more, what is still there is nobody's whom one could stop. */
  private synchronized void ended(Computing one) {
    if (computing.remove(one) && computing.isEmpty()) {
      if (full) {
        full = false;
        found = false;
        memory.ifPresent(ProcessMemory::giveBack);
      }
      allocations.ifPresent(EngineAllocations::release);
    }
  }

  @Override
  public void close() {
    beat.close();
  }
}
