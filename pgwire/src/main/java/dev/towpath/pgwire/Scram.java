package dev.towpath.pgwire;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Doorkeeper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. */
final class Scram {
  static final String MECHANISM = "SCRAM-SHA-256";

  private final Doorkeeper.Scram verifier;
  private final String binding;
  private final String clientFirst;
  private final String serverFirst;
  private final String nonce;

  /**
   * The beginning.
   *
   * @param first the client's first message
   * @param random the server's part of the nonce
   */
  Scram(Doorkeeper.Scram verifier, String first, String random) {
    int name = first.indexOf(',', first.indexOf(',') + 1) + 1;
    String header = first.substring(0, name);
    if (!header.startsWith("n,") && !header.startsWith("y,")) {
      throw malformed("channel binding was not offered");
    }
    this.verifier = verifier;
    this.binding = Base64.getEncoder().encodeToString(header.getBytes(StandardCharsets.UTF_8));
    this.clientFirst = first.substring(name);
    String theirs = parts(clientFirst).getOrDefault('r', "");
    if (theirs.isEmpty()) {
      throw malformed("the nonce is missing");
    }
    this.nonce = theirs + random;
    this.serverFirst =
        "r="
            + nonce
            + ",s="
            + Base64.getEncoder().encodeToString(verifier.salt())
            + ",i="
            + verifier.iterations();
  }

  /** The server's first message. */
  String challenge() {
    return serverFirst;
  }

  /**
   * Whether the client knows the password.
   *
   * @param last the client's last message
   */
  boolean isProved(String last) {
    Map<Character, String> parts = parts(last);
    if (!binding.equals(parts.get('c')) || !nonce.equals(parts.get('r'))) {
      throw malformed("the nonce or the channel binding differs");
    }
    byte[] proof = base64(parts.getOrDefault('p', ""));
    byte[] signature = hmac(verifier.storedKey(), authMessage(last));
    if (proof.length != signature.length) {
      return false;
    }
    byte[] key = new byte[proof.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (proof[i] ^ signature[i]);
    }
    return MessageDigest.isEqual(sha256(key), verifier.storedKey());
  }

  /** The server's last message, by which the client knows that it is the right one. */
  String signature(String last) {
    return "v=" + Base64.getEncoder().encodeToString(hmac(verifier.serverKey(), authMessage(last)));
  }

  private String authMessage(String last) {
    int proof = last.lastIndexOf(",p=");
    return clientFirst + "," + serverFirst + "," + last.substring(0, Math.max(0, proof));
  }

  private static Map<Character, String> parts(String message) {
    Map<Character, String> parts = new HashMap<>();
    for (String part : message.split(",", -1)) {
      if (part.length() > 1 && part.charAt(1) == '=') {
        parts.putIfAbsent(part.charAt(0), part.substring(2));
      }
    }
    return parts;
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw malformed("the proof is no base64");
    }
  }

  private static byte[] hmac(byte[] key, String message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(bytes, bytes.length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private static PgError malformed(String what) {
    return PgError.fatal(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message: " + what, null);
  }
}
