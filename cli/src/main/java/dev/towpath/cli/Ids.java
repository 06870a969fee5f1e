package dev.towpath.cli;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/** Ids of runs: their start to the second, and a few random digits; they sort by time. */
final class Ids {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", java.util.Locale.ROOT);
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  static String next(Instant now) {
    byte[] bytes = new byte[4];
    RANDOM.nextBytes(bytes);
    return FORMAT.format(now.atOffset(ZoneOffset.UTC)) + "-" + HexFormat.of().formatHex(bytes);
  }
}
