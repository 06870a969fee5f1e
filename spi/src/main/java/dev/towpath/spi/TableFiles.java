package dev.towpath.spi;

import java.util.List;

/**
 * What an engine needs to read one state of a table.
 *
 * @param fields the current columns; a file that lacks an id reads as NULL there
 * @param files all live files; there are no delete files
 */
public record TableFiles(List<Field> fields, List<DataFile> files) {
  public TableFiles {
    fields = List.copyOf(fields);
    files = List.copyOf(files);
  }

  /** Rows of all files. */
  public long rows() {
    return files.stream().mapToLong(DataFile::rows).sum();
  }

  /** Bytes of all files. */
  public long bytes() {
    return files.stream().mapToLong(DataFile::bytes).sum();
  }
}
