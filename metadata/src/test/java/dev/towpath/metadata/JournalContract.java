package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.Event;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.Outbox;
import dev.towpath.spi.Location;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written down for others: events, who did what, and messages that are owed. */
abstract class JournalContract {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Flow.Notice SLACK =
      new Flow.Notice(
          "slack",
          "https://hooks.example/1",
          Optional.empty(),
          List.of(Flow.Event.FAILURE),
          Location.of("flows/f.yml"));

  private final MemoryObjects objects = new MemoryObjects(() -> NOON);
  private Backend backend;
  private final List<SqlStore> processes = new ArrayList<>();

  /** A place with nothing in it. */
  abstract Backend backend();

  @BeforeEach
  void open() {
    backend = backend();
    process();
    process();
  }

  @AfterEach
  void close() {
    processes.forEach(SqlStore::close);
    backend.close();
  }

  private void process() {
    processes.add(backend.open(objects, () -> NOON));
  }

  private SqlStore here() {
    return processes.getFirst();
  }

  private SqlStore there() {
    return processes.getLast();
  }

  private static void enqueue(SqlStore store, String id, String environment) {
    store
        .flows()
        .enqueue(
            FlowRun.queued(
                id, environment, "f", FlowRun.Cause.PERSON, NOON, Optional.empty(), NOON),
            Optional.of(new AuditLog.Act("ada", "trigger", id, "")));
  }

  @Test
  void whoFollowsSeesEachEventOnceAndInOrder() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Event> seen = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      Future<?> follower =
          threads.submit(() -> {
            for (boolean last = false; !last; ) {
              last = over.get(); // what was written before that is read once more
              seen.addAll(
                  there().events().after("dev", seen.isEmpty() ? 0 : seen.getLast().id(), 7));
              last &= there().events().last("dev") == (seen.isEmpty() ? 0 : seen.getLast().id());
            }
          });
      List<Future<?>> writers = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        int writer = w;
        writers.add(
            threads.submit(() -> {
              for (int i = 0; i < 25; i++) {
                enqueue(processes.get(writer % 2), writer + "-" + i, writer == 3 ? "other" : "dev");
              }
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      over.set(true);
      follower.get();
    }
    assertThat(seen).extracting(Event::environment).containsOnly("dev");
    assertThat(seen).extracting(Event::type).containsOnly("run.created");
    assertThat(seen).extracting(e -> e.run().orElseThrow()).doesNotHaveDuplicates().hasSize(75);
    assertThat(seen).extracting(Event::id).isSorted().doesNotHaveDuplicates();
    for (int writer = 0; writer < 3; writer++) {
      String prefix = writer + "-";
      assertThat(seen.stream().map(e -> e.run().orElseThrow()).filter(r -> r.startsWith(prefix)))
          .as("as they came about")
          .containsExactlyElementsOf(
              java.util.stream.IntStream.range(0, 25).mapToObj(i -> prefix + i).toList());
    }
    assertThat(here().events().after("dev", 0, 1_000)).isEqualTo(seen);
    assertThat(here().events().after("other", 0, 1_000)).hasSize(25);
    assertThat(here().events().last("nowhere")).isZero();
  }

  /** The oldest go, whichever environment they are of. */
  @Test
  void whoMayHaveMissedEventsIsKnown() {
    assertThat(here().events().trimmed(0)).isFalse();
    for (int i = 0; i < 3; i++) {
      enqueue(here(), "early" + i, "dev");
    }
    long last = here().events().last("dev");
    assertThat(here().events().trimmed(0)).isFalse();
    skipTo(200_999);
    enqueue(there(), "late", "other"); // with its event some are too old
    assertThat(there().events().last("other")).isEqualTo(201_000);
    assertThat(here().events().after("dev", 0, 9)).isEmpty();
    assertThat(here().events().trimmed(last - 1)).isTrue();
    assertThat(here().events().trimmed(200_999)).isFalse();
  }

  /** Events after this one have higher ids, as if very many had come about. */
  private void skipTo(long id) {
    try (Database database = backend.database(connection -> connection)) {
      database.grouped(link ->
          backend instanceof PostgresBackend
              ? Sql.number(link, "SELECT setval(pg_get_serial_sequence('event', 'id'), ?)", id)
              : Sql.update(link, "UPDATE sqlite_sequence SET seq = ? WHERE name = 'event'", id));
    }
  }

  @Test
  void whatWasDoneIsWrittenDownWithItOrNotAtAll() {
    enqueue(here(), "one", "dev");
    there().audit().add("dev", new AuditLog.Act("bob", "login", "", "it's \"him\" \u00e9"), NOON);
    here().audit().add("other", new AuditLog.Act("cem", "login", "", ""), NOON);
    assertThat(there().audit().list("dev", 10))
        .extracting(AuditLog.Entry::act)
        .containsExactly(
            new AuditLog.Act("bob", "login", "", "it's \"him\" \u00e9"),
            new AuditLog.Act("ada", "trigger", "one", ""));
    assertThat(there().audit().list("dev", 1)).hasSize(1);
    List<AuditLog.Entry> all = there().audit().list("dev", 10);
    assertThat(there().audit().list("dev", "", all.getFirst().id(), 10))
        .as("the page after the first")
        .containsExactly(all.getLast());
    long before = here().events().last("dev");
    assertThat(catching(() -> enqueue(there(), "one", "dev"))).as("that id is taken").isTrue();
    assertThat(there().audit().list("dev", 10)).hasSize(2);
    assertThat(there().events().last("dev")).isEqualTo(before);
    assertThat(here().flows().cancel("none", "", Optional.of(act("cancel")), NOON)).isFalse();
    assertThat(here().audit().list("dev", 10)).as("nothing was done").hasSize(2);
    assertThat(here().flows().cancel("one", "", Optional.of(act("cancel")), NOON)).isTrue();
    assertThat(here().audit().list("dev", 10).getFirst().act()).isEqualTo(act("cancel"));
  }

  @Test
  void whatWasDoneIsFoundByAWordOfIt() {
    List.of("100%", "100 per cent", "a_b", "axb", "wow!", "it's")
        .forEach(detail ->
            here().audit().add("dev", new AuditLog.Act("Ada", "note", "Flow", detail), NOON));
    here().audit().add("other", new AuditLog.Act("ada", "note", "Flow", "100%"), NOON);
    assertThat(found("100%", 10)).containsExactly("100%");
    assertThat(found("a_b", 10)).containsExactly("a_b");
    assertThat(found("!", 10)).containsExactly("wow!");
    assertThat(found("'", 10)).containsExactly("it's");
    assertThat(found("ADA note fLOW a", 10)).as("in any case").containsExactly("axb", "a_b");
    assertThat(found("", 3)).containsExactly("it's", "wow!", "axb");
    assertThat(found("nobody", 10)).isEmpty();
    long id = there().audit().list("dev", "per", Long.MAX_VALUE, 1).getFirst().id();
    assertThat(there().audit().list("dev", "100", id, 10))
        .as("the page after it")
        .extracting(e -> e.act().detail())
        .containsExactly("100%");
  }

  private List<String> found(String word, int limit) {
    return there().audit().list("dev", word, Long.MAX_VALUE, limit).stream()
        .map(e -> e.act().detail())
        .toList();
  }

  private static AuditLog.Act act(String action) {
    return new AuditLog.Act("ada", action, "one", "");
  }

  private static boolean catching(Runnable work) {
    try {
      work.run();
      return false;
    } catch (RuntimeException e) {
      return true;
    }
  }

  private boolean owe(SqlStore store, String key) {
    return store.outbox().owe("dev", key, SLACK, Map.of("event", "failure", "flow", "f"), NOON);
  }

  @Test
  void aMessageIsOwedOnceAndTakenByOneProcess() throws Exception {
    assertThat(here().outbox().next("dev")).isEmpty();
    for (int i = 0; i < 40; i++) {
      assertThat(owe(here(), "k" + i)).isTrue();
      assertThat(owe(there(), "k" + i)).as("it is owed already").isFalse();
    }
    assertThat(there().outbox().next("dev")).contains(NOON);
    Instant later = NOON.plusSeconds(60);
    Set<Long> taken = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> couriers = new ArrayList<>();
      for (int c = 0; c < 4; c++) {
        SqlStore store = processes.get(c % 2);
        couriers.add(
            threads.submit(() -> {
              for (List<Outbox.Message> some = store.outbox().claim("dev", 3, NOON, later);
                  !some.isEmpty();
                  some = store.outbox().claim("dev", 3, NOON, later)) {
                some.forEach(
                    m -> assertThat(taken.add(m.id())).as("%s is taken twice", m).isTrue());
              }
            }));
      }
      for (Future<?> courier : couriers) {
        courier.get();
      }
    }
    assertThat(taken).hasSize(40);
    assertThat(here().outbox().claim("dev", 3, later.minusMillis(1), later)).isEmpty();
    List<Outbox.Message> again = there().outbox().claim("dev", 100, later, later.plusSeconds(60));
    assertThat(again).hasSize(40).extracting(Outbox.Message::attempts).containsOnly(2);
  }

  @Test
  void aMessageEndsDeliveredOrGivenUpAndTheLatterIsAnEvent() {
    owe(here(), "good");
    owe(here(), "bad");
    owe(here(), "slow");
    Instant until = NOON.plusSeconds(60);
    List<Outbox.Message> three = here().outbox().claim("dev", 3, NOON, until);
    assertThat(three).hasSize(3).extracting(Outbox.Message::target).containsOnly(SLACK.target());
    here().outbox().delivered(three.get(0), NOON);
    here().outbox().failed(three.get(1), "refused", Optional.empty(), NOON);
    Instant again = NOON.plus(Duration.ofMinutes(5));
    here().outbox().failed(three.get(2), "timed out", Optional.of(again), NOON);
    assertThat(there().outbox().next("dev")).contains(again);
    assertThat(there().outbox().claim("dev", 9, again.minusMillis(1), again)).isEmpty();
    assertThat(there().outbox().claim("dev", 9, again, again.plusSeconds(60)))
        .singleElement()
        .satisfies(m -> {
          assertThat(m.id()).isEqualTo(three.get(2).id());
          assertThat(m.error()).contains("timed out");
        });
    assertThat(new HashSet<>(there().outbox().list("dev", 9)))
        .extracting(m -> m.done().isPresent() + " " + m.error().orElse("delivered"))
        .containsExactlyInAnyOrder("true delivered", "true refused", "false timed out");
    assertThat(there().events().after("dev", 0, 9))
        .singleElement()
        .satisfies(e -> {
          assertThat(e.type()).isEqualTo("notice.failed");
          assertThat(e.flow()).contains("f");
          assertThat(e.detail()).containsEntry("error", "refused").containsEntry("kind", "slack");
        });
    here().outbox().delivered(three.get(1), NOON); // too late: it was given up
    assertThat(there().outbox().list("dev", 9))
        .filteredOn(m -> m.id() == three.get(1).id())
        .singleElement()
        .satisfies(m -> assertThat(m.error()).contains("refused"));
    assertThat(owe(there(), "good")).as("it has been told").isFalse();
  }
}
