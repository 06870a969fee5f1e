package dev.towpath.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who fails too often waits, and only they. */
class ThrottleTest {
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final Throttle throttle = new Throttle(() -> now);

  private static List<Throttle.Key> key(String name) {
    return List.of(new Throttle.Key(name, 3, Duration.ofSeconds(10)));
  }

  @Test
  void someTriesAreFreeThenEachCostsMore() {
    for (int i = 0; i < 3; i++) {
      assertThat(throttle.enter(key("a"))).isEmpty();
    }
    assertThat(throttle.enter(key("a"))).contains(Duration.ofSeconds(1));
    assertThat(throttle.enter(key("b"))).as("somebody else").isEmpty();
    now = now.plusSeconds(1);
    assertThat(throttle.enter(key("a"))).isEmpty();
    assertThat(throttle.enter(key("a"))).contains(Duration.ofSeconds(2));
    for (int i = 0; i < 20; i++) {
      now = now.plusSeconds(10);
      assertThat(throttle.enter(key("a"))).as("ten seconds are the longest").isEmpty();
    }
    assertThat(throttle.enter(key("a"))).contains(Duration.ofSeconds(10));
    now = now.plus(Duration.ofMinutes(16));
    for (int i = 0; i < 3; i++) {
      assertThat(throttle.enter(key("a"))).as("forgotten").isEmpty();
    }
  }

  @Test
  void anIpv6NetworkIsOnePlace() {
    String place = Throttle.place("2001:db8:1:2:0:0:0:1");
    assertThat(Throttle.place("[2001:db8:1:2:ffff::7]")).isEqualTo(place);
    assertThat(Throttle.place("2001:db8:1:3::1")).isNotEqualTo(place);
    assertThat(Throttle.place("2001:db8::1")).isEqualTo(Throttle.place("2001:db8::2"));
    assertThat(Throttle.place("::ffff:10.0.0.1")).isEqualTo(Throttle.place("10.0.0.1"));
    assertThat(Throttle.place("10.0.0.2")).isNotEqualTo(Throttle.place("10.0.0.1"));
  }

  @Test
  void aGoodTryCostsNothing() {
    for (int i = 0; i < 100; i++) {
      assertThat(throttle.enter(key("a"))).isEmpty();
      throttle.succeeded(key("a"));
    }
    assertThat(throttle.enter(key("a"))).isEmpty();
    assertThat(throttle.enter(key("a"))).isEmpty();
    throttle.succeeded(key("a"));
    assertThat(throttle.enter(key("a"))).as("it gives back one, not all").isEmpty();
    assertThat(throttle.enter(key("a"))).isEmpty();
    assertThat(throttle.enter(key("a"))).isPresent();
  }

  @Test
  void allTriesAtOnceAreNotFree() {
    AtomicInteger free = new AtomicInteger();
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        pool.execute(() -> {
          if (throttle.enter(key("a")).isEmpty()) {
            free.incrementAndGet();
          }
        });
      }
    }
    assertThat(free).hasValue(3);
  }

  @Test
  void anyOfSeveralMakesThemWait() {
    List<Throttle.Key> keys =
        List.of(
            new Throttle.Key("pair", 2, Duration.ofSeconds(10)),
            new Throttle.Key("place", 100, Duration.ofSeconds(10)));
    assertThat(throttle.enter(keys)).isEmpty();
    assertThat(throttle.enter(keys)).isEmpty();
    assertThat(throttle.enter(keys)).isPresent();
    assertThat(throttle.enter(List.of(keys.getLast()))).isEmpty();
  }
}
