package dev.towpath.metadata;

import dev.towpath.spi.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** A file in a folder of its own. */
record SqliteBackend(Path file) implements Backend {
  @Override
  public SqlStore open(Database database, ObjectStore objects, InstantSource clock) {
    return new SqliteStore(database, objects, clock);
  }

  @Override
  public Database database(UnaryOperator<Connection> wrap) {
    return new SqliteDatabase(file, Migrations.STEPS, SqliteDatabase.MOUNTS, wrap);
  }

  @Override
  public void lose() {
    try {
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes the folder. */
  @Override
  public void close() {
    try (var files = Files.walk(file.resolveSibling(""))) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (NoSuchFileException e) {
      assert e != null; // nothing was made
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
