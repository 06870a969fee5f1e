package dev.towpath.source.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Tells whether a Zstandard file is whole by following the lengths in it (RFC 8878), without
 * unpacking. DuckDB reads a file that was cut short up to the cut, and says nothing.
 */
final class Zstd {
  private static final int FRAME = 0xFD2FB528;
  private static final int SKIPPABLE = 0x184D2A50;
  private static final int RLE = 1;

  private final FileChannel in;
  private final ByteBuffer small = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  private long at;

  private Zstd(FileChannel in) {
    this.in = in;
  }

  /** Whether the file is one or more whole frames. */
  static boolean isWhole(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      Zstd reader = new Zstd(in);
      long size = in.size();
      while (reader.at < size) {
        if (!reader.frame()) {
          return false;
        }
      }
      return reader.at == size;
    }
  }

  private boolean frame() throws IOException {
    if (!read(4)) {
      return false;
    }
    int magic = small.getInt();
    if ((magic & 0xFFFFFFF0) == SKIPPABLE) {
      if (!read(4)) {
        return false;
      }
      at += Integer.toUnsignedLong(small.getInt());
      return true;
    }
    if (magic != FRAME || !read(1)) {
      return false;
    }
    int descriptor = small.get();
    boolean single = (descriptor & 0x20) != 0;
    int dictionary = new int[] {0, 1, 2, 4}[descriptor & 3];
    int content = new int[] {single ? 1 : 0, 2, 4, 8}[(descriptor >> 6) & 3];
    at += (single ? 0 : 1) + dictionary + content;
    if (!blocks()) {
      return false;
    }
    at += (descriptor & 4) != 0 ? 4 : 0;
    return true;
  }

  private boolean blocks() throws IOException {
    boolean last = false;
    while (!last) {
      if (!read(3)) {
        return false;
      }
      int header = (small.get() & 0xFF) | (small.get() & 0xFF) << 8 | (small.get() & 0xFF) << 16;
      last = (header & 1) != 0;
      at += ((header >> 1) & 3) == RLE ? 1 : header >>> 3;
    }
    return true;
  }

  private boolean read(int bytes) throws IOException {
    small.clear().limit(bytes);
    while (small.hasRemaining()) {
      int n = in.read(small, at + small.position());
      if (n < 0) {
        return false;
      }
    }
    small.flip();
    at += bytes;
    return true;
  }
}
