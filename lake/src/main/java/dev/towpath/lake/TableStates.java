package dev.towpath.lake;

import dev.towpath.lake.iceberg.FormatException;
import dev.towpath.lake.iceberg.Manifest;
import dev.towpath.lake.iceberg.ManifestEntry;
import dev.towpath.lake.iceberg.ManifestFile;
import dev.towpath.lake.iceberg.TableState;
import dev.towpath.spi.ObjectStore;
import dev.towpath.spi.TowpathException;
import java.nio.BufferUnderflowException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads metadata files and manifests, and keeps the latest ones in memory: they never change. */
final class TableStates {
  /** About 30 MB, at some 150 bytes for what is known of one column in one file. */
  private static final long MAX_COLUMNS_OF_FILES = 200_000;

  private static final long MAX_STATES = 1_000;

  private final ObjectStore objects;
  private final Lru<String, Loaded> states = new Lru<>(MAX_STATES, _ -> 1);
  private final Lru<String, List<ManifestEntry>> manifests =
      new Lru<>(MAX_COLUMNS_OF_FILES, TableStates::columnsOfFiles);

  TableStates(ObjectStore objects) {
    this.objects = objects;
  }

  /**
   * A state with its manifests.
   *
   * @param table the table's directory, relative to the root
   */
  record Loaded(String table, TableState state, List<ManifestFile> manifests) {
    Loaded {
      manifests = List.copyOf(manifests);
    }

    /** The path of a file that the metadata names. */
    String path(String absolute) {
      return TablePaths.relative(table, absolute);
    }
  }

  private static long columnsOfFiles(List<ManifestEntry> entries) {
    return entries.stream().mapToLong(e -> 2L + e.file().values().size()).sum();
  }

  /** The state that a metadata file holds. */
  Loaded load(String metadataFile) {
    Loaded known = states.get(metadataFile);
    if (known != null) {
      return known;
    }
    String table = TablePaths.tableOf(metadataFile);
    TableState state = parse(metadataFile, TableState::parse);
    String list =
        name(metadataFile, () -> TablePaths.relative(table, state.snapshot().manifestList()));
    Loaded loaded = new Loaded(table, state, parse(list, ManifestFile::readList));
    states.put(metadataFile, loaded);
    return loaded;
  }

  /** The live files of a manifest of a state. */
  List<ManifestEntry> entries(Loaded loaded, ManifestFile manifest) {
    String path = name(loaded.state().location(), () -> loaded.path(manifest.path()));
    List<ManifestEntry> known = manifests.get(path);
    if (known != null) {
      return known;
    }
    List<ManifestEntry> entries =
        List.copyOf(parse(path, content -> Manifest.read(content, manifest)));
    manifests.put(path, entries);
    return entries;
  }

  /** Keeps a state that was just written. */
  void remember(String metadataFile, Loaded loaded) {
    states.put(metadataFile, loaded);
  }

  /** Keeps the entries of a manifest that was just written. */
  void remember(String manifest, List<ManifestEntry> entries) {
    manifests.put(manifest, List.copyOf(entries));
  }

  private <T> T parse(String path, Function<byte[], T> parser) {
    byte[] content = objects.read(path);
    return name(path, () -> parser.apply(content));
  }

  /** Says which file it is when its content makes no sense. */
  <T> T name(String path, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (FormatException
        | IndexOutOfBoundsException
        | ArithmeticException
        | IllegalArgumentException
        | NullPointerException
        | BufferUnderflowException e) {
      throw damaged(path, e); // all that damaged numbers and texts lead to, here and there
    }
  }

  private TowpathException damaged(String path, RuntimeException cause) {
    return new TowpathException(
        "the lake's file " + path + " is damaged: " + cause.getMessage(),
        "\"towpath run TABLE --full\" makes its table anew, \"towpath rollback\" goes back to an"
            + " earlier release; or copy the file back from a backup",
        cause);
  }
}
