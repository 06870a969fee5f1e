package dev.towpath.metadata;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteVersionsTest extends VersionsContract {
  @TempDir private Path folder;

  @Override
  Backend backend() {
    return new SqliteBackend(folder.resolve("store/metadata.db"));
  }
}
