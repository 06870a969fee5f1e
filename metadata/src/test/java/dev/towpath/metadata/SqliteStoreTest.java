package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir private Path folder;

  @Override
  Backend backend() {
    return new SqliteBackend(folder.resolve("a ?%20#/metadata.db"));
  }

  @Test
  void readingMakesNoFile() {
    assertThat(store().environments()).isEmpty();
    assertThat(folder.resolve("a ?%20#")).doesNotExist();
    assertThat(store().id()).isEqualTo(store().id());
    assertThat(folder.resolve("a ?%20#/metadata.db")).exists();
  }

  @Test
  void theDeadLeaveNoLocks() throws Exception {
    aRunDies();
    try (var locks = Files.list(folder.resolve("a ?%20#/locks"))) {
      assertThat(locks).isEmpty();
    }
  }
}
