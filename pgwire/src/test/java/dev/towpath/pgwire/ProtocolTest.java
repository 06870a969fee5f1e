package dev.towpath.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Message by message, what the protocol says. */
class ProtocolTest {
  private static Servers servers;

  @BeforeAll
  static void start() throws SQLException {
    servers = Servers.usual();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.assertQuiet();
    servers.close();
  }

  @Test
  void severalStatementsInOneMessageAreAnsweredInTurn() throws IOException {
    try (Raw raw = Raw.in(servers.port())) {
      raw.query("SELECT 1; ; SELECT 2, 3; -- nothing");
      assertThat(raw.types()).isEqualTo("TDCTDCZ");
      raw.query("");
      assertThat(raw.types()).isEqualTo("IZ");
      raw.query("SELECT 1; SELECT nope; SELECT 2");
      assertThat(raw.types()).isEqualTo("TDCEZ");
    }
  }

  @Test
  void afterAFailureAllIsSkippedUntilSync() throws IOException {
    try (Raw raw = Raw.in(servers.port())) {
      raw.send('P', Raw.text(""), Raw.text("SELECT nope"), Raw.int16(0));
      raw.send('B', Raw.text(""), Raw.text(""), Raw.int16(0, 0, 0));
      raw.send('E', Raw.text(""), Raw.int32(0));
      raw.send('S');
      assertThat(raw.types()).isEqualTo("EZ");
      raw.send('P', Raw.text(""), Raw.text("SELECT 1"), Raw.int16(0));
      raw.send('B', Raw.text(""), Raw.text(""), Raw.int16(0, 0, 0));
      raw.send('D', Raw.text("P"));
      raw.send('E', Raw.text(""), Raw.int32(0));
      raw.send('S');
      assertThat(raw.types()).isEqualTo("12TDCZ");
    }
  }

  @Test
  void aPortalGivesAsManyRowsAsAreAskedFor() throws IOException {
    try (Raw raw = Raw.in(servers.port())) {
      raw.query("BEGIN");
      raw.types();
      raw.send(
          'P', Raw.text(""), Raw.text("SELECT flights FROM marts.daily LIMIT 5"), Raw.int16(0));
      raw.send('B', Raw.text("p"), Raw.text(""), Raw.int16(0, 0, 0));
      raw.send('E', Raw.text("p"), Raw.int32(2));
      raw.send('S');
      assertThat(raw.types()).isEqualTo("12DDsZ");
      raw.send('E', Raw.text("p"), Raw.int32(2)); // a portal lives across Sync in a transaction
      raw.send('E', Raw.text("p"), Raw.int32(2));
      raw.send('S');
      assertThat(raw.types()).isEqualTo("DDsDCZ");
      raw.query("COMMIT");
      raw.types();
      raw.send('E', Raw.text("p"), Raw.int32(2));
      raw.send('S');
      List<Raw.Answer> answers = raw.untilReady();
      assertThat(answers.getFirst().code()).isEqualTo("34000");
    }
  }

  @Test
  void aPortalWithoutRowsIsNoCursor() throws IOException {
    for (String text : List.of("SET application_name = 'x'", "COPY (SELECT 1 AS x) TO STDOUT")) {
      try (Raw raw = Raw.in(servers.port())) {
        raw.query("BEGIN");
        raw.types();
        raw.send('P', Raw.text(""), Raw.text(text), Raw.int16(0));
        raw.send('B', Raw.text("p"), Raw.text(""), Raw.int16(0, 0, 0));
        raw.send('S');
        raw.types();
        raw.query("FETCH 1 FROM p");
        assertThat(raw.untilReady().getFirst().code()).as(text).isEqualTo("55000");
      }
    }
  }

  @Test
  void describeTellsParametersAndColumns() throws IOException {
    try (Raw raw = Raw.in(servers.port())) {
      raw.send(
          'P',
          Raw.text("s"),
          Raw.text("SELECT day, revenue FROM marts.daily WHERE flights = $1 AND region = $2"),
          Raw.int16(0));
      raw.send('D', Raw.text("Ss"));
      raw.send('S');
      raw.read('1');
      assertThat(raw.read('t').body()).isEqualTo(join(Raw.int16(2), Raw.int32(20, 25)));
      Raw.Answer columns = raw.read('T');
      byte[] revenue = join(Raw.text("revenue"), Raw.int32(0), Raw.int16(0), Raw.int32(1700));
      byte[] modifier = join(Raw.int16(-1), Raw.int32((18 << 16 | 2) + 4), Raw.int16(0));
      assertThat(columns.text())
          .endsWith(new String(join(revenue, modifier), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aClientThatSpeaksANewerVersionIsToldOfThisOne() throws IOException {
    try (Raw raw = new Raw(servers.port())) {
      raw.packet(
          join(
              Raw.int32(3 << 16 | 2),
              Raw.text("user"),
              Raw.text("token"),
              Raw.text("_pq_.new"),
              Raw.text("1"),
              new byte[1]));
      assertThat(raw.read('v').body()).isEqualTo(join(Raw.int32(3 << 16, 1), Raw.text("_pq_.new")));
    }
  }

  @Test
  void aWrongDatabaseIsNamedWithTheRightOneOnceSomebodyIsIn() throws IOException {
    try (Raw raw = new Raw(servers.port())) {
      raw.startup("user", "token", "database", "postgres");
      raw.read('R');
      raw.send('p', Raw.text("towpath_wrong"));
      Raw.Answer refused = raw.untilEnd().getLast();
      assertThat(refused.code()).isEqualTo("28P01");
      assertThat(refused.text()).doesNotContain("flights");
    }
    try (Raw raw = new Raw(servers.port())) {
      raw.startup("user", "token", "database", "postgres");
      raw.read('R');
      raw.send('p', Raw.text(TestDoor.PASSWORD));
      assertThat(raw.untilEnd().getLast().text())
          .contains("3D000")
          .contains("the database is \"flights\"");
    }
    assertThat(TestDoor.TURNED_AWAY).contains("no such database");
  }

  @Test
  void aMalformedSignInIsNoted() throws IOException {
    try (Raw raw = new Raw(servers.port())) {
      raw.startup("user", "admin", "database", Servers.DATABASE);
      raw.read('R');
      byte[] first = "n,,n=,x=y".getBytes(StandardCharsets.US_ASCII);
      raw.send('p', Raw.text("SCRAM-SHA-256"), Raw.int32(first.length), first);
      assertThat(raw.untilEnd().getLast().code()).isEqualTo("08P01");
    }
    assertThat(TestDoor.TURNED_AWAY).contains("malformed SCRAM message: the nonce is missing");
  }

  @Test
  void whatIsNotAnsweredIsSaid() throws IOException {
    try (Raw raw = Raw.in(servers.port())) {
      raw.send('F', Raw.int32(1));
      assertThat(raw.types()).isEqualTo("EZ");
      raw.send('D', Raw.text("Xx"));
      raw.send('S');
      assertThat(raw.types()).isEqualTo("EZ");
      raw.send('C', Raw.text("Snever there"));
      raw.send('S');
      assertThat(raw.types()).isEqualTo("3Z");
      raw.query("COPY marts.daily FROM STDIN");
      assertThat(raw.untilReady().getFirst().code()).isEqualTo("25006");
      raw.send('d', Raw.text("left over"));
      raw.send('c');
      raw.query("SELECT 1");
      assertThat(raw.types()).isEqualTo("TDCZ");
    }
  }

  @Test
  void textThatIsNoUtf8IsRefused() throws IOException {
    try (Raw raw = Raw.in(servers.port())) {
      raw.send('Q', new byte[] {'S', (byte) 0xff, 0});
      assertThat(raw.untilReady().getFirst().code()).isEqualTo("22021");
    }
  }

  @Test
  void somebodyElseStopsAQueryOnlyWithItsSecret() throws Exception {
    try (Raw raw = Raw.in(servers.port())) {
      raw.query("SELECT count(*) FROM range(100000000) a, range(100000) b");
      Thread.sleep(300);
      cancel(raw.id, raw.secret + 1);
      Thread.sleep(300);
      raw.socket.setSoTimeout(200);
      assertThat(catchRead(raw)).isEqualTo("still running");
      raw.socket.setSoTimeout(20_000);
      cancel(raw.id, raw.secret);
      List<Raw.Answer> answers = raw.untilReady();
      assertThat(answers.get(answers.size() - 2).code()).isEqualTo("57014");
      cancel(raw.id, raw.secret); // nothing runs: nothing happens
      raw.query("SELECT 1");
      assertThat(raw.types()).isEqualTo("TDCZ");
    }
  }

  private static String catchRead(Raw raw) throws IOException {
    try {
      return raw.read('T').type() == 'T' ? catchRead(raw) : "answered";
    } catch (java.net.SocketTimeoutException e) {
      return "still running";
    }
  }

  private static void cancel(int id, int secret) throws IOException {
    try (Raw raw = new Raw(servers.port())) {
      raw.packet(Raw.int32(80877102, id, secret));
      assertThat(raw.untilEnd()).isEmpty();
    }
  }

  private static byte[] join(byte[]... parts) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
