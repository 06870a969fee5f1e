package dev.towpath.engine.duckdb.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written is read again, whatever happened to the file meanwhile. */
class TreesTest {
  private static final String LONG = "{\"node\": \"" + "ä, ".repeat(10_000) + "\"}";

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("cache").resolve("trees.bin");
  }

  private void write(String... texts) {
    try (Trees trees = new Trees(file(), "1")) {
      for (String text : texts) {
        trees.put(text, LONG + text);
      }
    }
  }

  private String read(String text) {
    try (Trees trees = new Trees(file(), "1")) {
      return trees.get(text).orElse("nothing");
    }
  }

  @Test
  void whatIsAddedIsKept() {
    assertThat(read("a")).isEqualTo("nothing");
    write("a", "b");
    write("c");
    assertThat(read("a")).isEqualTo(LONG + "a");
    assertThat(read("b")).isEqualTo(LONG + "b");
    assertThat(read("c")).isEqualTo(LONG + "c");
    try (Trees others = new Trees(file(), "2")) {
      assertThat(others.get("a")).as("of another DuckDB").isEmpty();
    }
  }

  @Test
  void aFileThatEndsTooSoonLosesOnlyItsEnd() throws IOException {
    write("a");
    long one = Files.size(file());
    write("b");
    byte[] all = Files.readAllBytes(file());
    for (int length : new int[] {all.length - 1, (int) one + 20, (int) one + 3}) {
      Files.write(file(), Arrays.copyOf(all, length));
      assertThat(read("a")).isEqualTo(LONG + "a");
      assertThat(read("b")).isEqualTo("nothing");
      write("c");
      assertThat(read("a")).isEqualTo(LONG + "a");
      assertThat(read("c")).as("after %d bytes", length).isEqualTo(LONG + "c");
    }
  }

  @Test
  void brokenBytesAreNoTree() throws IOException {
    write("a");
    byte[] all = Files.readAllBytes(file());
    Arrays.fill(all, 30, 60, (byte) 0xFF);
    Files.write(file(), all);
    assertThat(read("a")).isEqualTo("nothing");
    write("a");
    assertThat(read("a")).isEqualTo(LONG + "a");
    Files.write(file(), new byte[] {1, 2, 3});
    assertThat(read("a")).isEqualTo("nothing");
  }

  @Test
  void withoutAFileNothingIsKept() {
    try (Trees trees = new Trees(null, "1")) {
      trees.put("a", "b");
      assertThat(trees.get("a")).isEmpty();
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoFailure() throws IOException {
    Files.writeString(folder.resolve("cache"), "a file");
    write("a");
    assertThat(read("a")).isEqualTo("nothing");
  }
}
