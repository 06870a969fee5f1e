package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.engine.duckdb.session.Queries.Wrapped;
import dev.towpath.spi.FileScan;
import dev.towpath.spi.Names;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.stream.Collectors;

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
    Path directory = target.resolveSibling("").normalize();
    if (!Files.isDirectory(directory)) {
      throw new TowpathException(
          "the directory " + directory + " does not exist", "make it, or correct the path");
    }
    Path part = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Handed.Around around = around();
      Wrapped.of(
              BoundSql.of(query),
              "COPY (" + around.before(),
              around.after() + ") TO " + Literals.path(part) + " (" + options(target) + ")")
          .execute(job);
      job.check();
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TowpathException("cannot write " + target, null, e);
    } finally {
      Directories.delete(part);
    }
  }

  private Handed.Around around() {
    return switch (format) {
      case PARQUET -> Handed.Around.of(Queries.describe(job, query));
      case CSV -> new Handed.Around("SELECT " + plainColumns() + " FROM (", "\n)");
      case JSON, NDJSON -> new Handed.Around("SELECT * FROM (", "\n)");
    };
  }

  /** All columns, without exponents, which not all readers of CSV take for numbers. */
  private String plainColumns() {
    return Queries.describe(job, query).columns().stream()
        .map(c -> {
          String name = Names.quote(c.name());
          boolean floating = c.type().sql().equals("DOUBLE") || c.type().sql().equals("FLOAT");
          return floating ? plain(name) + " AS " + name : name;
        })
        .collect(Collectors.joining(", "));
  }

  /** A floating-point number without an exponent, with the same digits. */
  private static String plain(String number) {
    String text = "CAST(" + number + " AS VARCHAR)";
    String exponent = "CAST(split_part(" + text + ", 'e', 2) AS INTEGER)";
    String digits = "replace(ltrim(split_part(" + text + ", 'e', 1), '-'), '.', '')";
    return "CASE WHEN position('e' IN "
        + text
        + ") = 0 THEN "
        + text
        + " ELSE CASE WHEN "
        + number
        + " < 0 THEN '-' ELSE '' END || CASE WHEN "
        + exponent
        + " < 0 THEN '0.' || repeat('0', -"
        + exponent
        + " - 1) || "
        + digits
        + " ELSE rpad("
        + digits
        + ", "
        + exponent
        + " + 1, '0') || '.0' END END";
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
