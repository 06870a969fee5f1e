package dev.towpath.spi;

import java.util.List;

/**
 * What an engine needs to read one state of a table.
 *
 * @param fields the current columns; a file that lacks an id reads as NULL there
 * @param files all live files, each with the rows of it that are gone
 */
public record TableFiles(List<Field> fields, List<DataFile> files) {
  public TableFiles {
    fields = List.copyOf(fields);
    files = List.copyOf(files);
  }

  /** Rows that are there, of all files. */
  public long rows() {
    return files.stream().mapToLong(DataFile::live).sum();
  }

  /** Bytes of all files, and of those that say what is gone. */
  public long bytes() {
    return files.stream()
        .mapToLong(f -> f.bytes() + f.deletes().map(DataFile.Deletes::bytes).orElse(0L))
        .sum();
  }
}
