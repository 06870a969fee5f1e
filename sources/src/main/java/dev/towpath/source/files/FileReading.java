package dev.towpath.source.files;

import dev.towpath.source.common.Hashes;
import dev.towpath.spi.Extract;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import dev.towpath.spi.SourceState.SourceFile;
import dev.towpath.spi.SourceTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Files that an engine reads.
 *
 * @param known the files of the scan as they were before
 * @param kept entries of files that are in the table and not read now
 * @param background hashes what is large
 */
record FileReading(
    SourceTable table,
    FileScan scan,
    Schema schema,
    List<KnownFile> known,
    List<SourceFile> kept,
    SourceReader.Effect effect,
    Background background)
    implements Reading {
  FileReading {
    known = List.copyOf(known);
    kept = List.copyOf(kept);
  }

  @Override
  public Extract extract() {
    return new Extract.Files(scan);
  }

  @Override
  public SourceState finish() {
    List<SourceFile> files = new ArrayList<>(kept);
    files.addAll(Hashes.forAll(known, file -> file.verify(table)));
    files.sort(Comparator.comparing(SourceFile::name));
    return new SourceState(Map.of(), files);
  }

  @Override
  public void close() {
    background.close(); // the engine holds the files, not this
  }
}
