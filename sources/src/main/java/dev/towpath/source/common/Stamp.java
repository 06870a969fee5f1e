package dev.towpath.source.common;

import dev.towpath.spi.SourceState.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * What the file system says of a file without reading it. Two equal stamps of one file mean the
 * same content only when the first was taken some time after the file was last written ({@link
 * #settledAt}): file systems keep time in ticks, and a second write within one tick leaves no
 * trace. Git calls such an entry racy.
 *
 * @param bytes size
 * @param modified when the content was last written
 * @param changed when anything of the file was last changed, which no program can set; the time of
 *     modification where the file system has no such thing
 * @param id tells a file from another one put in its place; empty text where unknown
 * @param regular whether it is a file, and not a directory, a pipe or a device
 */
public record Stamp(
    long bytes, Instant modified, Instant changed, String id, boolean regular, boolean directory) {
  /** Kernels stamp files with the time of their last tick, at most 10 ms old. */
  private static final Duration TICK = Duration.ofMillis(100);

  /** FAT keeps even seconds, and older network file systems whole ones. */
  private static final Duration COARSE_TICK = Duration.ofSeconds(3);

  /** Looks at a file; follows links. */
  public static Stamp of(Path file) throws IOException {
    BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
    Instant modified = basic.lastModifiedTime().toInstant();
    Instant changed = modified;
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Map<String, Object> unix = Files.readAttributes(file, "unix:ctime");
      if (unix.get("ctime") instanceof java.nio.file.attribute.FileTime time) {
        changed = time.toInstant();
      }
    }
    return new Stamp(
        basic.size(),
        modified,
        changed,
        Optional.ofNullable(basic.fileKey()).map(Object::toString).orElse(""),
        basic.isRegularFile(),
        basic.isDirectory());
  }

  /** Whether any write after the moment must change the times of this stamp. */
  public boolean settledAt(Instant moment) {
    return before(modified, moment) && before(changed, moment);
  }

  /** Whether the file is, as far as can be told without reading it, the one that was read. */
  public boolean matches(SourceFile file) {
    return bytes == file.bytes() && modified.equals(file.modified());
  }

  /**
   * The entry for the ledger.
   *
   * @param hashedAt just before the hash was taken; when the file was written so shortly before
   *     that a later write could go unseen, the entry's time is the epoch, which matches no file,
   *     so that the next look at the file reads it
   */
  public SourceFile entry(String name, String hash, Instant hashedAt) {
    return new SourceFile(name, bytes, settledAt(hashedAt) ? modified : Instant.EPOCH, hash);
  }

  private static boolean before(Instant time, Instant moment) {
    Duration tick = time.equals(time.truncatedTo(ChronoUnit.SECONDS)) ? COARSE_TICK : TICK;
    return time.plus(tick).isBefore(moment);
  }
}
