package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Temporary folders, and what is left of those whose process was killed. */
class ScratchTest {
  @TempDir private Path parent;

  @Test
  void manyThreadsOfOneProcessSweepTogether() throws Exception {
    int threads = 8;
    for (int dead = 0; dead < 200; dead++) {
      Files.createFile(parent.resolve("dead-" + dead + ".lock"));
      Files.createDirectories(parent.resolve("dead-" + dead + "/spill"));
      Files.writeString(parent.resolve("dead-" + dead + "/spill/block"), "x");
    }
    List<Scratch> made = new ArrayList<>();
    CyclicBarrier together = new CyclicBarrier(threads);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Scratch>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(
            pool.submit(() -> {
              together.await();
              return Scratch.in(parent);
            }));
      }
      for (Future<Scratch> future : futures) {
        made.add(future.get());
      }
    }
    assertThat(made).extracting(Scratch::folder).doesNotHaveDuplicates();
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .as("only the locks of those that live")
          .hasSize(threads)
          .noneMatch(name -> name.startsWith("dead"));
    }
    made.forEach(Scratch::close);
    try (Stream<Path> left = Files.list(parent)) {
      assertThat(left).isEmpty();
    }
  }
}
