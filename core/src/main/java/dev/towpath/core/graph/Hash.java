package dev.towpath.core.graph;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 over a list of texts, each length-prefixed so that no two lists share a hash by accident.
 */
public final class Hash {
  private final MessageDigest digest;

  /** An empty hash. */
  public Hash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Adds one text. */
  public Hash add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(
        new byte[] {
          (byte) (bytes.length >>> 24),
          (byte) (bytes.length >>> 16),
          (byte) (bytes.length >>> 8),
          (byte) bytes.length
        });
    digest.update(bytes);
    return this;
  }

  /** The hash of all that was added, as 64 lower-case hex digits. Call once. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The hash of some texts. */
  public static String of(String... texts) {
    Hash hash = new Hash();
    for (String text : texts) {
      hash.add(text);
    }
    return hash.hex();
  }
}
