package dev.towpath.cli;

import dev.towpath.metadata.PostgresStore;
import java.nio.file.Path;

/** Where what runs print is kept: a folder with a folder for each run. */
final class LogFolder {
  private LogFolder() {}

  /**
   * That of an environment. Machines that share a store share the disk of its lake, too: there each
   * of them sees what the others' tasks print, and a task that another machine does again goes on
   * with its log. Gc leaves alone what is no table's.
   */
  static Path of(Platform platform) {
    Path work = platform.workDirectory();
    if (platform.environment().metadata().filter(PostgresStore::takes).isEmpty()) {
      return work.resolve("logs");
    }
    Path lake =
        platform
            .environment()
            .lake()
            .map(platform.project().root()::resolve)
            .orElse(work.resolve("lake"));
    return lake.resolve("logs");
  }
}
