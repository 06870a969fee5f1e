package dev.towpath.spi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files to be read by an engine.
 *
 * @param files what to read, in order; may be empty when {@code columns} is given
 * @param options of a CSV: {@code delimiter}, {@code header} ({@code true} or {@code false}),
 *     {@code quote}, {@code escape}, {@code nullstr}, {@code dateformat}, {@code timestampformat},
 *     {@code decimal_separator}, {@code skip} (lines), {@code encoding}, {@code comment}; of a JSON
 *     file: {@code dateformat}, {@code timestampformat}; of both, {@code sample_size}: the number
 *     of rows to infer columns from, {@code -1} for all; one left out is the engine's to tell
 * @param columns names and types to read as; empty means the engine infers them over all files.
 *     Matched by name, whatever their order in a file, and by position only in a CSV without a
 *     header; a file that lacks one reads as NULL there, and others in the file are left out (the
 *     source has already told drift)
 * @param tolerant whether a row that does not fit is set aside instead of failing the read
 */
public record FileScan(
    Format format,
    List<InputFile> files,
    Map<String, String> options,
    Optional<Schema> columns,
    boolean tolerant) {
  public FileScan {
    files = List.copyOf(files);
    options = Map.copyOf(options);
  }

  /** How the files are written; gzip and zstd are told by the ending. */
  public enum Format {
    CSV,
    JSON,
    NDJSON,
    PARQUET
  }

  /**
   * One file.
   *
   * @param name as problems and {@code _file} say it: relative to the project, forward slashes
   */
  public record InputFile(String name, Path path) {}
}
