package dev.towpath.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.DataFile;
import dev.towpath.spi.Lake.Draft;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits that stop half-way, lakes that move, and files that are damaged or gone. */
class CrashTest {
  private static final TableName TABLE = TableName.parse("a.b");
  private static final Schema SCHEMA = Schema.of("c", "INTEGER");

  @TempDir Path temp;
  private Path root;
  private LocalObjectStore objects;
  private IcebergLake lake;
  private String base;
  private DataFile old;

  @BeforeEach
  void commitTheBase() throws IOException {
    root = temp.toRealPath().resolve("lake");
    objects = new LocalObjectStore(root);
    lake = new IcebergLake(objects);
    Draft draft = draft(lake, Optional.empty());
    old = file(draft, "old");
    base = lake.commit(draft, List.of(old), Set.of(), Map.of());
  }

  private static Draft draft(IcebergLake lake, Optional<String> base) {
    return lake.draft(TABLE, base, SCHEMA, List.of(), Map.of());
  }

  private DataFile file(Draft draft, String name) {
    return TestFiles.file(objects, draft, name, 10, Map.of(), Map.of());
  }

  /** An object store that fails at its n-th change, after doing half of it. */
  private static final class Failing implements ObjectStore {
    private final ObjectStore store;
    private int left;

    Failing(ObjectStore store, int left) {
      this.store = store;
      this.left = left;
    }

    private void step(Runnable half) {
      if (left-- == 0) {
        half.run();
        throw new TowpathException("killed");
      }
    }

    @Override
    public byte[] read(String path) {
      return store.read(path);
    }

    @Override
    public void write(String path, byte[] content) {
      step(() -> {});
      store.write(path, content);
    }

    @Override
    public void stage(String path, byte[] content) {
      step(() -> store.stage(path, Arrays.copyOf(content, content.length / 2)));
      store.stage(path, content);
    }

    @Override
    public boolean writeIfAbsent(String path, byte[] content) {
      step(() -> {});
      return store.writeIfAbsent(path, content);
    }

    @Override
    public Optional<Stat> stat(String path) {
      return store.stat(path);
    }

    @Override
    public Stream<Stat> list(String directory) {
      return store.list(directory);
    }

    @Override
    public void delete(List<String> paths) {
      throw new AssertionError("a commit deletes nothing");
    }

    @Override
    public void sync(List<String> paths) {
      step(() -> store.sync(paths.subList(0, paths.size() / 2)));
      store.sync(paths);
    }

    @Override
    public Path local(String path) {
      return store.local(path);
    }
  }

  @Test
  void aKilledCommitLeavesTheBaseAsItWas() {
    int steps = 0;
    for (boolean done = false; !done; steps++) {
      IcebergLake failing = new IcebergLake(new Failing(objects, steps));
      Draft draft = draft(failing, Optional.of(base));
      List<DataFile> added = List.of(file(draft, "new"));
      try {
        String next = failing.commit(draft, added, Set.of(old.path()), Map.of());
        assertThat(new IcebergLake(objects).files(next).files()).isEqualTo(added);
        done = true;
      } catch (TowpathException e) {
        assertThat(e).hasMessage("killed");
      }
      assertThat(new IcebergLake(objects).files(base).files()).containsExactly(old);
      assertThat(Oracle.scan(Oracle.table(objects, base))).hasSize(1);
    }
    assertThat(steps).isEqualTo(5); // manifest, manifest list, metadata file, sync, success
  }

  @Test
  void everythingOfACommitIsSynced() {
    Set<String> synced = new HashSet<>();
    ObjectStore watching =
        new Delegate(objects) {
          @Override
          public void sync(List<String> paths) {
            synced.addAll(paths);
            super.sync(paths);
          }
        };
    IcebergLake watched = new IcebergLake(watching);
    Draft draft = draft(watched, Optional.of(base));
    String next = watched.commit(draft, List.of(file(draft, "new")), Set.of(), Map.of());
    Set<String> fresh = new HashSet<>(lake.reach(next));
    fresh.removeAll(lake.reach(base));
    assertThat(synced).isEqualTo(fresh).hasSize(4);
  }

  private static class Delegate implements ObjectStore {
    private final ObjectStore store;

    Delegate(ObjectStore store) {
      this.store = store;
    }

    @Override
    public byte[] read(String path) {
      return store.read(path);
    }

    @Override
    public void write(String path, byte[] content) {
      throw new AssertionError("not synced with the others: " + path);
    }

    @Override
    public void stage(String path, byte[] content) {
      store.stage(path, content);
    }

    @Override
    public boolean writeIfAbsent(String path, byte[] content) {
      throw new AssertionError("not synced with the others: " + path);
    }

    @Override
    public Optional<Stat> stat(String path) {
      return store.stat(path);
    }

    @Override
    public Stream<Stat> list(String directory) {
      return store.list(directory);
    }

    @Override
    public void delete(List<String> paths) {
      store.delete(paths);
    }

    @Override
    public void sync(List<String> paths) {
      store.sync(paths);
    }

    @Override
    public Path local(String path) {
      return store.local(path);
    }
  }

  @Test
  void aMovedLakeReadsAndItsNextCommitServesOtherReaders() throws IOException {
    Path moved = temp.toRealPath().resolve("elsewhere");
    Files.move(root, moved);
    objects = new LocalObjectStore(moved);
    lake = new IcebergLake(objects);
    assertThat(lake.files(base).files()).containsExactly(old);
    assertThat(lake.reach(base)).allSatisfy(p -> assertThat(objects.stat(p)).isPresent());
    Draft draft = draft(lake, Optional.of(base));
    DataFile added = file(draft, "new");
    String next = lake.commit(draft, List.of(added), Set.of(), Map.of());
    assertThat(Oracle.scan(Oracle.table(objects, next)).keySet())
        .containsExactlyInAnyOrder(
            "file://" + moved + "/" + old.path(), "file://" + moved + "/" + added.path());
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    for (String path : metadataFiles()) {
      byte[] content = objects.read(path);
      Files.delete(objects.local(path));
      assertThatThrownBy(() -> new IcebergLake(objects).files(base))
          .isInstanceOf(TowpathException.class)
          .hasMessage(root + "/" + path + " is missing")
          .satisfies(e -> assertThat(((TowpathException) e).hint()).isPresent());
      objects.stage(path, content);
    }
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    for (String path : metadataFiles()) {
      byte[] content = objects.read(path);
      List<byte[]> damages = new ArrayList<>();
      for (int length = 0; length < content.length; length += 1 + content.length / 20) {
        damages.add(Arrays.copyOf(content, length));
      }
      damages.add("[]".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      damages.add("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      for (byte[] damage : damages) {
        Files.write(objects.local(path), damage);
        assertThatThrownBy(() -> new IcebergLake(objects).files(base))
            .as(path + " of " + damage.length)
            .isInstanceOf(TowpathException.class)
            .hasMessageContaining(path + " is damaged");
      }
      Files.write(objects.local(path), content);
    }
  }

  @Test
  void anyWrongByteEndsInPlainWordsOrInNothing() throws IOException {
    for (String path : metadataFiles()) {
      byte[] content = objects.read(path);
      for (int at = 0; at < content.length; at++) {
        byte[] damage = content.clone();
        damage[at] ^= (byte) (1 << (at % 8));
        Files.write(objects.local(path), damage);
        try {
          new IcebergLake(objects).files(base);
        } catch (TowpathException e) {
          assertThat(e.getMessage()).containsAnyOf("damaged", "missing", "leads out");
        }
      }
      Files.write(objects.local(path), content);
    }
  }

  private List<String> metadataFiles() {
    return lake.reach(base).stream().filter(p -> p.contains("/metadata/")).toList();
  }
}
