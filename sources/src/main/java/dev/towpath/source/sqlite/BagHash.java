package dev.towpath.source.sqlite;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fingerprint of a bag of rows: the same for the same rows in any order. Each row's hash is added
 * up, twice with other seeds, so that 128 bits and the number of rows must agree. It tells whether
 * something changed; it is no protection against somebody who looks for a collision.
 */
final class BagHash {
  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private long rows;
  private long first;
  private long second;
  private boolean whole;

  /** Adds a row of values as SQLite stores them. */
  void add(@Nullable Object[] row) {
    rows++;
    long hash = PRIME;
    long other = ~PRIME;
    for (Object value : row) {
      long one = of(value);
      hash = mix(hash ^ one);
      other = mix(other + one * 31);
    }
    first += hash;
    second += other;
  }

  /** Called after the last row. */
  void end() {
    whole = true;
  }

  /** The fingerprint; empty when some rows have not been seen. */
  Optional<String> text() {
    return whole ? Optional.of(shown()) : Optional.empty();
  }

  private String shown() {
    return rows + "-" + Long.toHexString(first) + "-" + Long.toHexString(second);
  }

  private static long of(@Nullable Object value) {
    return switch (value) {
      case null -> 1;
      case Integer number -> mix(number.longValue() ^ 2L << 56);
      case Long number -> mix(number ^ 2L << 56); // the driver picks by size, not by column
      case Double number -> mix(Double.doubleToLongBits(number) ^ 3L << 56);
      case byte[] bytes -> bytes(bytes, 4);
      default -> bytes(value.toString().getBytes(StandardCharsets.UTF_8), 5);
    };
  }

  private static long bytes(byte[] bytes, long seed) {
    long hash = mix(seed + bytes.length);
    for (byte b : bytes) {
      hash = (hash ^ b) * PRIME;
      hash ^= hash >>> 29;
    }
    return mix(hash);
  }

  private static long mix(long value) {
    long x = value * PRIME;
    x = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
    return x ^ (x >>> 32);
  }
}
