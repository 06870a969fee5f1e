package dev.towpath.metadata;

import dev.towpath.core.release.Releases;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A lake, two simulated processes that work on it, a clock, and what ought to be. */
final class World implements AutoCloseable {
  static final int PROCESSES = 2;

  final Random random;
  final LakeModel model = new LakeModel();
  final MemoryObjects disk;
  final List<String> log = new ArrayList<>();
  private final Backend backend;
  private final Worker[] processes = new Worker[PROCESSES];
  private Instant now = Fixtures.NOW;
  private int ids;

  World(long seed, Backend backend) {
    this.random = new Random(seed);
    this.backend = backend;
    this.disk = new MemoryObjects(this::now);
    for (int i = 0; i < PROCESSES; i++) {
      processes[i] = new Worker();
    }
  }

  /** A store object with its own view of the files, which faults can befall. */
  final class Worker {
    final Faults faults = new Faults();
    final MemoryObjects objects;
    final Database database;
    final SqlStore store;
    final Releases releases;

    Worker() {
      InstantSource clock = World.this::now;
      objects = faults.wrap(disk, clock);
      database = backend.database(faults::wrap);
      store = backend.open(database, objects, clock);
      releases = new Releases(store, new FakeLake(objects));
    }
  }

  Instant now() {
    return now;
  }

  Worker worker(int index) {
    return processes[index];
  }

  String id(String prefix) {
    return prefix + ids++;
  }

  void advance() {
    // Mostly seconds, at times hours, so that grace periods pass.
    int seconds = random.nextInt(20) == 0 ? random.nextInt(7200) : 1 + random.nextInt(90);
    now = now.plus(Duration.ofSeconds(seconds)).plusNanos(1);
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** The process dies, and another takes its place. */
  void kill(int index) {
    processes[index].faults.disarm();
    processes[index].store.abandon();
    processes[index] = new Worker();
    model.die(index);
  }

  /** The process ends in good order, without ending its runs, and another takes its place. */
  void restart(int index) {
    processes[index].store.close();
    processes[index] = new Worker();
    model.die(index);
  }

  /** The database is lost, and with it all that is alive. */
  void loseDatabase() {
    for (int i = 0; i < PROCESSES; i++) {
      processes[i].store.close();
      model.die(i);
    }
    backend.lose();
    for (int i = 0; i < PROCESSES; i++) {
      processes[i] = new Worker();
    }
  }

  /** Whether a call is refused, without a fault having struck. */
  boolean refuses(int process, Runnable call) {
    try {
      call.run();
      return false;
    } catch (TowpathException e) {
      if (processes[process].faults.disarm()) {
        throw e;
      }
      return true;
    }
  }

  @Override
  public void close() {
    for (Worker process : processes) {
      process.store.close();
    }
    backend.close();
  }
}
