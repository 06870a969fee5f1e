package dev.towpath.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.TowpathException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreIdTest {
  @TempDir Path root;

  @Test
  void belongsToTheFirstThatClaimsIt() throws Exception {
    StoreId id = new StoreId(new LocalObjectStore(root));
    assertThat(id.owner()).isEmpty();
    id.claim("one");
    id.claim("one");
    assertThat(id.owner()).contains("one");
    assertThatThrownBy(() -> id.claim("two"))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("belongs to another metadata database")
        .hasMessageContaining(root.toRealPath().toString());
  }

  @Test
  void goesToExactlyOneOfMany() throws Exception {
    List<Callable<Boolean>> claims =
        IntStream.range(0, 16)
            .<Callable<Boolean>>mapToObj(i ->
                () -> {
                  try {
                    new StoreId(new LocalObjectStore(root)).claim("store" + i);
                    return true;
                  } catch (TowpathException e) {
                    return false;
                  }
                })
            .toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int winners = 0;
      for (Future<Boolean> claim : threads.invokeAll(claims)) {
        winners += claim.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
    try (var files = Files.list(root)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void saysThatTheMarkIsDamaged() throws Exception {
    Files.writeString(root.resolve("store.json"), "{\"sto");
    assertThatThrownBy(() -> new StoreId(new LocalObjectStore(root)).claim("one"))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("store.json is damaged");
  }
}
