package dev.towpath.source.mysql;

import dev.towpath.spi.CsvSink;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A row in the making, as a {@link CsvSink} takes it. Used again for each row. */
final class CsvLine {
  private static final int MOST = Integer.MAX_VALUE - 16;

  private byte[] bytes = new byte[1 << 12];
  private int length;
  private boolean begun;

  /** Adds a text in UTF-8, or NULL. */
  void add(byte @Nullable [] text) {
    if (begun) {
      room(1);
      bytes[length++] = ',';
    }
    begun = true;
    if (text == null) {
      return;
    }
    if (text.length > 0 && !special(text)) {
      room(text.length);
      System.arraycopy(text, 0, bytes, length, text.length);
      length += text.length;
      return;
    }
    int quotes = 2;
    for (byte b : text) {
      quotes += b == '"' ? 1 : 0;
    }
    room(text.length + quotes);
    bytes[length++] = '"';
    for (byte b : text) {
      if (b == '"') {
        bytes[length++] = '"';
      }
      bytes[length++] = b;
    }
    bytes[length++] = '"';
  }

  private static boolean special(byte[] text) {
    for (byte b : text) {
      if (b == ',' || b == '"' || b == '\n' || b == '\r') {
        return true;
      }
    }
    return false;
  }

  private void room(int more) {
    long wanted = (long) length + more;
    if (wanted > bytes.length) {
      // Twice as much, but for a large text just what it takes.
      bytes =
          Arrays.copyOf(
              bytes,
              (int) Math.min(MOST, Math.max(wanted + 16, wanted < 1 << 24 ? 2 * wanted : 0)));
    }
  }

  /** Ends the row and hands it over. */
  void end(CsvSink sink) {
    room(1);
    bytes[length++] = '\n';
    sink.row(bytes, length);
    length = 0;
    begun = false;
  }
}
