package dev.towpath.spi;

import java.util.List;

/**
 * What a write produced.
 *
 * @param files complete, not yet fsynced files; empty when there were no rows
 * @param rejected rows set aside by a tolerant scan, at most a million
 */
public record WriteResult(List<DataFile> files, List<RejectedRow> rejected) {
  public WriteResult {
    files = List.copyOf(files);
    rejected = List.copyOf(rejected);
  }

  /**
   * A row that did not fit.
   *
   * @param file as {@link FileScan.InputFile#name}
   * @param line 1-based line in the file, the header counted
   * @param column the column at fault, or empty text when the whole row is
   * @param text the row as it stands in the file
   * @param reason why, in plain words
   */
  public record RejectedRow(String file, long line, String column, String text, String reason) {}
}
