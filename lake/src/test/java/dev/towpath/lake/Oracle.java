package dev.towpath.lake;

import dev.towpath.spi.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Files;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Reads our tables as other programs do: with Iceberg's own library. */
final class Oracle {
  private Oracle() {}

  /** The table in a metadata file, with absolute paths as they are written. */
  static Table table(ObjectStore objects, String metadataFile) {
    String location = "file://" + objects.local(metadataFile);
    return new BaseTable(new StaticTableOperations(location, new LocalFiles()), "oracle");
  }

  /** Data files by absolute path, that a scan with a filter reads. */
  static Map<String, DataFile> scan(Table table, Expression filter) {
    Map<String, DataFile> files = new TreeMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().filter(filter).includeColumnStats().planFiles()) {
      tasks.forEach(task -> files.put(task.file().location(), task.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Position deletes by absolute path of the data file that they are applied to. */
  static Map<String, List<String>> deletes(Table table) {
    Map<String, List<String>> deletes = new TreeMap<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (!task.deletes().isEmpty()) {
          deletes.put(
              task.file().location(), task.deletes().stream().map(d -> d.location()).toList());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return deletes;
  }

  /** All data files. */
  static Map<String, DataFile> scan(Table table) {
    return scan(table, Expressions.alwaysTrue());
  }

  private static final class LocalFiles implements FileIO {
    private static final long serialVersionUID = 1L;

    @Override
    public InputFile newInputFile(String path) {
      return Files.localInput(Path.of(path.substring("file://".length())).toFile());
    }

    @Override
    public OutputFile newOutputFile(String path) {
      throw new UnsupportedOperationException("only for reading");
    }

    @Override
    public void deleteFile(String path) {
      throw new UnsupportedOperationException("only for reading");
    }
  }
}
