package dev.towpath.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.Flow;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  @ParameterizedTest
  @CsvSource({
    // delay s, backoff, longest s, jitter, failures, random, expected ms
    "10, 1,   600, 0,   0, 0.9, 10000",
    "10, 1,   600, 0,   7, 0.9, 10000",
    "10, 2,   600, 0,   0, 0.9, 10000",
    "10, 2,   600, 0,   3, 0.9, 80000",
    "10, 1.5, 600, 0,   2, 0.9, 22500",
    "10, 2,   600, 0,   6, 0.9, 600000",
    "10, 2,   600, 0, 200, 0.9, 600000",
    "10, 1,   600, 0.5, 0, 0,   10000",
    "10, 1,   600, 0.5, 0, 1,   5000",
    "10, 2,   600, 0.2, 1, 0.5, 18000",
    "10, 2,   600, 1,   9, 1,   0",
  })
  void itGrowsUpToABoundAndIsShortenedByChance(
      long delay,
      double backoff,
      long longest,
      double jitter,
      int failures,
      double random,
      long expected) {
    Flow.Retries retries =
        new Flow.Retries(
            9, Duration.ofSeconds(delay), backoff, Duration.ofSeconds(longest), jitter);
    assertThat(Backoff.delay(retries, failures, random)).isEqualTo(Duration.ofMillis(expected));
  }
}
