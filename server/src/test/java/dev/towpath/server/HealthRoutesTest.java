package dev.towpath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a server is ready, and why it is not. */
class HealthRoutesTest {
  @TempDir private Path folder;
  private TestSite site;
  private Route ready;

  @BeforeEach
  void open() {
    site = new TestSite(folder);
    ready =
        new HealthRoutes(site, null) // measurements are another route's
            .routes().stream().filter(r -> r.path().equals("/readyz")).findFirst().orElseThrow();
  }

  @AfterEach
  void close() {
    site.close();
  }

  /** Who calls is of no account. */
  private Answer answer() {
    return ready.handler().answer(null);
  }

  private void isReady() {
    assertThat(answer())
        .isInstanceOfSatisfying(
            Answer.Whole.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.text()).contains("ready");
            });
  }

  private void isNotReady(String why) {
    Refusal refusal = catchThrowableOfType(Refusal.class, this::answer);
    assertThat(refusal).as("it says that it is ready").isNotNull();
    assertThat(refusal.status()).isEqualTo(503);
    assertThat(refusal).hasMessage(why);
  }

  @Test
  void aSchedulerThatIsSilentIsNotReady() {
    isNotReady("the scheduler has not looked yet");
    site.look();
    isReady();
    site.pass(Duration.ofSeconds(15));
    isReady();
    site.pass(Duration.ofSeconds(1));
    isNotReady("the scheduler has not looked for 16 s");
    site.look();
    isReady();
    site.pass(Duration.ofMinutes(-1)); // the machine's clock was put back
    isNotReady("the scheduler has not looked for 60 s");
  }

  @Test
  void aStoreThatDoesNotAnswerIsNotReady() throws IOException {
    site.look();
    isReady();
    Files.writeString(folder.resolve("metadata.db"), "this is no database\n".repeat(1_000));
    isNotReady("the metadata store does not answer");
  }
}
