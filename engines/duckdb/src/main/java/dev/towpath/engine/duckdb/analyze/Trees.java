package dev.towpath.engine.duckdb.analyze;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Syntax trees that DuckDB has written once, in a file: asking it again is most of what finding
 * lineages costs. An entry is a key, two lengths and the packed tree; entries are only added, so
 * that a check of one change writes one. A broken file is an empty one. Thread-safe.
 */
final class Trees implements AutoCloseable {
  /** A larger file begins anew: it holds trees of texts that are long gone. */
  private static final long MOST_BYTES = 256L << 20;

  private static final int KEY_BYTES = 16;
  private static final int HEAD_BYTES = KEY_BYTES + 2 * Integer.BYTES;
  private static final int LONGEST = 64 << 20;

  private final @Nullable Path file;
  private final String version;
  private final Map<String, byte[]> fresh = new ConcurrentHashMap<>();
  private @Nullable Map<String, byte[]> known;

  /** Where the last whole entry ends; known once the file was read. */
  private int end;

  /**
   * Trees in a file.
   *
   * @param file null for none, so that nothing is kept
   * @param version of what wrote them; others' are not seen
   */
  Trees(@Nullable Path file, String version) {
    this.file = file;
    this.version = version;
  }

  Optional<String> get(String text) {
    byte[] packed = known().get(key(text));
    return packed == null ? Optional.empty() : unpacked(packed);
  }

  void put(String text, String tree) {
    if (file != null) {
      fresh.put(key(text), packed(tree));
    }
  }

  private String key(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(version.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The entry without its key: the length of the tree, and the packed tree. */
  private static byte[] packed(String tree) {
    byte[] bytes = tree.getBytes(StandardCharsets.UTF_8);
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 6 + 64);
      out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      byte[] piece = new byte[8 << 10];
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static Optional<String> unpacked(byte[] packed) {
    Inflater inflater = new Inflater();
    try {
      byte[] bytes = new byte[ByteBuffer.wrap(packed).getInt()];
      inflater.setInput(packed, Integer.BYTES, packed.length - Integer.BYTES);
      boolean whole = inflater.inflate(bytes) == bytes.length;
      return whole ? Optional.of(new String(bytes, StandardCharsets.UTF_8)) : Optional.empty();
    } catch (DataFormatException e) {
      return Optional.empty(); // DuckDB writes it again
    } finally {
      inflater.end();
    }
  }

  private synchronized Map<String, byte[]> known() {
    Map<String, byte[]> loaded = known;
    if (loaded == null) {
      loaded = file == null ? Map.of() : read(file);
      known = loaded;
    }
    return loaded;
  }

  private Map<String, byte[]> read(Path file) {
    Map<String, byte[]> entries = new ConcurrentHashMap<>();
    try {
      if (!Files.isReadable(file) || Files.size(file) > MOST_BYTES) {
        return entries;
      }
      byte[] all = Files.readAllBytes(file);
      ByteBuffer in = ByteBuffer.wrap(all);
      while (in.remaining() >= HEAD_BYTES) {
        int start = in.position();
        int packed = in.getInt(start + KEY_BYTES);
        int whole = in.getInt(start + KEY_BYTES + Integer.BYTES);
        long next = (long) start + KEY_BYTES + Integer.BYTES + packed;
        if (packed < Integer.BYTES || whole < 0 || whole > LONGEST || next > all.length) {
          break; // the rest was not written to its end
        }
        end = (int) next;
        entries.put(
            HexFormat.of().formatHex(all, start, start + KEY_BYTES),
            Arrays.copyOfRange(all, start + KEY_BYTES + Integer.BYTES, end));
        in.position(end);
      }
    } catch (IOException e) {
      entries.clear();
    }
    return entries;
  }

  /** Adds what is new to the file; what cannot be written is found again next time. */
  @Override
  public synchronized void close() {
    Path target = file;
    if (target == null || fresh.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try (FileChannel channel =
              FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock == null) {
          return; // another process writes
        }
        known = null;
        end = 0;
        known(); // others may have added to it
        channel.truncate(end);
        channel.position(end);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fresh.forEach((key, packed) -> {
          out.writeBytes(HexFormat.of().parseHex(key));
          out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(packed.length).array());
          out.writeBytes(packed);
        });
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        fresh.clear();
      }
    } catch (IOException | OverlappingFileLockException e) {
      fresh.clear(); // a read-only project is looked into all the same, only slower
    }
  }
}
