package dev.towpath.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KeptAnswersTest {
  private final KeptAnswers kept = new KeptAnswers(10_000, 2_000);

  private static Answer.Bytes answer(int bytes) {
    return new Answer.Bytes(200, "text/plain", new byte[bytes], Map.of());
  }

  @Test
  void theOneThatWasAskedForLongestAgoGoes() {
    for (int i = 0; i < 4; i++) {
      kept.put("tag " + i, answer(1_000)); // and about a kilobyte for what stands around it
    }
    assertThat(kept.get("tag 0")).isPresent();
    for (int i = 4; i < 6; i++) {
      kept.put("tag " + i, answer(1_000));
    }
    assertThat(kept.get("tag 1")).as("asked for longest ago").isEmpty();
    assertThat(kept.get("tag 0")).isPresent();
    assertThat(kept.get("tag 5")).isPresent();
    assertThat(kept.bytes()).isBetween(8_000L, 10_000L);
  }

  @Test
  void theSameAnswerAgainCountsOnce() {
    for (int i = 0; i < 100; i++) {
      kept.put("tag", answer(1_000));
    }
    assertThat(kept.bytes()).isLessThan(3_000);
  }

  @Test
  void aLargeAnswerIsNotKept() {
    kept.put("small", answer(2_000));
    kept.put("large", answer(2_001));
    assertThat(kept.get("large")).isEmpty();
    assertThat(kept.get("small")).isPresent();
  }
}
