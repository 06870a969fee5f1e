package dev.towpath.metadata;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest extends JournalContract {
  @TempDir private Path folder;

  @Override
  Backend backend() {
    return new SqliteBackend(folder.resolve("store/metadata.db"));
  }
}
