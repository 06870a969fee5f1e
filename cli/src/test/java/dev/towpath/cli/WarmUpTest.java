package dev.towpath.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that train the AOT cache work; the launcher would hide it if one did not. */
class WarmUpTest {
  @Test
  void everyCommandSucceeds(@TempDir Path folder) throws Exception {
    WarmUp.in(folder);
  }
}
