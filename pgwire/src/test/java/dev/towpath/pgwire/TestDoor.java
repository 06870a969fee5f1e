package dev.towpath.pgwire;

import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Principal;
import dev.towpath.core.access.Role;
import dev.towpath.server.Doorkeeper;
import dev.towpath.server.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** Two people: one who may read everything, and one who may read the marts. */
final class TestDoor implements Doorkeeper {
  static final String PASSWORD = "towpath_0123456789abcdefghijklmnopqrstuv";
  private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int ITERATIONS = 4096;

  private static final Map<String, Principal> PEOPLE =
      Map.of(
          "admin",
          Principal.LOCAL,
          "viewer",
          new Principal("viewer", Role.VIEWER, new Grants(List.of("marts.*"), List.of())));

  /** Who people are by now, where that has changed. */
  static final Map<String, Optional<Principal>> STANDING = new ConcurrentHashMap<>();

  @Override
  public Admitted byToken(String token, String door, String from) {
    return require(token.equals(PASSWORD) ? "admin" : "nobody", true);
  }

  @Override
  public Admitted byPassword(String user, String password, String door, String from) {
    return require(user, password.equals(PASSWORD));
  }

  @Override
  public Scram scram(String user) {
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), SALT, ITERATIONS, 256))
              .getEncoded();
      byte[] clientKey = hmac(salted, "Client Key");
      byte[] stored = MessageDigest.getInstance("SHA-256").digest(clientKey);
      return new Scram(SALT, ITERATIONS, stored, hmac(salted, "Server Key"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public Admitted byScram(String user, boolean proved, String door, String from) {
    return require(user, proved);
  }

  /** Why people were sent away. */
  static final List<String> TURNED_AWAY = new CopyOnWriteArrayList<>();

  @Override
  public void turnedAway(String why, String door, String from) {
    TURNED_AWAY.add(why);
  }

  private static Admitted require(String user, boolean proved) {
    if (!proved || !PEOPLE.containsKey(user)) {
      throw Refusal.of(401, "wrong", null);
    }
    Principal who = PEOPLE.get(user);
    return new Admitted(who, () -> STANDING.getOrDefault(user, Optional.of(who)));
  }
}
