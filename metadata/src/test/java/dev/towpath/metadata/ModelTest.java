package dev.towpath.metadata;

import dev.towpath.metadata.World.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of runs, publishing, rollbacks, promotions, environments, gc, readers, crashes
 * and lost databases, against an oracle. A failure prints its seed; {@code -Dtowpath.seed=SEED
 * -Dtowpath.sequences=1} repeats it.
 */
class ModelTest {
  private static final int STEPS = 40;

  @Test
  void dataAndStateMoveTogether() throws IOException {
    onSqlite(Integer.getInteger("towpath.sequences", 2500));
  }

  @Test
  @Tag("soak")
  void dataAndStateMoveTogetherForLong() throws IOException {
    onSqlite(Integer.getInteger("towpath.sequences", 100_000));
  }

  @Test
  @Tag("integration")
  void dataAndStateMoveTogetherInPostgres() {
    sequences(Integer.getInteger("towpath.sequences", 60), _ -> made());
  }

  @Test
  @Tag("soak")
  void dataAndStateMoveTogetherInPostgresForLong() {
    sequences(Integer.getInteger("towpath.sequences", 10_000), _ -> made());
  }

  /** A schema with the store's tables: a reader of a store that is not there yet has no hold. */
  private static Backend made() {
    PostgresBackend backend = new PostgresBackend();
    InstantSource now = InstantSource.system();
    try (SqlStore store =
        backend.open(backend.database(link -> link), new MemoryObjects(now), now)) {
      store.id();
    }
    return backend;
  }

  private static void onSqlite(int count) throws IOException {
    Path memory = Path.of("/dev/shm");
    Path folder =
        Files.isDirectory(memory)
            ? Files.createTempDirectory(memory, "towpath-model")
            : Files.createTempDirectory("towpath-model");
    Path template = folder.resolve("template.db");
    try (SqliteStore store =
        new SqliteStore(
            template, new MemoryObjects(InstantSource.system()), InstantSource.system())) {
      store.id();
    }
    try {
      sequences(count, seed -> copied(template, folder.resolve("s" + seed)));
    } finally {
      Files.deleteIfExists(template);
    }
    Files.delete(folder);
  }

  private static Backend copied(Path template, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.copy(template, folder.resolve("metadata.db"));
      return new SqliteBackend(folder.resolve("metadata.db"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sequences(int count, LongFunction<Backend> backends) {
    long first = Long.getLong("towpath.seed", System.nanoTime());
    System.out.println("ModelTest: " + count + " sequences from seed " + first);
    AtomicInteger done = new AtomicInteger();
    LongStream.range(first, first + count)
        .parallel()
        .forEach(seed -> {
          sequence(seed, backends.apply(seed));
          if (done.incrementAndGet() % 10_000 == 0) {
            System.out.println("ModelTest: " + done + " sequences");
          }
        });
  }

  private static void sequence(long seed, Backend backend) {
    try (World world = new World(seed, backend)) {
      Verifier verifier = new Verifier(world);
      Operations operations = new Operations(world, verifier);
      try {
        for (int step = 0; step < STEPS; step++) {
          operations.step();
        }
        Worker last = world.worker(0);
        last.faults.disarm();
        verifier.all(last);
        if (world.chance(30)) {
          verifier.lose();
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ":\n" + String.join("\n", world.log) + "\n" + e.getMessage(), e);
      }
    }
  }
}
