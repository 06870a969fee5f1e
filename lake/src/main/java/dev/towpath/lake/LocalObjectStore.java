package dev.towpath.lake;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * A lake on a local disk. Thread-safe, also against other processes.
 *
 * <p>A file is durable when its content is synced and so is every directory on its way from the
 * root, each of which holds the name of the next. A directory whose own name is known to be synced
 * is remembered, so that a write pays only for what is new.
 */
public final class LocalObjectStore implements ObjectStore {
  private static final int MAX_REMEMBERED = 10_000;
  private static final int MAX_SYNCS = 8;
  private static final int MAX_ATTEMPTS = 10;

  private final Path root;

  /** The nearest directory to the root that was there before us; the root itself in an old lake. */
  private final Path anchor;

  private final Set<Path> settled = ConcurrentHashMap.newKeySet();
  private final Set<Path> inside = ConcurrentHashMap.newKeySet();

  /**
   * A lake below a directory, which the first write makes.
   *
   * @param root need not exist
   */
  public LocalObjectStore(Path root) {
    Path absolute = root.toAbsolutePath().normalize();
    Path existing = existing(absolute);
    anchor = real(existing);
    this.root = anchor.resolve(existing.relativize(absolute)).normalize();
  }

  private static Path existing(Path path) {
    Path existing = path;
    while (!Files.exists(existing)) {
      Path parent = existing.getParent();
      if (parent == null) {
        return existing;
      }
      existing = parent;
    }
    return existing;
  }

  /** The path with links followed, so that a lake has one path only. */
  private static Path real(Path existing) {
    try {
      return existing.toRealPath();
    } catch (IOException e) {
      throw DiskFault.of(e, "reach", existing);
    }
  }

  @Override
  public Path local(String path) {
    if (path.isEmpty()) {
      return root;
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
        throw outside(path);
      }
    }
    Path file = root.resolve(path).normalize();
    if (!file.startsWith(root) || file.equals(root)) {
      throw outside(path);
    }
    Path directory = directoryOf(file);
    if (!inside.contains(directory)) {
      checkInside(directory, path);
    }
    if (Files.isSymbolicLink(file)) {
      throw outside(path);
    }
    return file;
  }

  private void checkInside(Path directory, String path) {
    Path existing = existing(directory);
    if (existing.startsWith(root) && !real(existing).startsWith(root)) {
      throw outside(path);
    }
    if (Files.isDirectory(directory)) {
      remember(inside, directory);
    }
  }

  private static void remember(Set<Path> set, Path path) {
    if (set.size() >= MAX_REMEMBERED) {
      set.clear();
    }
    set.add(path);
  }

  private TowpathException outside(String path) {
    return new TowpathException(
        "\"" + path + "\" leads out of the lake at " + root,
        "paths in a lake have no \"..\", start with no \"/\", and follow no symbolic links");
  }

  private static Path directoryOf(Path file) {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " has no directory");
    }
    return parent;
  }

  @Override
  public byte[] read(String path) {
    Path file = local(path);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw DiskFault.of(e, "read", file);
    }
  }

  @Override
  public void write(String path, byte[] content) {
    Path file = local(path);
    try {
      Path temporary = temporary(file, content);
      try {
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
      syncDirectory(directoryOf(file));
    } catch (IOException e) {
      throw DiskFault.of(e, "write", file);
    }
  }

  @Override
  public boolean writeIfAbsent(String path, byte[] content) {
    Path file = local(path);
    try {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      Path temporary = temporary(file, content);
      try {
        link(temporary, file, content);
      } catch (FileAlreadyExistsException e) {
        return false;
      } finally {
        Files.deleteIfExists(temporary);
      }
      syncDirectory(directoryOf(file));
      return true;
    } catch (IOException e) {
      throw DiskFault.of(e, "write", file);
    }
  }

  /** Gives a whole file its name, which only one of several writers can. */
  private static void link(Path temporary, Path file, byte[] content) throws IOException {
    try {
      Files.createLink(file, temporary);
    } catch (UnsupportedOperationException e) {
      put(file, content, true); // a disk without links: exclusive still, but seen while it grows
    }
  }

  @Override
  public void stage(String path, byte[] content) {
    Path file = local(path);
    try {
      makeDirectory(directoryOf(file));
      put(file, content, false);
    } catch (IOException e) {
      throw DiskFault.of(e, "write", file);
    }
  }

  private Path temporary(Path file, byte[] content) throws IOException {
    Path directory = directoryOf(file);
    makeDirectory(directory);
    Path temporary = directory.resolve(".tmp-" + UUID.randomUUID());
    try {
      put(temporary, content, true);
      return temporary;
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  private static void put(Path file, byte[] content, boolean sync) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (sync) {
        channel.force(true);
      }
    }
  }

  private void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      settled.remove(directory);
      make(directory);
    }
  }

  /** Makes a directory and its parents, while another process may be pruning empty ones. */
  static void make(Path directory) throws IOException {
    for (int attempt = 1; !Files.isDirectory(directory); attempt++) {
      try {
        Files.createDirectories(directory);
      } catch (NoSuchFileException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  @Override
  public Optional<Stat> stat(String path) {
    Path file = local(path);
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile() ? Optional.of(stat(path, attributes)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFault.of(e, "read", file);
    }
  }

  private static Stat stat(String path, BasicFileAttributes attributes) {
    return new Stat(path, attributes.size(), attributes.lastModifiedTime().toInstant());
  }

  @Override
  public Stream<Stat> list(String directory) {
    Path start = local(directory);
    List<Stat> files = new ArrayList<>();
    try {
      Files.walkFileTree(start, new Lister(files));
    } catch (NoSuchFileException e) {
      return Stream.of();
    } catch (IOException e) {
      throw DiskFault.of(e, "list", start);
    }
    return files.stream();
  }

  private final class Lister extends SimpleFileVisitor<Path> {
    private final List<Stat> files;

    Lister(List<Stat> files) {
      this.files = files;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        String path = root.relativize(file).toString().replace('\\', '/');
        files.add(stat(path, attributes));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE; // somebody removed it while we looked
      }
      throw e;
    }
  }

  @Override
  public void delete(List<String> paths) {
    Set<Path> directories = new LinkedHashSet<>();
    for (String path : paths) {
      Path file = local(path);
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw DiskFault.of(e, "delete", file);
      }
      directories.add(directoryOf(file));
    }
    directories.forEach(this::prune);
  }

  private void prune(Path directory) {
    Path current = directory;
    try {
      while (!current.equals(root)) {
        settled.remove(current);
        inside.remove(current);
        Files.deleteIfExists(current);
        current = directoryOf(current);
      }
    } catch (DirectoryNotEmptyException e) {
      return; // the usual end
    } catch (IOException e) {
      throw DiskFault.of(e, "delete", current);
    }
  }

  @Override
  public void sync(List<String> paths) {
    Set<Path> files = new LinkedHashSet<>();
    Set<Path> directories = new LinkedHashSet<>();
    for (String path : paths) {
      Path file = local(path);
      files.add(file);
      directories.add(directoryOf(file));
    }
    sync(files, directories);
  }

  private void syncDirectory(Path directory) {
    sync(Set.of(), Set.of(directory));
  }

  private void sync(Set<Path> files, Set<Path> directories) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancelledException(); // waiting for what is done already would not notice
    }
    Set<Path> holders = new LinkedHashSet<>(directories);
    for (Path directory : directories) {
      for (Path d = directory; !d.equals(anchor) && !settled.contains(d); d = directoryOf(d)) {
        holders.add(directoryOf(d));
      }
    }
    Set<Path> all = new LinkedHashSet<>(files);
    if (File.separatorChar == '/') { // Windows cannot, and need not, sync a directory
      all.addAll(holders);
    }
    forceAll(all);
    holders.forEach(
        d -> remember(settled, d)); // each one's name stands in one synced now or before
  }

  /** Syncs in parallel: the file system then puts many into one turn of the disk. */
  private static void forceAll(Set<Path> paths) {
    if (paths.size() < 3) {
      paths.forEach(LocalObjectStore::force);
      return;
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(paths.size(), MAX_SYNCS), Thread.ofVirtual().factory())) {
      List<Future<?>> syncs = new ArrayList<>();
      paths.forEach(path -> syncs.add(threads.submit(() -> force(path))));
      for (Future<?> sync : syncs) {
        sync.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TowpathException known) {
        throw known;
      }
      throw new IllegalStateException(e);
    }
  }

  private static void force(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw DiskFault.of(e, "sync", file);
    }
  }
}
