package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.towpath.cli.Towpath;
import dev.towpath.fault.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console in a real browser, over a real server of the flights example. What is done there is
 * in {@code console/src/test/e2e}; pictures of every view come to {@code console/target}.
 */
@Tag("integration")
class ConsoleTest {
  private static final Path CONSOLE = Path.of("..", "console");
  private static final Path CHROMIUM =
      Path.of(System.getenv().getOrDefault("TOWPATH_CHROMIUM", "/usr/bin/chromium"));

  @TempDir private Path folder;

  @Test
  void doesWhatPeopleWantOfIt() throws Exception {
    assumeTrue(Files.isExecutable(CHROMIUM), "there is no Chromium at " + CHROMIUM);
    assumeTrue(
        Files.isDirectory(CONSOLE.resolve("node_modules/@playwright/test")),
        "the console was not built: there is no npm");
    Towpath.copy(Path.of("..", "examples", "flights"), folder);
    Towpath project = new Towpath(folder);
    project.run("run").good();
    project.run("run", "marts.daily", "--full").good();
    Path said = folder.resolve("playwright.txt");
    try (Served server = Served.start(folder)) {
      ProcessBuilder npm =
          new ProcessBuilder("npm", "run", "e2e", "--silent")
              .directory(CONSOLE.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      npm.environment().put("TOWPATH_URL", server.url().toString());
      npm.environment().put("TOWPATH_TOKEN", server.token());
      npm.environment().put("TOWPATH_PROJECT", folder.toString());
      npm.environment().put("TOWPATH_CHROMIUM", CHROMIUM.toString());
      npm.environment().put("TOWPATH_COMMAND", Served.JSON.writeValueAsString(Program.command()));
      Process process = npm.start();
      try {
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("it ended").isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }
}
