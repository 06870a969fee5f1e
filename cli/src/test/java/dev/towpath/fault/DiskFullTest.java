package dev.towpath.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.towpath.cli.Towpath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk, in memory, that has no room for what a run wants to write. */
@Tag("integration")
class DiskFullTest {
  @TempDir private Path temp;
  private Path disk = Path.of("");
  private Path folder = Path.of("");

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(temp.resolve("disk"));
    folder = temp.resolve("project");
    Towpath.copy(Path.of("..", "examples", "flights"), folder);
    for (String table : new String[] {"flights", "weather"}) {
      for (int month = 2; month <= 12; month++) {
        Files.delete(folder.resolve("data/%s/2013-%02d.csv.gz".formatted(table, month)));
      }
    }
    assumeTrue(
        Cli.isRoot() && call("mount", "-t", "tmpfs", "-o", "size=60k", "tmpfs", disk.toString()),
        "a small disk needs the right to mount one");
  }

  @AfterEach
  void unmount() throws Exception {
    if (Cli.isRoot()) {
      call("umount", disk.toString());
    }
  }

  private void size(String size) throws Exception {
    assertThat(call("mount", "-o", "remount,size=" + size, disk.toString())).isTrue();
  }

  private static boolean call(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
  }

  /** Sizes at which different things are the first that finds no room. */
  @ParameterizedTest
  @CsvSource({
    "lake, 16k",
    "lake, 600k",
    "lake, 1500k",
    "metadata, 60k",
    "metadata, 200k",
    "metadata, 400k"
  })
  void aFullDiskFailsTheRunAndNothingElse(String what, String size) throws Exception {
    Path place = disk.resolve(what.equals("lake") ? "lake" : "metadata.db");
    Path settings = folder.resolve("towpath.yml");
    Files.writeString(
        settings,
        Files.readString(settings).replace("dev: {}", "dev: {%s: %s}".formatted(what, place)));
    Cli project = Cli.in(folder);
    size(size);

    project.run("run").ends(1).tells("the disk", place.toString(), "full");
    project.run("run").ends(1).tells("the disk", place.toString(), "full");
    size("100m");
    assertThat(project.run("releases").good().out()).contains("nothing is published yet");
    assertThat(project.run("run").good().out()).contains("published release 1 of dev");
    assertThat(Small.number(project, "SELECT count(*) FROM core.flights")).isEqualTo("27004");
    assertThat(project.run("run").good().out()).contains("nothing is stale");
  }
}
