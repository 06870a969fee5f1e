package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.Queries.Wrapped;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes a result to a file that people take away. */
final class Export {
  private final Job job;
  private final Statement query;
  private final FileScan.Format format;

  Export(Job job, Statement query, FileScan.Format format) {
    this.job = job;
    this.query = query;
    this.format = format;
  }

  /** Writes beside the target, and puts the whole file in its place. */
  void to(Path target) {
    if (Files.isDirectory(target)) {
      throw new TowpathException(target + " is a directory", "name a file in it");
    }
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Wrapped.of(
              BoundSql.of(query),
              "COPY (SELECT * FROM (",
              "\n)) TO " + Literals.path(part) + " (" + options(target) + ")")
          .execute(job);
      job.check();
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TowpathException("cannot write " + target, null, e);
    } finally {
      Directories.delete(part);
    }
  }

  private String options(Path target) {
    String name = target.getFileName().toString();
    String compression =
        name.endsWith(".gz")
            ? ", COMPRESSION gzip"
            : name.endsWith(".zst") ? ", COMPRESSION zstd" : ", COMPRESSION none";
    return switch (format) {
      case CSV -> "FORMAT csv, HEADER true" + compression;
      case JSON -> "FORMAT json, ARRAY true" + compression;
      case NDJSON -> "FORMAT json, ARRAY false" + compression;
      case PARQUET -> "FORMAT parquet, COMPRESSION zstd";
    };
  }
}
