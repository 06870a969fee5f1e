package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.towpath.cli.Towpath;
import dev.towpath.fault.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console in a real browser, over a real server of the flights example. What is done there is
 * in {@code console/src/test/e2e}; pictures of every view come to {@code console/target}. With
 * {@code -Dtowpath.specs="walk story"} it is only what the files of these names have.
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
      List<String> command = new ArrayList<>(List.of("npm", "run", "e2e", "--silent", "--"));
      String specs = System.getProperty("towpath.specs", "");
      Stream.of(specs.split(" ")).filter(s -> !s.isBlank()).forEach(command::add);
      ProcessBuilder npm =
          new ProcessBuilder(command)
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
        assertThat(process.waitFor(30, TimeUnit.MINUTES)).as("it ended").isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }
}
