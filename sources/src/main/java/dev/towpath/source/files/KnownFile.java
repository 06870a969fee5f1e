package dev.towpath.source.files;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.source.common.Hashes;
import dev.towpath.source.common.Stamp;
import dev.towpath.spi.FileScan.InputFile;
import dev.towpath.spi.SourceState.SourceFile;
import dev.towpath.spi.SourceTable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;

/**
 * A file whose content was seen.
 *
 * @param stamp taken before the hash
 * @param hash of the whole content
 * @param hashedAt just before the hash was taken
 */
record KnownFile(InputFile file, Stamp stamp, String hash, Instant hashedAt) {

  /** Looks at a file and makes sure that there is something to read. */
  static Stamp stamp(SourceTable table, InputFile file) {
    try {
      Stamp stamp = Stamp.of(file.path());
      if (stamp.directory()) {
        throw Failures.of(
            table,
            quoted(file.name()) + " is a folder",
            "to read the files in it write path: " + quoted(file.name() + "/*"));
      }
      if (!stamp.regular()) {
        throw Failures.of(
            table,
            quoted(file.name()) + " is no ordinary file",
            "pipes and devices cannot be read twice: copy the data into a file");
      }
      return stamp;
    } catch (IOException e) {
      throw Failures.unreadable(table, file.name(), e);
    }
  }

  /** Reads a file to know it, and refuses one that holds nothing or only a part. */
  static KnownFile of(SourceTable table, InputFile file) {
    Stamp stamp = stamp(table, file);
    if (stamp.bytes() == 0) {
      throw empty(table, file);
    }
    try {
      Instant now = Instant.now();
      String hash = Hashes.sha256(file.path());
      if (file.name().endsWith(".zst") && !Zstd.isWhole(file.path())) {
        throw cut(table, file.name(), new EOFException());
      }
      return new KnownFile(file, stamp, hash, now);
    } catch (IOException e) {
      throw Failures.unreadable(table, file.name(), e);
    }
  }

  /** A file of no bytes. */
  static RuntimeException empty(SourceTable table, InputFile file) {
    return Failures.of(
        table, quoted(file.name()) + " is empty", "wait until it is written, or remove it");
  }

  /** A compressed file that ends too early. */
  static RuntimeException cut(SourceTable table, String name, IOException cause) {
    return Failures.of(
        table,
        quoted(name) + " is cut short: its compressed data ends too early",
        "wait until it is copied whole, or copy it again",
        cause);
  }

  /**
   * Makes sure that the file still holds what it did. It is read again only when its stamp does not
   * prove it.
   *
   * @return its entry in the ledger
   */
  SourceFile verify(SourceTable table) {
    try {
      Stamp now = Stamp.of(file.path());
      if (now.equals(stamp) && stamp.settledAt(hashedAt)) {
        return stamp.entry(file.name(), hash, hashedAt);
      }
      Instant again = Instant.now();
      if (now.bytes() == stamp.bytes() && Hashes.sha256(file.path()).equals(hash)) {
        return now.entry(file.name(), hash, again);
      }
    } catch (NoSuchFileException e) {
      throw Failures.of(
          table,
          quoted(file.name()) + " was removed while it was read",
          "put it back, or run again without it",
          e);
    } catch (IOException e) {
      throw Failures.unreadable(table, file.name(), e);
    }
    throw Failures.of(
        table,
        quoted(file.name()) + " changed while it was read",
        "run again once it is written; a writer should rename a finished file into place");
  }
}
