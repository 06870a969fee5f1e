package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.ProjectReader;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.Outbox;
import dev.towpath.core.tell.Courier;
import dev.towpath.core.tell.Letters;
import dev.towpath.spi.Notifier;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delivery of what is owed, over the real store, under a clock that the tests set. */
class CourierTest {
  private static final Instant NIGHT = Instant.parse("2026-03-01T02:00:00Z");

  @TempDir private Path folder;
  private Instant now = NIGHT;
  private final List<SqliteStore> opened = new ArrayList<>();
  private SqliteStore store;
  private Project project;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<Notifier.Message> sent = new CopyOnWriteArrayList<>();
  private final List<Notifier.Receiver> receivers = new CopyOnWriteArrayList<>();
  private Optional<String> trouble = Optional.empty();

  /** A way that remembers, and fails when it is told to. */
  private final class Way implements Notifier {
    @Override
    public String type() {
      return "webhook";
    }

    @Override
    public void send(Receiver receiver, Message message) {
      if (trouble.isPresent()) {
        throw new TowpathException(trouble.get());
      }
      receivers.add(receiver);
      sent.add(message);
    }
  }

  @BeforeEach
  void open() throws IOException {
    write("towpath.yml", "project: canal\nnotify: {webhook: \"${HOOK}\", secret: \"${KEY}\"}\n");
    write(
        "flows/nightly.yml",
        "cron: '0 2 * * *'\ntimezone: Europe/Amsterdam\nrun: \"*\"\ndeadline: 1h\n");
    project =
        ProjectReader.read(
            folder,
            Map.of("HOOK", "https://hook.example/S3CRET", "KEY", "k3y-s3cret"),
            dev.towpath.core.project.SourceTypes.of(List.of()));
    assertThat(project.problems()).isEmpty();
    store = newStore();
  }

  @AfterEach
  void close() {
    opened.forEach(SqliteStore::close);
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(folder.resolve(file).getParent());
    Files.writeString(folder.resolve(file), text);
  }

  private SqliteStore newStore() {
    SqliteStore made =
        new SqliteStore(folder.resolve("metadata.db"), new MemoryObjects(() -> now), () -> now);
    opened.add(made);
    return made;
  }

  private Courier courier(SqliteStore over) {
    return new Courier(
        "prod",
        over.outbox(),
        () -> project,
        new Letters(over.flows()),
        List.of(new Way()),
        () -> now,
        said::add);
  }

  private List<Flow.Notice> notices() {
    return project.flow("nightly").orElseThrow().notices();
  }

  private FlowRun run(String id) {
    FlowRun run =
        FlowRun.queued(id, "prod", "nightly", FlowRun.Cause.PERSON, now, Optional.empty(), now);
    store.flows().enqueue(run, Optional.empty());
    return run;
  }

  private void fails(String id, String message) {
    run(id);
    assertThat(store.flows().refuse(id, message, notices(), now)).isTrue();
    now = now.plus(Duration.ofMinutes(10));
  }

  private void works(String id) {
    run(id);
    assertThat(
            store.flows().start(id, new FlowRun.Start(List.of(), Optional.empty(), notices()), now))
        .isTrue();
    now = now.plus(Duration.ofMinutes(10));
  }

  @Test
  void aFlowWithoutNotifyIsToldAsTheProjectSays() {
    assertThat(notices()).extracting(Flow.Notice::target).containsExactly("${HOOK}");
  }

  @Test
  void whatWasToldLongAgoIsForgotten() throws SQLException {
    run("r0");
    try (Connection file =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("metadata.db"));
        Statement statement = file.createStatement()) {
      statement.execute(
          """
          INSERT INTO outbox (env, flow_run, kind, target, payload, due, attempts, done, about)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10150)
          SELECT CASE WHEN i = 7 THEN 'other' ELSE 'prod' END, 'r' || i, 'webhook', 'x', '{}', 0, 1,
                 CASE WHEN i = 7 THEN NULL ELSE 0 END, CASE WHEN i = 8 THEN 'b' END FROM n
          """);
      for (int i = 0; i < 60; i++) { // the next whole hundred is among them
        fails("f" + i, "no");
      }
      assertThat(courier(store).deliver()).isPositive();
      while (courier(store).deliver() > 0) {
        // as many as there are
      }
      try (ResultSet left =
          statement.executeQuery(
              "SELECT count(*) FILTER (WHERE id <= 200), group_concat(id) FILTER (WHERE id <= 200) FROM outbox")) {
        assertThat(left.next()).isTrue();
        assertThat(left.getInt(1)).isEqualTo(2);
        assertThat(left.getString(2)).isEqualTo("7,8");
      }
    }
  }

  @Test
  void aFailureIsToldOnceInWordsThatHelp() {
    fails("r1", "models/a.sql:3:7: unknown column \"regon\", says S3CRET k3y-s3cret");
    project.variables().resolve("${KEY}");
    assertThat(courier(store).deliver()).isEqualTo(1);
    assertThat(courier(store).deliver()).isZero();
    assertThat(sent).hasSize(1);
    assertThat(sent.getFirst().subject()).isEqualTo("nightly failed in prod (canal)");
    assertThat(sent.getFirst().text())
        .startsWith("models/a.sql:3:7: unknown column \"regon\", says S3CRET ${KEY}\n\n")
        .contains("flow     nightly\n")
        .contains("due      2026-03-01 03:00:00 Europe/Amsterdam\n")
        .contains("failing  for the first time\n")
        .contains("look     towpath --env prod show r1\n");
    assertThat(sent.getFirst().facts())
        .containsEntry("event", "failure")
        .containsEntry("project", "canal")
        .containsEntry("run", "r1");
    assertThat(receivers.getFirst())
        .isEqualTo(new Notifier.Receiver("https://hook.example/S3CRET", Optional.of("k3y-s3cret")));
  }

  @Test
  void sinceWhenIsToldAndThatItIsOver() {
    fails("r1", "first");
    fails("r2", "second");
    works("r3");
    works("r4");
    while (courier(store).deliver() > 0) {
      // until nothing is owed
    }
    assertThat(sent)
        .extracting(Notifier.Message::subject)
        .containsExactlyInAnyOrder(
            "nightly failed in prod (canal)",
            "nightly failed in prod (canal)",
            "nightly is well again in prod (canal)");
    assertThat(text("r1")).contains("failing  for the first time\n");
    assertThat(text("r2"))
        .contains("failing  2 times in a row, since 2026-03-01 03:00:00 Europe/Amsterdam\n");
    assertThat(text("r3"))
        .contains(
            "failing  no longer; it failed 2 times in a row, since 2026-03-01 03:00:00"
                + " Europe/Amsterdam\n");
    assertThat(new HashSet<>(sent.stream().map(Notifier.Message::id).toList())).hasSize(3);
  }

  private String text(String run) {
    return sent.stream()
        .filter(m -> run.equals(m.facts().get("run")))
        .findFirst()
        .orElseThrow()
        .text();
  }

  @Test
  void aMissedDeadlineIsTold() {
    run("r1");
    assertThat(store.flows().late("r1", notices(), now)).isTrue();
    courier(store).deliver();
    assertThat(sent.getFirst().subject()).isEqualTo("nightly is late in prod (canal)");
    assertThat(sent.getFirst().text())
        .contains("state    still waits for its start\n", "look     towpath --env prod show r1\n");
  }

  @Test
  void whatCannotBeDeliveredIsTriedAgainLaterAndThenGivenUp() {
    fails("r1", "broken");
    trouble = Optional.of("hook.example answered 500 with k3y-s3cret");
    Instant start = now;
    int tries = 0;
    for (int hours = 0; hours < 48 * 60; hours++) {
      tries += courier(store).deliver();
      now = now.plus(Duration.ofMinutes(1));
    }
    assertThat(tries).isEqualTo(Courier.MOST_TRIES);
    Outbox.Message message = store.outbox().list("prod", 10).getFirst();
    assertThat(message.done()).isPresent();
    assertThat(Duration.between(start, message.done().get()))
        .isBetween(Duration.ofHours(3), Duration.ofHours(8));
    assertThat(message.error()).contains("hook.example answered 500 with ${KEY}");
    assertThat(said).hasSize(Courier.MOST_TRIES);
    assertThat(said.getLast())
        .isEqualTo(
            "failure of nightly could not be told by webhook (try 10 of 10): hook.example answered"
                + " 500 with ${KEY}; it is given up");
    assertThat(store.events().after("prod", 0, 1_000))
        .filteredOn(e -> e.type().equals("notice.failed"))
        .hasSize(1);
    trouble = Optional.empty();
    assertThat(courier(store).deliver()).isZero();
  }

  @Test
  void itArrivesWhenTheTroubleIsOver() {
    fails("r1", "broken");
    trouble = Optional.of("down");
    courier(store).deliver();
    trouble = Optional.empty();
    assertThat(courier(store).deliver()).isZero();
    now = now.plus(Duration.ofMinutes(1));
    assertThat(courier(store).deliver()).isEqualTo(1);
    assertThat(sent).hasSize(1);
  }

  @Test
  void twoServersSendItOnce() throws InterruptedException {
    for (int i = 0; i < 40; i++) {
      fails("r%03d".formatted(i), "broken");
    }
    SqliteStore other = newStore();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (SqliteStore each : List.of(store, other, store, other)) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                while (courier(each).deliver() > 0) {
                  // until nothing is left
                }
              }));
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(sent).hasSize(40);
    assertThat(new HashSet<>(sent.stream().map(Notifier.Message::id).toList())).hasSize(40);
  }

  @Test
  void whatADeadServerHadTakenIsSentByAnother() {
    fails("r1", "broken");
    assertThat(store.outbox().claim("prod", 10, now, now.plus(Duration.ofMinutes(3)))).hasSize(1);
    store.close(); // it never says whether it sent it
    opened.remove(store);
    store = newStore();
    assertThat(courier(store).deliver()).isZero();
    now = now.plus(Duration.ofMinutes(4));
    assertThat(courier(store).deliver()).isEqualTo(1);
    assertThat(sent).hasSize(1);
  }

  @Test
  void aVariableThatIsNotSetIsSaid() {
    fails("r1", "broken");
    project =
        ProjectReader.read(folder, Map.of(), dev.towpath.core.project.SourceTypes.of(List.of()));
    courier(store).deliver();
    assertThat(said.getFirst()).contains("the environment variable \"HOOK\" is not set");
    assertThat(sent).isEmpty();
  }

  @Test
  void whatIsOwedAboutNoRunIsOwedOnce() {
    Flow.Notice notice = notices().getFirst();
    Map<String, String> payload =
        Map.of("event", "freshness", "table", "raw.t", "message", "raw.t has had nothing new");
    assertThat(store.outbox().owe("prod", "k1", notice, payload, now)).isTrue();
    assertThat(store.outbox().owe("prod", "k1", notice, payload, now)).isFalse();
    assertThat(store.outbox().owe("dev", "k1", notice, payload, now)).isTrue();
    assertThat(store.outbox().owe("prod", "k2", notice, payload, now)).isTrue();
    assertThat(courier(store).deliver()).isEqualTo(2);
    assertThat(sent.getFirst().subject()).isEqualTo("raw.t has nothing new in prod (canal)");
    assertThat(store.outbox().owe("prod", "k1", notice, payload, now)).isFalse();
  }
}
