package dev.towpath.server;

import dev.towpath.core.project.Answering;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How often each person may call each endpoint. For each there is one number: when all that was
 * asked would have been asked at an even pace; who is too far ahead of it waits. Thread-safe.
 */
final class Rates {
  private static final int MANY = 10_000;

  private final Map<String, Long> due = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /** Rates by a clock that only goes on. */
  Rates(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Counts a call; a 429 when it comes too early. */
  void admit(String who, String endpoint, Answering.Rate rate) {
    long now = nanos.getAsLong();
    long pace = Math.max(1, rate.per().toNanos() / rate.calls());
    long ahead = rate.per().toNanos() - pace;
    forget(now);
    long[] wait = {0};
    due.compute(
        who + "\n" + endpoint,
        (_, before) -> {
          long from = before == null || before - now < 0 ? now : before;
          if (from - now > ahead) {
            wait[0] = from - now - ahead;
            return from;
          }
          return from + pace;
        });
    if (wait[0] > 0) {
      long seconds = Duration.ofNanos(wait[0]).plusNanos(999_999_999).toSeconds();
      throw Refusal.busy(
          "this endpoint may be called " + rate.calls() + " times in " + words(rate.per()),
          Math.max(1, seconds));
    }
  }

  /** How many callers are remembered. */
  int known() {
    return due.size();
  }

  private static String words(Duration per) {
    return per.toSeconds() == 1 ? "a second" : per.toMinutes() == 1 ? "a minute" : "an hour";
  }

  /** Those who may call as often as anybody are not remembered. */
  private void forget(long now) {
    if (due.size() > MANY) {
      due.values().removeIf(at -> at - now < 0);
    }
  }
}
