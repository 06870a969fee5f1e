package dev.towpath.source.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.SqlPlace;
import dev.towpath.spi.TowpathException;
import dev.towpath.testing.DatabaseServer;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a script in a database does, whichever database it is. */
abstract class TransactionContract {
  abstract DatabaseServer server();

  abstract String scheme();

  abstract String database();

  /** A statement that takes a minute. */
  abstract String sleeping();

  private SqlPlace place() {
    return new Databases().at(url(DatabaseServer.PASSWORD, server().port()));
  }

  private String url(String password, int port) {
    return "%s://%s:%s@127.0.0.1:%d/%s"
        .formatted(
            scheme(),
            server().user(),
            URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20"),
            port,
            database());
  }

  @BeforeEach
  void table() {
    server()
        .sql(
            database(),
            "DROP TABLE IF EXISTS job_rows",
            "CREATE TABLE job_rows (id integer PRIMARY KEY, day date, at timestamp NULL,"
                + " amount numeric(10,2), note varchar(100))");
  }

  private long count() throws SQLException {
    try (Connection connection = server().connect(database());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM job_rows")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void valuesAreBoundWhateverTheirType() {
    String evil = "x'); DROP TABLE job_rows; -- \\' $day ${HOME}";
    SqlPlace.Answer answer =
        place()
            .run(
                """
                INSERT INTO job_rows VALUES ($id, $day, $end, $amount, $note);
                INSERT INTO job_rows VALUES ($id + 1, $day, NULL, $amount * 2, $nothing);
                SELECT id, day, at, amount, note, amount > 3 AS large FROM job_rows ORDER BY id;
                """,
                Map.of(
                    "id",
                    1L,
                    "day",
                    "2026-01-02",
                    "end",
                    Instant.parse("2026-01-02T03:04:05Z"),
                    "amount",
                    new BigDecimal("2.50"),
                    "note",
                    evil,
                    "nothing",
                    Optional.empty()));
    assertThat(answer.statements()).isEqualTo(3);
    assertThat(answer.changed()).isEqualTo(2);
    assertThat(answer.columns()).containsExactly("id", "day", "at", "amount", "note", "large");
    List<Object> first = answer.rows().getFirst();
    assertThat(first.subList(0, 2)).containsExactly(1L, "2026-01-02");
    assertThat(first.get(2).toString()).startsWith("2026-01-02 03:04:05");
    assertThat(first.subList(3, 5)).containsExactly(new BigDecimal("2.50"), evil);
    assertThat(answer.rows().get(1).get(2)).isNull();
    assertThat(answer.rows().get(1).get(4)).isNull();
    assertThat(answer.more()).isFalse();
  }

  @Test
  void itIsAllOrNothing() throws SQLException {
    assertThatThrownBy(() ->
            place()
                .run(
                    "INSERT INTO job_rows (id) VALUES (1);\n\nINSERT INTO job_rows (id) VALUES (1)",
                    Map.of()))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("statement 2 (line 3): ");
    assertThat(count()).isZero();
    place()
        .run("INSERT INTO job_rows (id) VALUES (1); DELETE FROM job_rows WHERE id = 2", Map.of());
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void manyRowsAreCut() {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < 25; i++) {
      sql.append("INSERT INTO job_rows (id) VALUES (").append(i).append(");");
    }
    SqlPlace.Answer answer = place().run(sql + "SELECT id FROM job_rows ORDER BY id", Map.of());
    assertThat(answer.rows()).hasSize(SqlPlace.MOST_ROWS);
    assertThat(answer.more()).isTrue();
    assertThat(answer.changed()).isEqualTo(25);
  }

  @Test
  void failuresAreInPlainWords() {
    assertThatThrownBy(() -> place().run("SELEC 1", Map.of()))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining(" at 127.0.0.1:" + server().port() + "/" + database() + ": ");
    TowpathException missing =
        catchThrowableOfType(
            TowpathException.class, () -> place().run("SELECT $dya", Map.of("day", "x")));
    assertThat(missing).hasMessage("parameter $dya has no value");
    assertThat(missing.hint()).contains("did you mean $day?");
    assertThatThrownBy(
            () -> new Databases().at(url("wr0ng", server().port())).run("SELECT 1", Map.of()))
        .isInstanceOf(TowpathException.class)
        .hasMessageNotContaining("wr0ng");
    assertThatThrownBy(() -> new Databases().at("oracle://a:s3cret@b/c"))
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void stoppingItStopsTheServerToo() throws Exception {
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                place().run("INSERT INTO job_rows (id) VALUES (7);" + sleeping(), Map.of());
              } catch (Throwable e) {
                end.set(e);
              }
            });
    Instant patience = Instant.now().plus(Duration.ofSeconds(30));
    while (sleepers() == 0) {
      assertThat(Instant.now()).isBefore(patience);
      Thread.sleep(20);
    }
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(end.get()).isInstanceOf(CancelledException.class);
    while (sleepers() > 0) {
      assertThat(Instant.now()).isBefore(patience);
      Thread.sleep(20);
    }
    assertThat(count()).isZero();
  }

  /** Stopped at any moment, it says what is so: nothing of it is there, or all of it. */
  @Test
  void whatWasStoppedIsNotCommittedWheneverThatWas() throws Exception {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      script.append("INSERT INTO job_rows (id) VALUES (").append(i).append(");\n");
    }
    Random random = new Random(5);
    for (int round = 0; round < 12; round++) {
      server().sql(database(), "DELETE FROM job_rows");
      AtomicReference<Throwable> end = new AtomicReference<>();
      Thread thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  place().run(script.toString(), Map.of());
                } catch (Throwable e) {
                  end.set(e);
                }
              });
      Thread.sleep(random.nextInt(round < 4 ? 10 : 120));
      thread.interrupt();
      assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
      if (end.get() == null) {
        assertThat(count()).as("it had committed").isEqualTo(400);
      } else {
        assertThat(end.get()).isInstanceOf(CancelledException.class);
        for (int look = 0; look < 10; look++) {
          assertThat(count()).as("round " + round).isZero();
          Thread.sleep(50);
        }
      }
    }
  }

  /** A query that counts what sleeps. */
  abstract String countSleepers();

  private long sleepers() throws SQLException {
    try (Connection connection = server().connect(database());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(countSleepers())) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
