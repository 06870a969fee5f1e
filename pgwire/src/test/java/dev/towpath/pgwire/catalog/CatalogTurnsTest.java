package dev.towpath.pgwire.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CatalogTurnsTest {
  private final CatalogTurns turns =
      new CatalogTurns(Duration.ofMillis(60), Duration.ofMillis(20), _ -> () -> {});
  private final CountDownLatch end = new CountDownLatch(1);

  /** A step that does not hear that it is to stop. */
  private void deaf() throws SQLException {
    new CatalogWork(turns)
        .run(_ -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return 0;
        });
  }

  private int asked() throws SQLException {
    return new CatalogWork(turns).run(_ -> 7);
  }

  /** What the watch on memory stops ends soon, and is told why. */
  @Test
  void whatTakesTooMuchMemoryIsStopped() throws Exception {
    AtomicInteger watched = new AtomicInteger();
    CatalogTurns full =
        new CatalogTurns(
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            stop -> {
              watched.incrementAndGet();
              Thread.ofVirtual().start(stop);
              return watched::decrementAndGet;
            });
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() ->
              new CatalogWork(full)
                  .run(work -> {
                    work.runs(statement);
                    return statement.executeQuery(
                        "SELECT count(*) FROM range(100000000) a, range(100000) b");
                  }))
          .isInstanceOfSatisfying(
              PgError.class, e -> assertThat(e.state()).isEqualTo(SqlState.OUT_OF_MEMORY));
      assertThat(watched).hasValue(0);
    }
  }

  @Test
  void whoDoesNotHearACancelKeepsNobodyWaiting() throws Exception {
    try {
      for (int i = 0; i < 16; i++) {
        assertThatThrownBy(() -> deaf())
            .isInstanceOfSatisfying(
                PgError.class, e -> assertThat(e.state()).isEqualTo(SqlState.CANCELED));
        assertThat(asked()).isEqualTo(7);
      }
      for (int i = 0; i < 4; i++) { // more than that do not run beside others
        assertThatThrownBy(() -> deaf()).isInstanceOf(PgError.class);
      }
      assertThatThrownBy(() -> asked())
          .isInstanceOfSatisfying(
              PgError.class, e -> assertThat(e.state()).isEqualTo(SqlState.TOO_MANY_CONNECTIONS));
      end.countDown();
      int answers = 0;
      for (int i = 0; i < 100 && answers < 20; i++) {
        try {
          answers += asked() == 7 ? 1 : 0;
        } catch (PgError stillBusy) {
          assertThat(stillBusy.state()).isEqualTo(SqlState.TOO_MANY_CONNECTIONS);
        }
      }
      assertThat(answers).isEqualTo(20);
    } finally {
      end.countDown();
    }
  }
}
