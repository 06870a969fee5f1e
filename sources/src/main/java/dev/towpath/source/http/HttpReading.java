package dev.towpath.source.http;

import dev.towpath.spi.Extract;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceReader.Reading;
import dev.towpath.spi.SourceState;
import java.util.List;
import java.util.Optional;

/**
 * Records that were fetched and lie on disk.
 *
 * @param next what the next reading starts from
 * @param newest the cursor: pages may overlap, and a record may change while they are read
 */
record HttpReading(
    Download download,
    Schema schema,
    SourceState next,
    SourceReader.Effect effect,
    List<String> key,
    Optional<String> newest)
    implements Reading {
  HttpReading {
    key = List.copyOf(key);
  }

  @Override
  public Extract extract() {
    return new Extract.Files(download.scan(schema));
  }

  @Override
  public SourceState finish() {
    return next;
  }

  @Override
  public Optional<String> note() {
    return download.doubt();
  }

  @Override
  public void close() {
    download.close();
  }
}
