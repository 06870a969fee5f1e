package dev.towpath.server;

import dev.towpath.core.access.User;
import dev.towpath.spi.TowpathException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords as they are kept: Argon2id for whoever sends the password itself, and beside it a
 * verifier for SCRAM-SHA-256, with which PostgreSQL's clients prove theirs without sending it.
 * Thread-safe.
 */
public final class Passwords {
  /** The fewest characters of one. */
  public static final int LEAST = 12;

  /** The most characters of one. */
  public static final int MOST = 200;

  /** Of SCRAM; some clients count them in plain Python. */
  static final int ITERATIONS = 40_000;

  private static final int MEMORY_KB = 19 << 10; // with two passes: as OWASP advises
  private static final int PASSES = 2;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final long PATIENCE_SECONDS = 10;
  private static final Pattern KEPT =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,9}),t=(\\d{1,4}),p=1\\$([\\w+/]+)\\$([\\w+/]+)");
  private static final Pattern VERIFIER =
      Pattern.compile("SCRAM-SHA-256\\$(\\d{1,9}):([\\w+/=]+)\\$([\\w+/=]+):([\\w+/=]+)");
  private static final Pattern NOTHING =
      Pattern.compile(
          "[\\u00AD\\u034F\\u1806\\u180B-\\u180D\\u200B-\\u200D\\u2060\\uFE00-\\uFE0F\\uFEFF]");
  private static final Pattern SPACE = Pattern.compile("\\p{Zs}");

  /** Each takes a core and 19 MB: many at once would be an attack of their own. */
  private static final Semaphore TURNS = new Semaphore(2, true);

  /** What is compared with when there is nothing to compare with. */
  private static final String NOBODY = kept(new byte[SALT_BYTES], new byte[HASH_BYTES]);

  private final SecureRandom random = new SecureRandom();

  /**
   * What is kept of a new password.
   *
   * @throws TowpathException when it is too short, too long or holds control characters
   */
  public User.Password of(String password) {
    int length = password.codePointCount(0, password.length());
    if (length < LEAST || length > MOST) {
      throw new TowpathException(
          "a password has from " + LEAST + " to " + MOST + " characters, this one " + length,
          "several words are easy to remember");
    }
    if (password.chars().anyMatch(Character::isISOControl)) {
      throw new TowpathException("a password holds no control characters", null);
    }
    String prepared = prepared(password);
    byte[] salt = salt();
    return new User.Password(
        kept(salt, argon2(prepared, salt, MEMORY_KB, PASSES, HASH_BYTES)),
        text(derive(prepared, salt(), ITERATIONS)));
  }

  /**
   * Whether this is the password; takes as long when there is none to compare with.
   *
   * @throws Refusal when too many are looked at
   */
  boolean matches(String password, Optional<User.Password> kept) {
    boolean fits = password.length() <= 2 * MOST;
    try {
      if (!TURNS.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw Refusal.of(503, "too many people sign in at once", "try again", "Retry-After", "5");
      }
      try {
        boolean same =
            same(fits ? prepared(password) : "", kept.map(User.Password::hash).orElse(NOBODY));
        return same && fits && kept.isPresent();
      } finally {
        TURNS.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.of(503, "the server stops", "try again when it is back");
    }
  }

  private static boolean same(String password, String kept) {
    Matcher parts = KEPT.matcher(kept);
    if (!parts.matches()) {
      throw new TowpathException("a password in the metadata store is damaged", "set it anew");
    }
    byte[] hash = Base64.getDecoder().decode(parts.group(4));
    byte[] given =
        argon2(
            password,
            Base64.getDecoder().decode(parts.group(3)),
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            hash.length);
    return MessageDigest.isEqual(hash, given);
  }

  private static String kept(byte[] salt, byte[] hash) {
    Base64.Encoder plain = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + MEMORY_KB
        + ",t="
        + PASSES
        + ",p=1$"
        + plain.encodeToString(salt)
        + "$"
        + plain.encodeToString(hash);
  }

  static byte[] argon2(String password, byte[] salt, int memory, int passes, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withSalt(salt)
            .withMemoryAsKB(memory)
            .withIterations(passes)
            .withParallelism(1)
            .build());
    byte[] hash = new byte[length];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }

  private byte[] salt() {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return salt;
  }

  /** The verifier of a password (RFC 5802). */
  static Doorkeeper.Scram derive(String password, byte[] salt, int iterations) {
    PBEKeySpec spec =
        new PBEKeySpec(prepared(password).toCharArray(), salt, iterations, 8 * HASH_BYTES);
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
      byte[] stored = MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
      return new Doorkeeper.Scram(salt, iterations, stored, hmac(salted, "Server Key"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2 and SHA-256", e);
    }
  }

  static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  private static String text(Doorkeeper.Scram scram) {
    Base64.Encoder base64 = Base64.getEncoder();
    return "SCRAM-SHA-256$"
        + scram.iterations()
        + ":"
        + base64.encodeToString(scram.salt())
        + "$"
        + base64.encodeToString(scram.storedKey())
        + ":"
        + base64.encodeToString(scram.serverKey());
  }

  /** The verifier that is kept of a password. */
  static Doorkeeper.Scram scram(User.Password kept) {
    Matcher parts = VERIFIER.matcher(kept.scram());
    if (!parts.matches()) {
      throw new TowpathException("a password in the metadata store is damaged", "set it anew");
    }
    Base64.Decoder base64 = Base64.getDecoder();
    return new Doorkeeper.Scram(
        base64.decode(parts.group(2)),
        Integer.parseInt(parts.group(1)),
        base64.decode(parts.group(3)),
        base64.decode(parts.group(4)));
  }

  /** As SASLprep (RFC 4013) writes it, so that every keyboard and client means the same. */
  private static String prepared(String password) {
    String mapped = NOTHING.matcher(SPACE.matcher(password).replaceAll(" ")).replaceAll("");
    return Normalizer.normalize(mapped, Normalizer.Form.NFKC);
  }
}
