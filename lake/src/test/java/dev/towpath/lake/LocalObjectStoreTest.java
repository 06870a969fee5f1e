package dev.towpath.lake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.ObjectStore.Stat;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalObjectStoreTest {
  @TempDir Path temp;
  private Path root;
  private LocalObjectStore store;

  @BeforeEach
  void open() throws IOException {
    root = temp.toRealPath().resolve("a/lake");
    store = new LocalObjectStore(root);
  }

  private void write(String path, String text) {
    store.write(path, text.getBytes(UTF_8));
  }

  private String read(String path) {
    return new String(store.read(path), UTF_8);
  }

  private List<String> all() {
    return store.list("").map(Stat::path).sorted().toList();
  }

  @Nested
  class Content {
    @Test
    void areMadeOnTheFirstWrite() {
      assertThat(root).doesNotExist();
      assertThat(store.list("")).isEmpty();
      assertThat(store.stat("x")).isEmpty();
      write("d/e/x", "one");
      assertThat(read("d/e/x")).isEqualTo("one");
      write("d/e/x", "two");
      assertThat(read("d/e/x")).isEqualTo("two");
      assertThat(all()).containsExactly("d/e/x");
      assertThat(store.stat("d/e/x")).get().extracting(Stat::bytes).isEqualTo(3L);
      assertThat(store.stat("d/e")).isEmpty();
    }

    @Test
    void areWrittenOnceIfAbsent() {
      assertThat(store.writeIfAbsent("x", "one".getBytes(UTF_8))).isTrue();
      assertThat(store.writeIfAbsent("x", "two".getBytes(UTF_8))).isFalse();
      assertThat(read("x")).isEqualTo("one");
      assertThat(all()).containsExactly("x");
    }

    @Test
    void areStagedOnceAndSynced() {
      store.stage("d/x", "one".getBytes(UTF_8));
      store.stage("d/y", "two".getBytes(UTF_8));
      store.stage("e/z", "three".getBytes(UTF_8));
      store.sync(List.of("d/x", "d/y", "e/z"));
      store.sync(List.of());
      assertThat(all()).containsExactly("d/x", "d/y", "e/z");
      assertThatThrownBy(() -> store.stage("d/x", new byte[0]))
          .isInstanceOf(TowpathException.class);
      assertThatThrownBy(() -> store.sync(List.of("d/x", "d/lost")))
          .isInstanceOf(TowpathException.class)
          .hasMessage(root + "/d/lost is missing");
    }

    @Test
    void goWithTheirEmptyDirectories() {
      write("d/e/x", "1");
      write("d/e/y", "2");
      write("d/f/z", "3");
      store.delete(List.of("d/e/x", "lost", "no/where"));
      assertThat(all()).containsExactly("d/e/y", "d/f/z");
      store.delete(List.of("d/e/y"));
      assertThat(root.resolve("d/e")).doesNotExist();
      store.delete(List.of("d/f/z"));
      assertThat(root).isEmptyDirectory();
      write("d/e/x", "again");
      assertThat(all()).containsExactly("d/e/x");
    }

    @Test
    void takeAnyNameThatThePlatformDoes() {
      write("späße & more/日本 .tmp", "x");
      assertThat(all()).containsExactly("späße & more/日本 .tmp");
    }
  }

  @Nested
  class Outside {
    @ParameterizedTest
    @ValueSource(
        strings = {"../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", "..", ".", "a/..", "a/\0"})
    void isRefused(String path) {
      assertThatThrownBy(() -> store.read(path))
          .isInstanceOf(TowpathException.class)
          .hasMessageContaining("leads out of the lake");
      assertThatThrownBy(() -> store.write(path, new byte[0])).isInstanceOf(TowpathException.class);
      assertThatThrownBy(() -> store.delete(List.of(path))).isInstanceOf(TowpathException.class);
    }

    @Test
    void isRefusedThroughLinks() throws IOException {
      Path secret = temp.resolve("secret");
      Files.createDirectories(secret);
      Files.writeString(secret.resolve("key"), "k");
      Files.createDirectories(root);
      Files.createSymbolicLink(root.resolve("dir"), secret);
      Files.createSymbolicLink(root.resolve("key"), secret.resolve("key"));
      for (String path : List.of("dir/key", "dir/deep/er", "key")) {
        assertThatThrownBy(() -> store.read(path))
            .isInstanceOf(TowpathException.class)
            .hasMessageContaining("leads out of the lake");
        assertThatThrownBy(() -> store.delete(List.of(path))).isInstanceOf(TowpathException.class);
      }
      assertThat(secret.resolve("key")).exists();
      assertThat(all()).isEmpty();
    }

    @Test
    void rootMayBeReachedThroughALink() throws IOException {
      Files.createDirectories(root);
      Path link = temp.resolve("link");
      Files.createSymbolicLink(link, root);
      new LocalObjectStore(link).write("d/x", new byte[1]);
      assertThat(all()).containsExactly("d/x");
      assertThat(new LocalObjectStore(link).local("")).isEqualTo(root);
    }
  }

  @Nested
  class Faults {
    @Test
    void saysWhatIsMissing() {
      assertThatThrownBy(() -> store.read("d/x"))
          .isInstanceOf(TowpathException.class)
          .hasMessage(root + "/d/x is missing");
    }

    @Test
    void saysThatAFileIsInTheWay() {
      write("d", "a file");
      assertThatThrownBy(() -> write("d/x", "1"))
          .isInstanceOf(TowpathException.class)
          .hasMessageContaining("cannot write " + root + "/d/x")
          .hasMessageContaining("a file is where a directory should be");
    }

    @ParameterizedTest
    @CsvSource({
      "No space left on device,the disk is full",
      "Disk quota exceeded,the disk is full",
      "Read-only file system,the disk is read-only",
      "Permission denied,no permission",
      "Input/output error,Input/output error"
    })
    void areSaidInPlainWords(String reason, String words) {
      IOException cause =
          reason.startsWith("Perm")
              ? new AccessDeniedException("/l/x")
              : new FileSystemException("/l/x", null, reason);
      assertThat(DiskFault.of(cause, "write", Path.of("/l/x")))
          .hasMessage("cannot write /l/x: " + words);
      assertThat(DiskFault.of(new IOException(reason), "write", Path.of("/l/x")))
          .hasMessage("cannot write /l/x: " + words);
    }

    @Test
    void stopsWhenInterrupted() {
      store.stage("d/x", new byte[1]);
      store.stage("d/y", new byte[1]);
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> store.sync(List.of("d/x", "d/y")))
            .isInstanceOf(CancelledException.class);
        assertThatThrownBy(() -> write("d/z", "1")).isInstanceOf(CancelledException.class);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(all()).containsExactly("d/x", "d/y");
    }
  }
}
