package dev.towpath.core.project;

import static dev.towpath.core.project.TriggerRule.Verdict.FAIL;
import static dev.towpath.core.project.TriggerRule.Verdict.SKIP;
import static dev.towpath.core.project.TriggerRule.Verdict.START;
import static dev.towpath.core.project.TriggerRule.Verdict.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule over how those that a task needs stand: open, succeeded, failed, skipped. */
class TriggerRuleTest {
  @ParameterizedTest
  @CsvSource({
    "ALL_SUCCESS, 0, 0, 0, 0, START",
    "ALL_SUCCESS, 1, 2, 0, 0, WAIT",
    "ALL_SUCCESS, 0, 3, 0, 0, START",
    "ALL_SUCCESS, 1, 1, 1, 0, FAIL",
    "ALL_SUCCESS, 1, 1, 0, 1, WAIT",
    "ALL_SUCCESS, 0, 1, 0, 1, SKIP",
    "ALL_SUCCESS, 0, 0, 1, 1, FAIL",
    "ALL_DONE, 1, 0, 2, 0, WAIT",
    "ALL_DONE, 0, 0, 2, 1, START",
    "ALL_FAILED, 1, 0, 2, 0, WAIT",
    "ALL_FAILED, 0, 0, 2, 0, START",
    "ALL_FAILED, 1, 1, 0, 0, SKIP",
    "ALL_FAILED, 1, 0, 0, 1, SKIP",
    "ONE_SUCCESS, 0, 0, 0, 0, START",
    "ONE_SUCCESS, 2, 1, 0, 0, START",
    "ONE_SUCCESS, 1, 0, 1, 0, WAIT",
    "ONE_SUCCESS, 0, 0, 1, 1, FAIL",
    "ONE_SUCCESS, 0, 0, 0, 2, SKIP",
    "ONE_FAILED, 2, 0, 1, 0, START",
    "ONE_FAILED, 1, 1, 0, 0, WAIT",
    "ONE_FAILED, 0, 1, 0, 1, SKIP",
    "NONE_FAILED, 0, 1, 0, 1, START",
    "NONE_FAILED, 1, 1, 1, 0, FAIL",
    "NONE_FAILED, 1, 1, 0, 0, WAIT",
    "ALWAYS, 3, 0, 0, 0, START"
  })
  void decides(
      TriggerRule rule,
      int open,
      int succeeded,
      int failed,
      int skipped,
      TriggerRule.Verdict verdict) {
    assertThat(rule.decide(new TriggerRule.Counts(open, succeeded, failed, skipped)))
        .isEqualTo(verdict)
        .isIn(WAIT, START, SKIP, FAIL);
  }
}
