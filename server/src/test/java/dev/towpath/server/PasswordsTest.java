package dev.towpath.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.access.User;
import dev.towpath.spi.TowpathException;
import java.text.Normalizer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords are kept as the standards say, and not as they are. */
class PasswordsTest {
  private static final Passwords PASSWORDS = new Passwords();
  private static final String GOOD = "a horse, a battery";

  @Test
  void argon2IsTheReferenceImplementations() {
    assertThat(
            HexFormat.of()
                .formatHex(
                    Passwords.argon2("password", "somesalt".getBytes(US_ASCII), 65_536, 2, 32)))
        .isEqualTo("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
  }

  /** The example of RFC 7677. */
  @Test
  void scramIsTheStandards() {
    byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    Doorkeeper.Scram scram = Passwords.derive("pencil", salt, 4096);
    String messages =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
            + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
            + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    assertThat(Base64.getEncoder().encodeToString(Passwords.hmac(scram.serverKey(), messages)))
        .isEqualTo("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    byte[] signature = Passwords.hmac(scram.storedKey(), messages);
    byte[] proof = Base64.getDecoder().decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= signature[i]; // the client's key
    }
    assertThat(Signature.sha256(proof)).isEqualTo(HexFormat.of().formatHex(scram.storedKey()));
  }

  @Test
  void onlyThePasswordMatches() {
    User.Password kept = PASSWORDS.of(GOOD);
    assertThat(PASSWORDS.matches(GOOD, Optional.of(kept))).isTrue();
    assertThat(PASSWORDS.matches(GOOD + " ", Optional.of(kept))).isFalse();
    assertThat(PASSWORDS.matches("", Optional.of(kept))).isFalse();
    assertThat(PASSWORDS.matches("x".repeat(1_000_000), Optional.of(kept))).isFalse();
    assertThat(PASSWORDS.matches(GOOD, Optional.empty())).isFalse();
  }

  @Test
  void whatIsKeptTellsNothing() {
    User.Password one = PASSWORDS.of(GOOD);
    User.Password other = PASSWORDS.of(GOOD);
    assertThat(one.hash()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain("horse");
    assertThat(one.scram()).startsWith("SCRAM-SHA-256$40000:").doesNotContain("horse");
    assertThat(one.hash()).isNotEqualTo(other.hash());
    assertThat(one.toString()).doesNotContain("argon", "SCRAM");
  }

  @Test
  void theVerifierIsOfThePassword() {
    Doorkeeper.Scram kept = Passwords.scram(PASSWORDS.of(GOOD));
    Doorkeeper.Scram again = Passwords.derive(GOOD, kept.salt(), kept.iterations());
    assertThat(again.storedKey()).isEqualTo(kept.storedKey());
    assertThat(again.serverKey()).isEqualTo(kept.serverKey());
  }

  /** Keyboards differ in how they write the same letter; clients of PostgreSQL make it one. */
  @Test
  void lettersAreWhatTheyLookLike() {
    String typed = "Zürich am See, fin";
    String otherwise = Normalizer.normalize(typed, Normalizer.Form.NFD).replace(' ', (char) 0xA0);
    assertThat(otherwise).isNotEqualTo(typed);
    assertThat(PASSWORDS.matches(typed, Optional.of(PASSWORDS.of(otherwise)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "elevenchars", "with\tcontrol characters"})
  void notEveryTextIsAPassword(String text) {
    assertThatThrownBy(() -> PASSWORDS.of(text))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("a password");
    assertThatThrownBy(() -> PASSWORDS.of("x".repeat(201))).isInstanceOf(TowpathException.class);
  }
}
