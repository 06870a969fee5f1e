package dev.towpath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.core.project.Answering;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RatesTest {
  private static final Answering.Rate TWO = new Answering.Rate(2, Duration.ofMinutes(1));

  private long now = Long.MAX_VALUE - 1; // such a clock may begin anywhere
  private final Rates rates = new Rates(() -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void eachPersonAndEndpointHasACountOfItsOwn() {
    for (String who : new String[] {"ada", "bea"}) {
      for (String endpoint : new String[] {"daily", "yearly"}) {
        rates.admit(who, endpoint, TWO);
        rates.admit(who, endpoint, TWO);
        assertThatThrownBy(() -> rates.admit(who, endpoint, TWO))
            .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.status()).isEqualTo(429));
      }
    }
    pass(Duration.ofSeconds(30));
    rates.admit("ada", "daily", TWO);
    assertThatThrownBy(() -> rates.admit("ada", "daily", TWO)).isInstanceOf(Refusal.class);
  }

  /** Who is forgotten may call as often as anybody; who may not is remembered. */
  @Test
  void manyCallersAreForgottenWhenTheirTimeIsOver() {
    rates.admit("ada", "daily", new Answering.Rate(1, Duration.ofHours(1)));
    for (int i = 0; i < 30_000; i++) {
      rates.admit("person " + i, "daily", TWO);
      pass(Duration.ofMillis(10));
    }
    assertThat(rates.known()).isLessThan(11_000);
    assertThatThrownBy(
            () -> rates.admit("ada", "daily", new Answering.Rate(1, Duration.ofHours(1))))
        .isInstanceOf(Refusal.class);
  }
}
