package dev.towpath.metadata;

import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** A lake's files in memory, dated by a clock that the test sets. */
class MemoryObjects implements ObjectStore {
  private final Map<String, Entry> files;
  private final InstantSource clock;

  MemoryObjects(InstantSource clock) {
    this.clock = clock;
    this.files = new ConcurrentSkipListMap<>();
  }

  /** Another view of the same files. */
  MemoryObjects(InstantSource clock, MemoryObjects same) {
    this.clock = clock;
    this.files = same.files;
  }

  private static final class Entry {
    private final byte[] content;
    private final Instant modified;

    Entry(byte[] content, Instant modified) {
      this.content = content.clone();
      this.modified = modified;
    }
  }

  @Override
  public byte[] read(String path) {
    Entry entry = files.get(path);
    if (entry == null) {
      throw new TowpathException("there is no file " + path + " in the lake");
    }
    return entry.content.clone();
  }

  @Override
  public void write(String path, byte[] content) {
    files.put(path, new Entry(content, clock.instant()));
  }

  @Override
  public boolean writeIfAbsent(String path, byte[] content) {
    return files.putIfAbsent(path, new Entry(content, clock.instant())) == null;
  }

  @Override
  public Optional<Stat> stat(String path) {
    return Optional.ofNullable(files.get(path)).map(entry -> stat(path, entry));
  }

  @Override
  public Stream<Stat> list(String directory) {
    return files.entrySet().stream()
        .filter(e -> directory.isEmpty() || e.getKey().startsWith(directory + "/"))
        .map(e -> stat(e.getKey(), e.getValue()))
        .toList()
        .stream();
  }

  private static Stat stat(String path, Entry entry) {
    return new Stat(path, entry.content.length, entry.modified);
  }

  @Override
  public void delete(List<String> paths) {
    paths.forEach(files::remove);
  }

  @Override
  public void sync(List<String> paths) {}

  @Override
  public Path local(String path) {
    throw new UnsupportedOperationException("in memory");
  }
}
