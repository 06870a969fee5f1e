package dev.towpath.engine.duckdb.analyze;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Turns offsets in UTF-8 bytes, which DuckDB counts, into offsets in UTF-16 units. */
final class Offsets {
  private final int length;

  /** By byte; nothing when every byte is a unit. */
  private final int @Nullable [] units;

  Offsets(String text) {
    length = text.length();
    units = text.chars().allMatch(c -> c < 0x80) ? null : units(text);
  }

  private static int[] units(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] units = new int[bytes.length + 1];
    int unit = 0;
    for (int i = 0; i < bytes.length; i++) {
      units[i] = unit;
      int lead = bytes[i] & 0xFF;
      boolean last = i + 1 == bytes.length || (bytes[i + 1] & 0xC0) != 0x80;
      if (lead >= 0xF0) {
        unit++; // the first half of a surrogate pair
      }
      if (last) {
        unit++;
      }
    }
    units[bytes.length] = text.length();
    return units;
  }

  /** The UTF-16 offset; negative ones stay, too large ones are clipped. */
  int utf16(int utf8) {
    if (utf8 < 0) {
      return utf8;
    }
    int[] known = units;
    return known == null ? Math.min(utf8, length) : known[Math.min(utf8, known.length - 1)];
  }
}
