package dev.towpath.core.lineage;

import dev.towpath.spi.Lineage;
import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.Lineage.Output;
import dev.towpath.spi.Lineage.Use;
import dev.towpath.spi.TableName;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers lineages by content, in one file that is read when something is first asked of it. It
 * only ever saves time: a missing, broken or unwritable file means an empty cache. Thread-safe.
 */
public final class LineageCache {
  private static final int MAGIC = 0x546f7702;

  private final Path file;
  private final String version;
  private final Map<String, Lineage> known = new HashMap<>();
  private final Map<String, Lineage> used = new ConcurrentHashMap<>();
  private boolean loaded;
  private volatile boolean changed;

  /**
   * A cache.
   *
   * @param version of everything that the content depends on; another version empties the cache
   */
  public LineageCache(Path file, String version) {
    this.file = file;
    this.version = version;
  }

  String version() {
    return version;
  }

  synchronized Optional<Lineage> get(String key) {
    if (!loaded) {
      loaded = true;
      load();
    }
    Lineage found = known.get(key);
    if (found != null) {
      used.putIfAbsent(key, found);
    }
    return Optional.ofNullable(used.get(key));
  }

  void put(String key, Lineage lineage) {
    used.put(key, lineage);
    changed = true;
  }

  private void load() {
    if (!Files.isReadable(file)) {
      return;
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (in.readInt() != MAGIC || !in.readUTF().equals(version)) {
        return;
      }
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        known.put(in.readUTF(), read(in));
      }
    } catch (IOException | RuntimeException e) { // a broken cache is an empty cache
      known.clear();
    }
  }

  /**
   * Writes what there is, if anything was added. Failing to write is no failure.
   *
   * @param all whether everything that is worth keeping was asked for since opening
   */
  synchronized void save(boolean all) {
    if (!changed) {
      return;
    }
    Map<String, Lineage> kept = new HashMap<>(all ? Map.of() : known);
    kept.putAll(used);
    Path parent = file.toAbsolutePath().getParent();
    try {
      Files.createDirectories(parent);
      Path temp = Files.createTempFile(parent, "lineage", ".tmp");
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temp), 1 << 16))) {
        out.writeInt(MAGIC);
        out.writeUTF(version);
        out.writeInt(kept.size());
        for (Map.Entry<String, Lineage> entry : kept.entrySet()) {
          out.writeUTF(entry.getKey());
          write(out, entry.getValue());
        }
      }
      Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      changed = false;
    } catch (IOException e) {
      changed = true; // a read-only project is looked into all the same, only slower
    }
  }

  private static void write(DataOutputStream out, Lineage lineage) throws IOException {
    Map<Input, Integer> places = new LinkedHashMap<>();
    lineage.reads().forEach(i -> places.putIfAbsent(i, places.size()));
    out.writeInt(places.size());
    for (Input input : places.keySet()) {
      out.writeUTF(input.table().schema());
      out.writeUTF(input.table().table());
      out.writeUTF(input.column());
    }
    out.writeInt(lineage.columns().size());
    for (Output column : lineage.columns()) {
      out.writeUTF(column.name());
      out.writeInt(column.from().size());
      for (Map.Entry<Input, Use> from : column.from().entrySet()) {
        out.writeInt(place(places, from.getKey()));
        out.writeUTF(from.getValue().name());
      }
    }
    out.writeInt(lineage.rows().size());
    for (Input row : lineage.rows()) {
      out.writeInt(place(places, row));
    }
  }

  private static int place(Map<Input, Integer> places, Input input) {
    return java.util.Objects.requireNonNull(places.get(input));
  }

  private static Lineage read(DataInputStream in) throws IOException {
    List<Input> inputs = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      inputs.add(new Input(new TableName(in.readUTF(), in.readUTF()), in.readUTF()));
    }
    List<Output> columns = new ArrayList<>();
    count = in.readInt();
    for (int i = 0; i < count; i++) {
      String name = in.readUTF();
      Map<Input, Use> from = new LinkedHashMap<>();
      int size = in.readInt();
      for (int j = 0; j < size; j++) {
        from.put(inputs.get(in.readInt()), Use.valueOf(in.readUTF()));
      }
      columns.add(new Output(name, from));
    }
    Set<Input> rows = new LinkedHashSet<>();
    count = in.readInt();
    for (int i = 0; i < count; i++) {
      rows.add(inputs.get(in.readInt()));
    }
    return new Lineage(columns, rows);
  }
}
