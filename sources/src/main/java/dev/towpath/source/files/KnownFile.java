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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * A file whose content was seen, or is being looked at.
 *
 * @param stamp taken before the hash
 * @param hash of the whole content
 * @param early whether the hash was taken before anybody read the file
 * @param hashedAt just before the hash was taken
 */
record KnownFile(
    InputFile file, Stamp stamp, Future<String> hash, Instant hashedAt, boolean early) {
  /** From here on reading a file twice, one after the other, takes time that is noticed. */
  private static final long LARGE = 16L << 20;

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

  /**
   * Reads a file to know it, and refuses one that holds nothing or only a part. A large one that
   * was written some time ago is left to the background: its stamp will tell whether anybody wrote
   * to it meanwhile.
   */
  static KnownFile of(SourceTable table, InputFile file, Background background) {
    Stamp stamp = stamp(table, file);
    if (stamp.bytes() == 0) {
      throw empty(table, file);
    }
    Instant now = Instant.now();
    if (stamp.bytes() >= LARGE && stamp.settledAt(now) && !file.name().endsWith(".zst")) {
      Future<String> hash = background.submit(() -> Hashes.sha256(file.path()));
      return new KnownFile(file, stamp, hash, now, false);
    }
    try {
      String hash = Hashes.sha256(file.path());
      if (file.name().endsWith(".zst") && !Zstd.isWhole(file.path())) {
        throw cut(table, file.name(), new EOFException());
      }
      return new KnownFile(file, stamp, CompletableFuture.completedFuture(hash), now, true);
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
   * prove it, and only when its hash is older than what others read of it.
   *
   * @return its entry in the ledger
   */
  SourceFile verify(SourceTable table) {
    try {
      Stamp now = Stamp.of(file.path());
      if (now.equals(stamp) && stamp.settledAt(hashedAt)) {
        return stamp.entry(file.name(), Background.result(hash), hashedAt);
      }
      Instant again = Instant.now();
      if (early
          && now.bytes() == stamp.bytes()
          && Hashes.sha256(file.path()).equals(hash.resultNow())) {
        return now.entry(file.name(), hash.resultNow(), again);
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
