package dev.towpath.pgwire;

import static dev.towpath.pgwire.Servers.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** Clients that mean harm or are broken. The server stays up and others notice nothing. */
class AttackTest {
  private static Servers patient(Duration patience, int most) throws SQLException {
    return Servers.with(Servers.options(Optional.empty(), most, patience));
  }

  private static void assertServes(Servers servers) throws SQLException {
    try (Connection connection = servers.connect()) {
      assertThat(rows(connection, "SELECT count(*) FROM marts.daily")).containsExactly("1000");
    }
  }

  @Test
  void slowClientsAreDroppedAndOthersServed() throws Exception {
    try (Servers servers = patient(Duration.ofMillis(700), 500)) {
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), servers.port());
        socket.getOutputStream().write(new byte[] {0, 0, 0}); // never the rest
        slow.add(socket);
      }
      Raw half = Raw.in(servers.port());
      half.bytes(new byte[] {'Q', 0, 0, 1, 0, 'S'});
      assertServes(servers);
      assertThat(half.untilEnd()).isEmpty();
      for (Socket socket : slow) {
        socket.setSoTimeout(10_000);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.close();
      }
      half.close();
      servers.assertQuiet();
    }
  }

  @Test
  void aClientThatTakesNothingIsDroppedAndItsQueryEnds() throws Exception {
    try (Servers servers = patient(Duration.ofMillis(700), 500)) {
      Raw raw = Raw.in(servers.port());
      raw.query("SELECT repeat('x', 1000) FROM range(1000000)");
      servers.assertQuiet();
      raw.close();
      assertServes(servers);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM range(100000000) a, range(100000) b",
        "SELECT repeat('x', 1000) FROM range(100000000)"
      })
  void aClientThatVanishesStopsItsQuery(String sql) throws Exception {
    try (Servers servers = Servers.usual()) {
      Raw raw = Raw.in(servers.port());
      raw.query(sql);
      Thread.sleep(300);
      raw.close();
      servers.assertQuiet();
      assertServes(servers);
    }
  }

  @Test
  void tenThousandAttemptsLeaveNothingBehind() throws Exception {
    try (Servers servers = patient(Duration.ofSeconds(30), 100);
        Connection before = servers.connect()) {
      AtomicInteger refused = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 20; t++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < 500; i++) {
                    try (Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), servers.port())) {
                      if (i % 3 == 0) {
                        socket
                            .getOutputStream()
                            .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                      } else if (i % 3 == 1) {
                        socket
                            .getOutputStream()
                            .write(new byte[] {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f});
                      }
                    } catch (IOException e) {
                      refused.incrementAndGet();
                    }
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(rows(before, "SELECT 1")).containsExactly("1");
      for (int i = 0; i < 1_000 && servers.server.connections() > 1; i++) {
        Thread.sleep(10);
      }
      assertThat(servers.server.connections()).isEqualTo(1);
      assertServes(servers);
      assertThat(servers.mistakes).isEmpty();
    }
  }

  @Test
  void tooManyClientsAreToldSo() throws Exception {
    try (Servers servers = patient(Duration.ofSeconds(30), 4)) {
      List<Connection> open = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        open.add(servers.connect());
      }
      assertThatThrownBy(servers::connect)
          .as("a user has half of the places")
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"))
          .hasMessageContaining("too many connections for role \"admin\"");
      for (int i = 0; i < 2; i++) {
        open.add(servers.connect("viewer", ""));
      }
      assertThatThrownBy(servers::connect)
          .isInstanceOf(PSQLException.class)
          .hasMessageContaining("too many clients");
      for (Connection connection : open) {
        connection.close();
      }
      servers.assertQuiet();
      assertServes(servers);
    }
  }

  /** A machine that is gone says no goodbye: the system itself asks after who is silent. */
  @Test
  void whoIsGoneWithoutAWordIsLookedFor() throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "Linux tells of its timers");
    try (Servers servers = Servers.usual();
        Raw raw = Raw.in(servers.port())) {
      assertThat(raw.socket.isConnected()).isTrue();
      String line =
          ":%04X [0-9A-F]*:%04X 01 .* 02:".formatted(servers.port(), raw.socket.getLocalPort());
      boolean looked = false;
      for (int i = 0; i < 200 && !looked; i++) { // the timer of the last answer comes first
        Thread.sleep(10);
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
          looked |= Pattern.compile(line).matcher(Files.readString(Path.of(table))).find();
        }
      }
      assertThat(looked).as("a timer of keep-alive runs").isTrue();
    }
  }

  @Test
  void longMessagesAreRefusedBeforeTheyTakeMemory() throws Exception {
    try (Servers servers = Servers.usual()) {
      try (Raw raw = Raw.in(servers.port())) {
        raw.bytes(new byte[] {'Q', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
        assertThat(raw.untilEnd().getLast().code()).isEqualTo("54000");
      }
      try (Raw raw = new Raw(servers.port())) {
        raw.bytes(new byte[] {0x7f, 0, 0, 0, 0, 3, 0, 0});
        assertThat(raw.untilEnd().getLast().code()).isEqualTo("08P01");
      }
      try (Raw raw = new Raw(servers.port())) { // before it is known who it is, little is taken
        raw.startup("user", "token", "database", "flights");
        raw.read('R');
        raw.send('p', new byte[20_000]);
        assertThat(raw.untilEnd().getLast().code()).isEqualTo("54000");
      }
      servers.assertQuiet();
    }
  }

  @Test
  void countsThatPromiseMoreThanThereIsAreRefused() throws Exception {
    try (Servers servers = Servers.usual();
        Raw raw = Raw.in(servers.port())) {
      raw.send('P', Raw.text(""), Raw.text("SELECT 1"), Raw.int16(0xffff));
      raw.send('S');
      assertThat(raw.untilReady().getFirst().code()).isEqualTo("08P01");
      raw.send('P', Raw.text(""), Raw.text("SELECT $1::int4[]"), Raw.int16(0));
      raw.send(
          'B',
          Raw.text(""),
          Raw.text(""),
          Raw.int16(1, 1, 1),
          Raw.int32(20, 1, 0, 23, 0x7fffffff, 1),
          Raw.int16(0));
      raw.send('S');
      assertThat(raw.untilReady().get(1).code()).isEqualTo("22P03");
    }
  }

  /** What is sent again and again until there is no room, and what makes room again. */
  static Stream<Arguments> kept() {
    String much = "x".repeat(500_000);
    return Stream.of(
        Arguments.of("SET a.b%d = '" + much + "'", "53400", "RESET ALL"),
        Arguments.of("SET a.b%d = 'x'", "53400", "RESET ALL"),
        Arguments.of("PREPARE p%d AS SELECT '" + much + "'", "53200", "DEALLOCATE ALL"),
        Arguments.of("PREPARE p%d AS SELECT 1" + ",1".repeat(10_000), "53200", "DEALLOCATE ALL"),
        Arguments.of(
            "DECLARE c%d CURSOR WITH HOLD FOR SELECT '" + much + "'", "53200", "CLOSE ALL"));
  }

  @ParameterizedTest
  @MethodSource("kept")
  void aClientKeepsNoMoreThanThereIsRoomFor(String sql, String code, String end) throws Exception {
    try (Servers servers = Servers.usual();
        Connection connection = servers.connect();
        Statement statement = connection.createStatement()) {
      for (int round = 0; round < 2; round++) {
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 2_000; i++) {
                    statement.execute(sql.formatted(i));
                  }
                })
            .isInstanceOfSatisfying(
                PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(code));
        statement.execute(end);
      }
      assertServes(servers);
    }
  }

  @Test
  void aStatementHasNoMoreWordsThanTheHeap() throws Exception {
    try (Servers servers = Servers.usual();
        Connection connection = servers.connect()) {
      assertThatThrownBy(() -> rows(connection, "SELECT 1" + ",1".repeat(500_000)))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("54000"));
    }
  }

  /** Values of portals that are bound and never run, each with a name of its own. */
  @Test
  void valuesThatAreBoundAreKeptWhileThereIsRoom() throws Exception {
    try (Servers servers = Servers.usual();
        Raw raw = Raw.in(servers.port())) {
      byte[] value = new byte[1_000_000];
      Arrays.fill(value, (byte) 'x');
      raw.send('P', Raw.text(""), Raw.text("SELECT $1::text"), Raw.int16(0));
      for (int i = 0; i < 40; i++) {
        raw.send(
            'B',
            Raw.text("p" + i),
            Raw.text(""),
            Raw.int16(0, 1),
            Raw.int32(value.length),
            value,
            Raw.int16(0));
      }
      raw.send('S');
      assertThat(raw.untilReady())
          .filteredOn(answer -> answer.type() == 'E')
          .singleElement()
          .satisfies(only -> assertThat(only.code()).isEqualTo("53200"));
      raw.query("SELECT 1");
      assertThat(raw.types()).isEqualTo("TDCZ");
    }
  }

  /** Tools that look at each table ask hundreds in a transaction; old ones are looked at again. */
  @Test
  void aTransactionAsksTheCatalogAsMuchAsItLikes() throws Exception {
    try (Servers servers = Servers.usual();
        Raw raw = Raw.in(servers.port())) {
      raw.query("BEGIN");
      raw.untilReady();
      String first = "SELECT relname FROM pg_class WHERE relname = 'daily'";
      raw.send('P', Raw.text("s"), Raw.text(first), Raw.int16(0));
      raw.send('B', Raw.text("p"), Raw.text("s"), Raw.int16(0, 0, 0));
      raw.send('S');
      assertThat(raw.types()).isEqualTo("12Z");
      for (int i = 0; i < 300; i++) {
        raw.query("SELECT " + i + " FROM pg_namespace WHERE nspname = 'marts'");
        assertThat(raw.types()).isEqualTo("TDCZ");
      }
      raw.send('E', Raw.text("p"), Raw.int32(0));
      raw.send('B', Raw.text(""), Raw.text("s"), Raw.int16(0, 0, 0));
      raw.send('E', Raw.text(""), Raw.int32(0));
      raw.send('S');
      assertThat(raw.untilReady())
          .filteredOn(answer -> answer.type() == 'D')
          .extracting(answer -> answer.text().substring(6))
          .containsExactly("daily", "daily");
    }
  }

  @Test
  void deeplyNestedQueriesDoNotBringItDown() throws Exception {
    try (Servers servers = Servers.usual();
        Raw raw = Raw.in(servers.port())) {
      for (String sql :
          List.of(
              "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000),
              "SELECT * FROM pg_class WHERE " + "NOT ".repeat(50_000) + "true",
              "/*".repeat(100_000),
              "SELECT pg_backend_pid() " + "+ 1".repeat(20_000),
              "$a$".repeat(9))) {
        raw.query(sql);
        raw.untilReady();
      }
      raw.query("SELECT 1");
      assertThat(raw.types()).isEqualTo("TDCZ");
      assertThat(servers.mistakes).isEmpty();
    }
  }

  /** An address of this machine by which it is another one to itself. */
  private static Optional<InetAddress> outside() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
        .findFirst();
  }

  /** Nobody is asked for a password that others could read on its way. */
  @ParameterizedTest
  @ValueSource(strings = {"admin", "token", "nobody"})
  void otherMachinesNeedTls(String user) throws Exception {
    Optional<InetAddress> outside = outside();
    assumeTrue(outside.isPresent(), "this machine has no address but its own");
    PgServer.Options open =
        Servers.options("0.0.0.0", Optional.empty(), 500, Duration.ofSeconds(30));
    try (Servers servers = Servers.with(open)) {
      int before = TestDoor.TURNED_AWAY.size();
      try (Raw raw = new Raw(outside.get(), servers.port())) {
        raw.startup("user", user, "database", Servers.DATABASE);
        assertThat(raw.untilEnd())
            .singleElement()
            .satisfies(only -> {
              assertThat(only.type()).isEqualTo('E');
              assertThat(only.code()).isEqualTo("28000");
              assertThat(only.text())
                  .contains("TLS is needed from other machines", "sslmode=require");
            });
      }
      assertThat(TestDoor.TURNED_AWAY.subList(before, TestDoor.TURNED_AWAY.size()))
          .contains("TLS is needed from other machines");
      assertServes(servers); // by the loopback
      servers.assertQuiet();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin", "nobody", "viewer"})
  void wrongPasswordsSoundAlike(String user) throws Exception {
    try (Servers servers = Servers.usual()) {
      java.util.Properties properties = new java.util.Properties();
      properties.put("user", user);
      properties.put("password", "wrong");
      assertThatThrownBy(() -> java.sql.DriverManager.getConnection(servers.url(""), properties))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"))
          .hasMessageContaining("password authentication failed for user \"" + user + "\"");
      servers.assertQuiet();
    }
  }

  @Test
  void whoIsNotInIsAnsweredNothing() throws Exception {
    try (Servers servers = Servers.usual();
        Raw raw = new Raw(servers.port())) {
      raw.startup("user", "token", "database", "flights");
      raw.read('R');
      raw.query("SELECT 1");
      assertThat(raw.untilEnd()).singleElement().extracting(Raw.Answer::code).isEqualTo("08P01");
    }
  }

  @Test
  void injectionThroughParametersStaysAValue() throws Exception {
    String attack = "'; DROP TABLE marts.daily; -- \" $$ \\ {1,2} read_csv('/etc/passwd')";
    try (Servers servers = Servers.usual();
        Connection connection = servers.connect();
        var text = connection.prepareStatement("SELECT ?::text, ?::text[]");
        var catalog =
            connection.prepareStatement(
                "SELECT ?::text || relname FROM pg_class WHERE relname = ?")) {
      for (int i = 0; i < 7; i++) {
        text.setString(1, attack);
        text.setArray(2, connection.createArrayOf("text", new Object[] {attack}));
        try (var row = text.executeQuery()) {
          row.next();
          assertThat(row.getString(1)).isEqualTo(attack);
          assertThat((Object[]) row.getArray(2).getArray()).containsExactly(attack);
        }
        catalog.setString(1, attack);
        catalog.setString(2, "daily");
        try (var row = catalog.executeQuery()) {
          row.next();
          assertThat(row.getString(1)).isEqualTo(attack + "daily");
        }
      }
    }
  }

  /** By the wire a value of any type is a text at first, or bytes that say they are one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bool",
        "int2",
        "int4",
        "int8",
        "float4",
        "float8",
        "numeric",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "uuid",
        "bytea",
        "interval",
        "int4[]",
        "date[]"
      })
  void injectionThroughParametersOfEveryTypeIsRefusedOrAValue(String type) throws Exception {
    try (Servers servers = Servers.usual();
        Raw raw = Raw.in(servers.port())) {
      for (String attack :
          List.of(
              "1 OR 1=1",
              "1' OR '1'='1",
              "1); DROP TABLE marts.daily; --",
              "(SELECT count(*) FROM marts.daily)",
              "'||(SELECT region FROM marts.daily LIMIT 1)||'",
              "2024-01-01'; DROP TABLE marts.daily; --",
              "{1, (SELECT 1)}",
              "{\"2024-01-01'::date\"}",
              "read_text('/etc/passwd')",
              "$1",
              "\\x'||'00")) {
        for (int format : new int[] {0, 1}) {
          byte[] value = attack.getBytes(StandardCharsets.UTF_8);
          String sql =
              "SELECT count(*), min($1::" + type + "::text) FROM marts.daily WHERE flights < 3";
          raw.send('P', Raw.text(""), Raw.text(sql), Raw.int16(0));
          raw.send(
              'B',
              Raw.text(""),
              Raw.text(""),
              Raw.int16(1, format, 1),
              Raw.int32(value.length),
              value,
              Raw.int16(0));
          raw.send('E', Raw.text(""), Raw.int32(0));
          raw.send('S');
          String as = type + (format == 0 ? " as text " : " as bytes ") + attack;
          List<Raw.Answer> answers = raw.untilReady();
          for (Raw.Answer answer : answers) {
            assertThat(answer.text()).as(as).doesNotContain("root:", "mistake", "r0", "1000");
          }
          List<String> codes =
              answers.stream().filter(a -> a.type() == 'E').map(Raw.Answer::code).toList();
          if (format == 1) { // eight bytes are a bigint, whatever they spell
            assertThat(codes).as(as).allMatch(code -> code.matches("22...|08P01|0A000"));
          } else if (!type.equals("bytea")) {
            assertThat(codes).as(as).singleElement().asString().startsWith("22");
          }
        }
      }
      raw.query("SELECT count(*) FROM marts.daily");
      assertThat(raw.untilReady().get(1).text()).endsWith("1000");
      assertThat(servers.mistakes).isEmpty();
    }
  }

  @Test
  void theServerSaysGoodbyeToWhoIsBusyAndWhoIsNot() throws Exception {
    Servers servers = Servers.usual();
    Raw idle = Raw.in(servers.port());
    Raw busy = Raw.in(servers.port());
    busy.query("SELECT count(*) FROM range(100000000) a, range(100000) b");
    Thread.sleep(300);
    servers.server.close();
    assertThat(idle.untilEnd().getLast().code()).isEqualTo("57P01");
    assertThat(busy.untilEnd().getLast().code()).isEqualTo("57P01");
    servers.assertQuiet();
    servers.close();
    idle.close();
    busy.close();
  }

  private static final String LONG =
      "SELECT sum(a.i + b.i) FROM pg_class, generate_series(1, 1000000) a(i),"
          + " generate_series(1, 1000000) b(i)";

  @Test
  void aLongQuestionToTheCatalogIsStopped() throws Exception {
    try (Servers servers = Servers.usual();
        Connection connection = servers.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = 300");
      assertThatThrownBy(() -> statement.executeQuery(LONG))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      statement.execute("SET statement_timeout = 0");
      Thread canceller =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Thread.sleep(500);
                  statement.cancel();
                } catch (InterruptedException | SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThatThrownBy(() -> statement.executeQuery(LONG))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      canceller.join();
      nothingAsksTheCatalog();
      assertThat(rows(connection, "SELECT count(*) FROM pg_namespace WHERE nspname = 'marts'"))
          .containsExactly("1");
    }
  }

  /** What was stopped does not run on by itself. */
  private static void nothingAsksTheCatalog() throws InterruptedException {
    boolean asks = true;
    for (int i = 0; i < 500 && asks; i++) {
      Thread.sleep(10);
      asks =
          Thread.getAllStackTraces().entrySet().stream()
              .filter(thread -> thread.getKey().getName().startsWith("catalog-"))
              .flatMap(thread -> Arrays.stream(thread.getValue()))
              .anyMatch(frame -> frame.getClassName().startsWith("org.duckdb."));
    }
    assertThat(asks).as("a query of the catalog runs").isFalse();
  }

  @Test
  void whoAsksTheCatalogForLongAndVanishesLeavesNothing() throws Exception {
    try (Servers servers = Servers.usual()) {
      Raw raw = Raw.in(servers.port());
      raw.query(LONG);
      Thread.sleep(300);
      raw.close();
      servers.assertQuiet();
      nothingAsksTheCatalog();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT repeat('x', 500000000) FROM pg_class",
        "SELECT system.main.repeat('x', 500000000) FROM pg_class",
        "SELECT list_reduce(string_split('a,b', ','), lambda a, b: a || a) FROM pg_class",
        "SELECT sleep_ms(100) FROM pg_class",
        "SELECT replace(repeat_ || relname, 'x', repeat_) FROM pg_class",
        "SELECT regexp_replace(repeat_ || relname, 'x', repeat_, 'g') FROM pg_class",
        "SELECT * FROM (SHOW ALL TABLES) t, pg_class",
        "SELECT * FROM pg_class WHERE EXISTS (FROM (DESCRIBE))",
        "SELECT sql FROM duckdb_views WHERE EXISTS (WITH duckdb_views AS (SELECT 1) SELECT 1)"
            + " AND EXISTS (SELECT 1 FROM pg_class)",
        "WITH RECURSIVE duckdb_tables AS (SELECT table_name FROM duckdb_tables UNION ALL SELECT"
            + " relname FROM duckdb_tables, pg_class) SELECT * FROM duckdb_tables",
      })
  void theCatalogTellsOfItselfAndMakesNothingLarge(String sql) throws Exception {
    try (Servers servers = Servers.usual();
        Connection connection = servers.connect()) {
      String large = "'" + "x".repeat(60_000) + "'";
      assertThatThrownBy(() -> rows(connection, sql.replace("repeat_", large)))
          .isInstanceOfSatisfying(
              PSQLException.class,
              e -> assertThat(e.getSQLState()).isIn("42501", "42601", "42P01"));
    }
  }

  @Test
  void anAnswerOfTheCatalogIsBoundInBytes() throws Exception {
    try (Servers servers = Servers.usual();
        Connection connection = servers.connect()) {
      String wide = "SELECT c.*, i FROM pg_class c, generate_series(1, 300000) g(i)";
      assertThatThrownBy(() -> rows(connection, wide))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isIn("54000", "53200"));
    }
  }

  @Test
  void messagesWithoutABodyAreHeldBack() throws Exception {
    try (Servers servers = Servers.usual()) {
      Raw raw = Raw.in(servers.port());
      raw.query("SELECT count(*) FROM range(100000000) a, range(100000) b");
      byte[] flushes = new byte[5 * 200_000];
      for (int i = 0; i < flushes.length; i += 5) {
        flushes[i] = 'H';
        flushes[i + 4] = 4;
      }
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < 40; i++) { // more than the buffers of the system hold
                    raw.bytes(flushes);
                  }
                } catch (IOException closed) {
                  Thread.currentThread().interrupt(); // below, at the end
                }
              });
      Raw.Answer probe = raw.read(); // who is held back is looked for, and nobody else
      assertThat(probe.type()).isEqualTo('S');
      assertThat(probe.text()).contains("in_hot_standby");
      assertThat(sender.isAlive()).as("it is held back").isTrue();
      raw.close();
      sender.join();
      servers.assertQuiet(); // though nothing is read, it is seen to go
    }
  }

  @Test
  void whoIsHeldBackLosesNothing() throws Exception {
    try (Servers servers = Servers.usual();
        Raw raw = Raw.in(servers.port())) {
      raw.query("SELECT sleep_ms(2500)");
      byte[] query = Raw.text("SELECT 1 /* " + "x".repeat(10_000) + " */");
      for (int i = 0; i < 200; i++) { // more than waits for an answer
        raw.send('Q', query);
      }
      int status = 0;
      int ready = 0;
      while (ready < 201) {
        Raw.Answer answer = raw.read();
        assertThat(answer.type()).isIn('T', 'D', 'C', 'Z', 'S');
        status += answer.type() == 'S' ? 1 : 0;
        ready += answer.type() == 'Z' ? 1 : 0;
      }
      assertThat(status).as("it was looked whether it is there").isPositive();
    }
  }

  private static Socket from(String address, int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
  }

  /** However many addresses they have, who says nothing has half of the places. */
  @Test
  void whoDoesNotComeInFromManyPlacesLeavesHalf() throws Exception {
    try (Servers servers = patient(Duration.ofSeconds(30), 20);
        Connection inside = servers.connect("admin", "")) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        silent.add(from("127.0.0." + (2 + i % 8), servers.port()));
      }
      try (Raw next = new Raw(servers.port())) {
        assertThat(next.untilEnd())
            .singleElement()
            .satisfies(only -> {
              assertThat(only.code()).isEqualTo("53300");
              assertThat(only.text()).contains("at most 10 may be logging in at a time");
            });
      }
      assertThat(servers.server.connections()).isEqualTo(11);
      assertThat(rows(inside, "SELECT 1")).containsExactly("1");
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void whoDoesNotComeInLeavesPlacesForOthers() throws Exception {
    try (Servers servers = patient(Duration.ofSeconds(30), 20)) {
      List<Socket> silent = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        silent.add(from("127.0.0.2", servers.port()));
      }
      assertServes(servers);
      for (Socket socket : silent) {
        socket.close();
      }
      servers.assertQuiet();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET statement_timeout = '200000d'",
        "SET default_transaction_read_only = off",
        "SET session_authorization = 'root'"
      })
  void settingsThatCannotHoldAreRefused(String sql) throws Exception {
    try (Servers servers = Servers.usual();
        Connection connection = servers.connect();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql))
          .isInstanceOfSatisfying(
              PSQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"));
      assertThat(rows(connection, "SELECT 1")).containsExactly("1");
    }
  }
}
