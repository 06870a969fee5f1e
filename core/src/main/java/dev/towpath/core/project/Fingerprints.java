package dev.towpath.core.project;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of bytes and of plain values. */
final class Fingerprints {
  private Fingerprints() {}

  /** The hash of bytes, lower-case hex. */
  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /** The hash of texts, numbers, truths, lists and maps; the order of a map's keys is no matter. */
  static String of(Object plain) {
    StringBuilder out = new StringBuilder();
    write(plain, out);
    return of(out.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Object plain, StringBuilder out) {
    switch (plain) {
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        out.append('{');
        sorted.forEach((key, value) -> {
          write(key, out);
          write(value, out);
        });
        out.append('}');
      }
      case Collection<?> list -> {
        out.append('[');
        list.forEach(item -> write(item, out));
        out.append(']');
      }
      case String text -> out.append('"').append(text.length()).append(':').append(text);
      default -> out.append(plain.getClass().getSimpleName()).append(plain).append(';');
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
