package dev.towpath.pgwire.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CatalogTurnsTest {
  private final CatalogTurns turns = new CatalogTurns(Duration.ofMillis(60), Duration.ofMillis(20));
  private final CountDownLatch end = new CountDownLatch(1);

  /** A step that does not hear that it is to stop. */
  private void deaf(Connection connection) throws SQLException {
    new CatalogWork(connection, turns)
        .run(_ -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return 0;
        });
  }

  private int asked(Connection connection) throws SQLException {
    return new CatalogWork(connection, turns).run(_ -> 7);
  }

  @Test
  void whoDoesNotHearACancelKeepsNobodyWaiting() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
      for (int i = 0; i < 16; i++) {
        assertThatThrownBy(() -> deaf(connection))
            .isInstanceOfSatisfying(
                PgError.class, e -> assertThat(e.state()).isEqualTo(SqlState.CANCELED));
        assertThat(asked(connection)).isEqualTo(7);
      }
      for (int i = 0; i < 4; i++) { // more than that do not run beside others
        assertThatThrownBy(() -> deaf(connection)).isInstanceOf(PgError.class);
      }
      assertThatThrownBy(() -> asked(connection))
          .isInstanceOfSatisfying(
              PgError.class, e -> assertThat(e.state()).isEqualTo(SqlState.TOO_MANY_CONNECTIONS));
      end.countDown();
      int answers = 0;
      for (int i = 0; i < 100 && answers < 20; i++) {
        try {
          answers += asked(connection) == 7 ? 1 : 0;
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
