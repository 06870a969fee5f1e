package dev.towpath.metadata;

import dev.towpath.metadata.World.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
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
    sequences(Integer.getInteger("towpath.sequences", 2500));
  }

  @Test
  @Tag("soak")
  void dataAndStateMoveTogetherForLong() throws IOException {
    sequences(Integer.getInteger("towpath.sequences", 100_000));
  }

  private static void sequences(int count) throws IOException {
    long first = Long.getLong("towpath.seed", System.nanoTime());
    System.out.println("ModelTest: " + count + " sequences from seed " + first);
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
    AtomicInteger done = new AtomicInteger();
    try {
      LongStream.range(first, first + count)
          .parallel()
          .forEach(seed -> {
            sequence(seed, folder.resolve("s" + seed), template);
            if (done.incrementAndGet() % 10_000 == 0) {
              System.out.println("ModelTest: " + done + " sequences");
            }
          });
    } finally {
      Files.deleteIfExists(template);
    }
    Files.delete(folder);
  }

  private static void sequence(long seed, Path folder, Path template) {
    try (World world = new World(seed, folder, template)) {
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
