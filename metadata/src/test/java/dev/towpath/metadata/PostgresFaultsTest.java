package dev.towpath.metadata;

import static dev.towpath.metadata.Fixtures.NOW;
import static dev.towpath.metadata.Fixtures.by;
import static dev.towpath.metadata.Fixtures.publication;
import static dev.towpath.metadata.Fixtures.run;
import static dev.towpath.metadata.Fixtures.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.towpath.core.project.TriggerRule;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.MetadataStore.Hold;
import dev.towpath.core.store.Publication.Published;
import dev.towpath.core.store.RunRecord;
import dev.towpath.spi.TowpathException;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens when the server, the way to it, or a process that uses it fails. */
@Tag("integration")
class PostgresFaultsTest {
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final String OTHERS =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
          + " WHERE pid <> pg_backend_pid() AND application_name = 'towpath'";

  private static PostgresServer server;

  private final MemoryObjects objects = new MemoryObjects(InstantSource.fixed(NOW));
  private final List<SqlStore> opened = new ArrayList<>();
  private PostgresBackend backend;

  @BeforeAll
  static void start() {
    server = PostgresServer.create();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void make() {
    backend = new PostgresBackend(server, LEASE);
  }

  @AfterEach
  void close() {
    opened.forEach(SqlStore::close);
    backend.close();
  }

  private SqlStore open() {
    return open(backend.database(connection -> connection));
  }

  private SqlStore open(Database database) {
    SqlStore store = backend.open(database, objects, InstantSource.fixed(NOW));
    opened.add(store);
    return store;
  }

  private static FlowRun queued(String id) {
    return FlowRun.queued(
        id, "dev", "flow of " + id, FlowRun.Cause.PERSON, NOW, Optional.empty(), NOW);
  }

  private static FlowRun.Start only(String run) {
    FlowTask task =
        FlowTask.waiting(queued(run), "job:only", "empty", "default", 0, TriggerRule.ALL_SUCCESS);
    return new FlowRun.Start(List.of(task), Optional.empty(), List.of());
  }

  private static int count(SqlStore store) {
    return store.flows().runs("dev", Optional.empty(), 100_000).size();
  }

  private TowpathException refused(String url) {
    AtomicReference<TowpathException> thrown = new AtomicReference<>();
    try (PostgresStore store = new PostgresStore(url, objects, InstantSource.fixed(NOW))) {
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(store::id)
          .satisfies(thrown::set);
    }
    TowpathException e = thrown.get();
    assertThat(e.getMessage() + e.hint()).doesNotContain("wrong secret", DatabaseServer.PASSWORD);
    return e;
  }

  @Test
  void saysWhatIsWrongWithTheAddressAndTellsNoPassword() {
    int port = server.port();
    assertThat(refused("postgres://postgres:wrong%20secret@127.0.0.1:" + port + "/postgres"))
        .hasMessageStartingWith(
            "the metadata store 127.0.0.1:" + port + "/postgres refuses the login: ");
    assertThat(refused(PostgresBackend.url(server, "nowhere", "towpath")))
        .hasMessageContaining("/nowhere cannot be opened: database \"nowhere\" does not exist")
        .extracting(e -> e.hint().orElseThrow())
        .asString()
        .contains("createdb nowhere");
    assertThat(refused("postgres://postgres:wrong%20secret@127.0.0.1:1/postgres"))
        .hasMessageContaining("cannot be reached");
    for (String url :
        List.of(
            "postgres://postgres:wrong secret@/x",
            "postgres://postgres:wrong%20secret@127.0.0.1/x?schema=A-b",
            "postgres://postgres:wrong%20secret@127.0.0.1/x?shema=a")) {
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(() -> PostgresAddress.of(url))
          .satisfies(e -> assertThat(e.getMessage() + e.hint()).doesNotContain("secret"));
    }
  }

  @Test
  void aUserWithoutRightsIsToldWhichAreMissing() {
    server.sql("postgres", "DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'g'");
    assertThat(refused("postgres://guest:g@127.0.0.1:" + server.port() + "/postgres?schema=fresh"))
        .hasMessageContaining("may not be used by user \"guest\": permission denied")
        .extracting(e -> e.hint().orElseThrow())
        .asString()
        .contains("GRANT CREATE ON DATABASE");
  }

  @Test
  void aSchemaOfOthersIsLeftAlone() {
    server.sql("postgres", "DROP SCHEMA IF EXISTS taken CASCADE", "CREATE SCHEMA taken");
    server.sql("postgres", "CREATE TABLE taken.t (i int)");
    assertThat(refused(PostgresBackend.url(server, "postgres", "taken")))
        .hasMessageContaining("the schema \"taken\" of", "holds tables of others");
  }

  @Test
  void aNewerStoreIsRefusedAlsoByThoseThatHaveItOpen() {
    SqlStore store = open();
    store.flows().enqueue(queued("a"), Optional.empty());
    server.sql(
        "postgres", "UPDATE " + backend.schema() + ".towpath_version SET number = number + 1");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> store.flows().enqueue(queued("b"), Optional.empty()))
        .withMessageContaining("and this towpath knows versions up to");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> open().id())
        .withMessageContaining("and this towpath knows versions up to");
  }

  @Test
  void severalProcessesMakeTheTablesAtOnce() throws Exception {
    List<Future<String>> ids = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(6)) {
      for (int i = 0; i < 6; i++) {
        SqlStore store = open();
        ids.add(threads.submit(store::id));
      }
    }
    for (Future<String> id : ids) {
      assertThat(id.get()).isEqualTo(ids.getFirst().get());
    }
  }

  @Test
  void eachRunIsStartedOnceHoweverManyProcessesTry() throws Exception {
    List<SqlStore> stores = List.of(open(), open(), open());
    for (int i = 0; i < 60; i++) {
      stores.getFirst().flows().enqueue(queued("r" + i), Optional.empty());
    }
    AtomicInteger started = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (SqlStore store : stores) {
        for (int i = 0; i < 60; i++) {
          String id = "r" + i;
          threads.execute(() -> {
            if (store.flows().start(id, only(id), NOW)) {
              started.incrementAndGet();
            }
          });
        }
      }
    }
    assertThat(started).hasValue(60);
    assertThat(stores.getLast().flows().runs("dev", Optional.empty(), 100))
        .allMatch(run -> run.state() == FlowRun.State.RUNNING && run.attempts() == 1);
  }

  @Test
  void anInterruptedVirtualThreadStillWritesAndReads() throws Exception {
    SqlStore store = open();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .uncaughtExceptionHandler((_, e) -> failure.set(e))
            .start(() -> {
              Thread.currentThread().interrupt();
              store.flows().enqueue(queued("a"), Optional.empty());
              assertThat(count(store)).isEqualTo(1);
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
    thread.join();
    assertThat(failure).hasNullValue();
  }

  @Test
  void aServerThatRestartsIsWaitedFor() throws Exception {
    SqlStore store = open();
    Hold hold = store.begin(run("one", "dev"));
    store.stage("one", "key", state("a", "marts.daily"));
    for (String signal : List.of("QUIT", "INT", "KILL")) {
      CountDownLatch down = new CountDownLatch(1);
      AtomicInteger written = new AtomicInteger();
      try (var threads = Executors.newFixedThreadPool(3)) {
        Future<?> writer =
            threads.submit(() -> {
              for (int i = 0; down.getCount() > 0 || i < 20; i++) {
                store.flows().enqueue(queued(signal + i), Optional.empty());
                written.incrementAndGet();
              }
            });
        Future<?> reader =
            threads.submit(() -> {
              while (down.getCount() > 0) {
                count(store);
              }
            });
        TimeUnit.MILLISECONDS.sleep(200);
        if (signal.equals("KILL")) {
          server.kill();
        } else {
          server.stop(signal);
        }
        TimeUnit.MILLISECONDS.sleep(300);
        server.start();
        down.countDown();
        writer.get();
        reader.get();
      }
      assertThat(
              store.flows().runs("dev", Optional.empty(), 100_000).stream()
                  .filter(run -> run.id().startsWith(signal)))
          .as("nothing that was acknowledged is lost, and nothing is there twice")
          .hasSize(written.get());
    }
    assertThat(store.publish(by("one", publication("dev", 0, state("a", "marts.daily")))))
        .isInstanceOf(Published.class);
    hold.close();
  }

  /** Calls an action before or after some statement is sent, once. */
  private static Connection tap(
      Connection connection, String sql, boolean after, AtomicInteger left, Runnable action) {
    return (Connection)
        proxy(
            Connection.class,
            connection,
            (method, args, result) -> {
              if (!method.equals("prepareStatement") || !String.valueOf(args[0]).startsWith(sql)) {
                return result.call();
              }
              PreparedStatement statement = (PreparedStatement) result.call();
              return proxy(
                  PreparedStatement.class,
                  statement,
                  (name, _, inner) -> {
                    boolean now = name.startsWith("execute") && left.getAndDecrement() == 1;
                    if (now && !after) {
                      action.run();
                    }
                    Object value = inner.call();
                    if (now && after) {
                      action.run();
                      throw new java.sql.SQLException("the answer was lost", "08006");
                    }
                    return value;
                  });
            });
  }

  private interface Inner {
    Object call() throws Throwable;
  }

  private interface Around {
    Object call(String method, Object[] args, Inner inner) throws Throwable;
  }

  private static Object proxy(Class<?> type, Object target, Around around) {
    return Proxy.newProxyInstance(
        PostgresFaultsTest.class.getClassLoader(),
        new Class<?>[] {type},
        (_, method, args) ->
            around.call(
                method.getName(),
                args,
                () -> {
                  try {
                    return method.invoke(target, args);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }));
  }

  /** A store that is struck once, at its first statement that begins so. */
  private SqlStore struck(String sql, boolean after, Runnable action) {
    open().id(); // so that it is not struck while it makes its tables
    AtomicInteger left = new AtomicInteger(1);
    return open(backend.database(connection -> tap(connection, sql, after, left, action)));
  }

  @Test
  void aTransactionWhoseConnectionIsKilledIsDoneAgain() {
    for (String sql : List.of("BEGIN; ", "INSERT INTO flow_run", "COMMIT")) {
      AtomicInteger strikes = new AtomicInteger();
      SqlStore store =
          struck(
              sql,
              false,
              () -> {
                strikes.incrementAndGet();
                server.sql("postgres", OTHERS);
              });
      store.flows().enqueue(queued(sql), Optional.empty());
      assertThat(store.flows().run(sql)).isPresent();
      assertThat(strikes).as(sql).hasValue(1);
    }
    assertThat(count(open())).isEqualTo(3);
  }

  @Test
  void aCommitWithoutAnAnswerIsLookedUp() {
    AtomicInteger strikes = new AtomicInteger();
    SqlStore store = struck("COMMIT", true, strikes::incrementAndGet);
    store.flows().enqueue(queued("a"), Optional.empty());
    assertThat(strikes).hasValue(1);
    assertThat(count(store)).as("done once, not again").isEqualTo(1);
  }

  @Test
  void aCommitOfWhichNothingCanBeLearntIsSaidToBeUnknown() {
    SqlStore store = struck("COMMIT", true, () -> server.stop("QUIT"));
    try {
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(() -> store.flows().enqueue(queued("a"), Optional.empty()))
          .withMessageContaining("it is not known whether it took effect");
    } finally {
      server.start();
    }
    assertThat(count(store)).isEqualTo(1);
  }

  @Test
  void aServerThatStaysAwayEndsInAnErrorAndTheLease() throws Exception {
    SqlStore store = open();
    CountDownLatch told = new CountDownLatch(1);
    store.onLost(_ -> told.countDown());
    store.begin(run("one", "dev"));
    long start = System.nanoTime();
    server.stop("QUIT");
    try {
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(() -> store.flows().enqueue(queued("a"), Optional.empty()))
          .satisfies(e -> assertThat(e.hint()).isPresent());
      assertThat(told.await(LEASE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("it knows before others may take over")
          .isLessThan(LEASE);
    } finally {
      server.start();
    }
    for (Runnable call :
        List.<Runnable>of(
            () -> store.flows().enqueue(queued("b"), Optional.empty()),
            () -> store.head("dev"),
            () -> store.begin(run("two", "dev")))) {
      assertThatExceptionOfType(TowpathException.class)
          .isThrownBy(call::run)
          .withMessageContaining("was out of touch with", "it writes nothing any more");
    }
    awaitDeath(open());
  }

  private static void awaitDeath(SqlStore other) throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      RunRecord run = other.runs("dev", 1).getFirst();
      if (run.state() == RunRecord.State.FAILED) {
        assertThat(run.message()).contains("the process died");
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("it is alive still");
  }

  /** Its clock says that it has its lease, and the database's says that it has not. */
  @Test
  void aSleeperWritesNothingEvenWhenNobodyHasBuriedItYet() {
    SqlStore sleeper = open();
    CountDownLatch told = new CountDownLatch(1);
    sleeper.onLost(_ -> told.countDown());
    sleeper.begin(run("one", "dev"));
    server.sql("postgres", "UPDATE " + backend.schema() + ".node SET expires = clock_timestamp()");
    assertThatExceptionOfType(TowpathException.class)
        .isThrownBy(() -> sleeper.publish(by("one", publication("dev", 0, state("a", "m.d")))))
        .withMessageContaining("writes nothing any more");
    assertThat(told.getCount()).isZero();
    SqlStore other = open();
    assertThat(other.head("dev").number()).isZero();
    assertThat(other.runs("dev", 1).getFirst().state()).isEqualTo(RunRecord.State.FAILED);
  }

  /** One that is stopped within a transaction holds the lock that all others wait for. */
  @Test
  void whoSleepsInATransactionLosesItAndTheLock() throws Exception {
    SqlStore store = open();
    store.id();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch wake = new CountDownLatch(1);
    Database sleepy = backend.database(connection -> connection);
    open(sleepy);
    try (var threads = Executors.newFixedThreadPool(1)) {
      Future<Integer> sleeping =
          threads.submit(() ->
              sleepy.grouped(link -> {
                inside.countDown();
                await(wake);
                return Sql.update(link, "DELETE FROM flow_run");
              }));
      inside.await();
      store.flows().enqueue(queued("a"), Optional.empty()); // waits for no longer than a lease
      wake.countDown();
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(sleeping::get)
          .withMessageContaining("ended a transaction of this process, which was silent for too");
    }
    assertThat(count(store)).isEqualTo(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theLeaseGoesOnAsLongAsTheProcessDoes() throws Exception {
    SqlStore store = open();
    Hold hold = store.begin(run("one", "dev"));
    TimeUnit.MILLISECONDS.sleep(LEASE.toMillis() * 2);
    assertThat(open().runs("dev", 1).getFirst().state()).isEqualTo(RunRecord.State.RUNNING);
    store.finish("one", RunRecord.State.SUCCESS, Optional.empty(), NOW);
    hold.close();
  }
}
