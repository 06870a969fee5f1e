package dev.towpath.engine.duckdb.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a CSV file of several columns into pieces between two rows, and counts the rows before each.
 *
 * <p>It knows rows only where every reader agrees on them: a quote opens a value or is doubled
 * inside one, and after it has closed the value ends. Anything else is {@link Odd}. Most text has
 * neither quotes nor blank lines, so that eight bytes at a time are looked at, for ends of lines
 * alone. Used by one thread.
 */
final class CsvCutter implements AutoCloseable {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW = 0x7f7f7f7f7f7f7f7fL;
  private static final long ONES = 0x0101010101010101L;

  private final InputStream in;
  private final byte delimiter;
  private final int quote;
  private final Path directory;
  private final byte[] buffer;
  private long rows;
  private int held;
  private int pieces;
  private boolean ended;

  /**
   * A cutter.
   *
   * @param quote the character, or -1 for none
   * @param header whether the first row is none
   * @param bytes of a piece, about; no row may be longer
   */
  CsvCutter(InputStream in, char delimiter, int quote, boolean header, Path directory, int bytes) {
    this.in = in;
    this.delimiter = (byte) delimiter;
    this.quote = quote;
    this.directory = directory;
    this.buffer = new byte[bytes];
    this.rows = header ? -1 : 0;
  }

  /** What is no CSV as all readers understand it, or cannot be cut. */
  static final class Odd extends IOException {
    Odd(String what) {
      super(what);
    }
  }

  /**
   * A file with whole rows.
   *
   * @param first whether it has the header, if there is one
   * @param before rows of the pieces before it, the header left out
   */
  record Piece(Path file, boolean first, long bytes, long before) {}

  /** The next pieces, of so many bytes in all; none at the end. */
  List<Piece> next(long bytes) throws IOException {
    List<Piece> group = new ArrayList<>();
    for (long sum = 0; !ended && sum < bytes; ) {
      int filled = held + in.readNBytes(buffer, held, buffer.length - held);
      ended = filled < buffer.length;
      long before = Math.max(0, rows);
      int end = end(filled);
      if (end > 0) {
        Path file = Files.createDirectories(directory).resolve("piece-" + ++pieces + ".csv");
        try (OutputStream out = Files.newOutputStream(file)) {
          out.write(buffer, 0, end);
        }
        group.add(new Piece(file, pieces == 1, end, before));
        sum += end;
      }
      held = filled - end;
      System.arraycopy(buffer, end, buffer, 0, held);
    }
    return group;
  }

  /** Where the last row of the buffer ends; counts its rows. */
  private int end(int filled) throws Odd {
    int end = filled;
    if (!ended) {
      while (end > 0 && buffer[end - 1] != '\n') {
        end--;
      }
    }
    long plain = end > 0 && buffer[end - 1] == '\n' ? plainRows(end) : -1;
    if (plain >= 0) {
      rows += plain;
      return end;
    }
    end = slowly(filled);
    if (end == 0 && filled > 0) {
      throw new Odd("a row is too long");
    }
    return end;
  }

  /** The number of line ends, when they are all that there is; else -1. */
  private long plainRows(int end) {
    long count = 0;
    long lineEnd = 1; // the last bit of a word tells whether one ended just before it
    long carriage = 0;
    int at = 0;
    for (; at + 8 <= end; at += 8) {
      long word = (long) WORDS.get(buffer, at);
      long lf = equal(word, '\n');
      long cr = equal(word, '\r');
      long afterLf = (lf << 8) | lineEnd << 7;
      long afterCr = (cr << 8) | carriage << 7;
      boolean blank = (afterLf & (lf | cr)) != 0;
      if (blank || (afterCr & ~lf) != 0 || (quote >= 0 && equal(word, quote) != 0)) {
        return -1;
      }
      count += Long.bitCount(lf);
      lineEnd = lf >>> 63;
      carriage = cr >>> 63;
    }
    for (; at < end; at++) {
      boolean lf = buffer[at] == '\n';
      boolean cr = buffer[at] == '\r';
      if ((lineEnd == 1 && (lf || cr)) || (carriage == 1 && !lf) || buffer[at] == quote) {
        return -1;
      }
      count += lf ? 1 : 0;
      lineEnd = lf ? 1 : 0;
      carriage = cr ? 1 : 0;
    }
    return count;
  }

  /** The highest bit of each byte that is this one. */
  private static long equal(long word, int character) {
    long other = word ^ (ONES * character);
    return ~(((other & LOW) + LOW) | other | LOW);
  }

  /** Where a reader is in a row. */
  private enum Place {
    ROW,
    VALUE,
    PLAIN,
    QUOTED,
    CLOSED
  }

  /** One character after the other; the end of the last row and the blank lines after it. */
  private int slowly(int filled) throws Odd {
    Place place = Place.ROW;
    int end = 0;
    for (int i = 0; i < filled; i++) {
      byte c = buffer[i];
      if (place == Place.QUOTED) {
        place = c == quote ? Place.CLOSED : place;
      } else if (c == '\n') {
        rows += place == Place.ROW ? 0 : 1;
        place = Place.ROW;
        end = i + 1;
      } else if (c == '\r') {
        if (i + 1 < filled ? buffer[i + 1] != '\n' : ended) {
          throw new Odd("a line ends without a line feed");
        }
      } else if (c == quote) {
        place =
            switch (place) {
              case ROW, VALUE, CLOSED -> Place.QUOTED;
              case PLAIN, QUOTED -> throw new Odd("a quote stands inside a value");
            };
      } else if (c == delimiter) {
        place = Place.VALUE;
      } else if (place == Place.CLOSED) {
        throw new Odd("a value goes on after its closing quote");
      } else {
        place = Place.PLAIN;
      }
    }
    if (!ended) {
      return end;
    }
    if (place == Place.QUOTED) {
      throw new Odd("a quoted value does not end");
    }
    rows += place == Place.ROW ? 0 : 1;
    return filled;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
