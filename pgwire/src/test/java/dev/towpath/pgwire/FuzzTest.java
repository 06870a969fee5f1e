package dev.towpath.pgwire;

import static dev.towpath.pgwire.Servers.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Messages that are random, damaged, cut off or out of order. A failure names its seed; {@code
 * -Dtowpath.seed=N} plays it again.
 */
class FuzzTest {
  private static final long SEED = Long.getLong("towpath.seed", System.nanoTime());

  /** Milliseconds after which it counts as no answer. */
  private static final int SILENCE = 60_000;

  private static final String TYPES = "QPBDECHSFcdfpX";
  private static final List<String> TEXTS =
      List.of(
          "SELECT 1",
          "SELECT * FROM marts.daily LIMIT 3",
          "SELECT $1::int + $2",
          "SELECT day FROM marts.daily WHERE flights = $1",
          "BEGIN",
          "COMMIT",
          "ROLLBACK TO x",
          "SAVEPOINT x",
          "DECLARE c CURSOR FOR SELECT 1",
          "DECLARE c CURSOR WITH HOLD FOR SELECT flights FROM marts.daily",
          "FETCH 5 FROM c",
          "CLOSE ALL",
          "COPY (SELECT 1, 'x') TO STDOUT (FORMAT csv)",
          "COPY marts.daily TO STDOUT BINARY",
          "SET timezone = 'Asia/Tokyo'",
          "SHOW ALL",
          "DISCARD ALL",
          "SELECT relname FROM pg_class WHERE oid = 'marts.daily'::regclass",
          "SELECT * FROM information_schema.columns",
          "SELECT '{1,2}'::int[]; SELECT E'\\'; /* */ $$;$$",
          "");

  @Test
  void somethingIsAlwaysAnswered() throws Exception {
    fuzz(2_000);
  }

  @Test
  @Tag("integration")
  void fiftyThousandMessages() throws Exception {
    fuzz(50_000);
  }

  @Test
  @Tag("soak")
  void aMillionMessages() throws Exception {
    fuzz(1_000_000);
  }

  private static void fuzz(int messages) throws Exception {
    Random random = new Random(SEED);
    String seed = "seed " + SEED;
    try (Servers servers = Servers.usual()) {
      try (Connection other = servers.connect()) {
        for (int sent = 0; sent < messages; ) {
          sent += session(servers, random);
          assertThat(servers.mistakes).as(seed).isEmpty();
          if (random.nextInt(20) == 0) {
            assertThat(rows(other, "SELECT count(*) FROM marts.daily"))
                .as(seed)
                .containsExactly("1000");
          }
        }
      }
      servers.assertQuiet();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(seed, e);
    }
  }

  /** One client, to its end or until it has said enough. */
  private static int session(Servers servers, Random random) throws Exception {
    return switch (random.nextInt(20)) {
      case 0, 1 -> begin(servers, noise(random, 1 + random.nextInt(60)), false);
      case 2 -> {
        byte[] startup = startup();
        boolean cut = random.nextInt(4) == 0;
        for (int i = random.nextInt(4); i >= 0; i--) {
          startup[4 + random.nextInt(startup.length - 4)] = (byte) random.nextInt(256);
        }
        yield cut
            ? begin(servers, Arrays.copyOf(startup, random.nextInt(startup.length)), false)
            : begin(servers, startup, true);
      }
      case 3 -> signIn(servers, random);
      default -> talk(servers, random);
    };
  }

  /** A startup packet with its length. */
  private static byte[] startup() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(Raw.int32(3 << 16));
    for (String text :
        List.of("user", "admin", "database", Servers.DATABASE, "options", "-c a=b")) {
      body.writeBytes(Raw.text(text));
    }
    body.write(0);
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.writeBytes(Raw.int32(4 + body.size()));
    packet.writeBytes(body.toByteArray());
    return packet.toByteArray();
  }

  /** One that says no more than that; a whole packet is answered, and the connection ends. */
  private static int begin(Servers servers, byte[] said, boolean whole) throws IOException {
    try (Raw raw = new Raw(servers.port())) {
      raw.socket.setSoTimeout(SILENCE);
      raw.bytes(said);
      raw.socket.shutdownOutput();
      byte[] answer = raw.socket.getInputStream().readAllBytes();
      if (whole) {
        assertThat(answer).as("answer to %s", Arrays.toString(said)).isNotEmpty();
      }
      if (answer.length > 0) {
        assertThat((char) answer[0]).isIn('E', 'R', 'N', 'v');
      }
      return 1;
    } catch (SocketException dropped) {
      return 1; // with bytes that nobody has read
    }
  }

  /** One that gets no further than its password: it is told that, and the connection ends. */
  private static int signIn(Servers servers, Random random) throws IOException {
    try (Raw raw = new Raw(servers.port())) {
      raw.socket.setSoTimeout(SILENCE);
      raw.bytes(startup());
      raw.read('R');
      String nonce = "abcdefghijklmnopqrstuvwx";
      byte[] text = ("n,,n=,r=" + nonce).getBytes(StandardCharsets.US_ASCII);
      byte[] first = random.nextInt(3) == 0 ? damaged(random, text) : text;
      int length = random.nextInt(8) == 0 ? random.nextInt() : first.length;
      raw.send('p', Raw.text("SCRAM-SHA-256"), Raw.int32(length), first);
      Raw.Answer answer = raw.read();
      int sent = 2;
      if (answer.type() == 'R') {
        String theirs = answer.text().replaceFirst("(?s).*r=([^,]*),.*", "$1");
        byte[] last =
            ("c=biws,r=" + theirs + ",p=" + "A".repeat(43) + "=")
                .getBytes(StandardCharsets.US_ASCII);
        raw.send('p', random.nextInt(4) == 0 ? last : damaged(random, last));
        answer = raw.read();
        sent++;
      }
      assertThat(answer.type()).as("%s", answer.text()).isEqualTo('E');
      assertThat(raw.untilEnd()).isEmpty();
      return sent;
    }
  }

  private static byte[] damaged(Random random, byte[] bytes) {
    byte[] damaged =
        Arrays.copyOf(bytes, random.nextInt(5) == 0 ? random.nextInt(bytes.length) : bytes.length);
    for (int i = random.nextInt(3); i >= 0 && damaged.length > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
    }
    return damaged;
  }

  /**
   * One that has come in. However its messages are damaged inside, it is answered when it asks
   * properly again, or is told why it is not before the connection ends. Where it lied about a
   * length, nobody knows what it said; then the connection ends with its own end at the latest.
   */
  private static int talk(Servers servers, Random random) throws Exception {
    int sent = 0;
    boolean lied = false;
    try (Raw raw = Raw.in(servers.port())) {
      raw.socket.setSoTimeout(SILENCE);
      Ear ear = new Ear(raw);
      Thread listening = Thread.ofVirtual().start(ear);
      try {
        int wanted = 1 + random.nextInt(200);
        while (sent < wanted && listening.isAlive()) {
          byte[] message = message(random);
          int length = ByteBuffer.wrap(message, 1, 4).getInt();
          lied |= message[0] == 'X' || length != message.length - 1;
          raw.bytes(message);
          sent++;
        }
        if (lied) {
          raw.socket.shutdownOutput();
        } else {
          raw.send('S');
          raw.query("ROLLBACK");
          raw.query("SELECT '" + Ear.END + "'");
        }
      } catch (SocketException dropped) {
        sent++; // what it was told before is looked at below
      }
      listening.join();
      assertThat(ear.silent).as("it was neither answered nor dropped: %s", ear.types).isFalse();
      assertThat(ear.answered || ear.closed).isTrue();
      if (!lied && ear.closed) {
        assertThat(ear.types.toString()).as("what it was told last").endsWith("E");
      }
    }
    return sent;
  }

  /** Hears what a client is told, up to the answer to its last question or to the end. */
  private static final class Ear implements Runnable {
    static final String END = "that is all";

    private final Raw raw;
    private final StringBuilder types = new StringBuilder();
    private boolean answered;
    private boolean silent;
    private boolean closed;

    Ear(Raw raw) {
      this.raw = raw;
    }

    @Override
    public void run() {
      boolean last = false;
      try {
        while (!answered) {
          Raw.Answer answer = raw.read();
          types.append(answer.type());
          last |= answer.type() == 'D' && answer.text().contains(END);
          answered = last && answer.type() == 'Z';
        }
      } catch (SocketTimeoutException e) {
        silent = true;
      } catch (IOException end) {
        closed = true;
      }
    }
  }

  private static byte[] message(Random random) {
    char type = TYPES.charAt(random.nextInt(TYPES.length() - 1));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    switch (type) {
      case 'Q' -> body.writeBytes(Raw.text(text(random)));
      case 'P' -> {
        body.writeBytes(Raw.text(name(random)));
        body.writeBytes(Raw.text(text(random)));
        int count = random.nextInt(3);
        body.writeBytes(Raw.int16(count));
        for (int i = 0; i < count; i++) {
          body.writeBytes(
              Raw.int32(
                  List.of(0, 16, 17, 20, 23, 25, 1700, 1184, 1007, 999).get(random.nextInt(10))));
        }
      }
      case 'B' -> {
        body.writeBytes(Raw.text(name(random)));
        body.writeBytes(Raw.text(name(random)));
        body.writeBytes(Raw.int16(1, random.nextInt(2)));
        int count = random.nextInt(3);
        body.writeBytes(Raw.int16(count));
        for (int i = 0; i < count; i++) {
          byte[] value = noise(random, random.nextInt(12));
          body.writeBytes(Raw.int32(random.nextInt(5) == 0 ? -1 : value.length));
          body.writeBytes(value);
        }
        body.writeBytes(Raw.int16(1, random.nextInt(2)));
      }
      case 'D', 'C' -> {
        body.write(random.nextBoolean() ? 'S' : 'P');
        body.writeBytes(Raw.text(name(random)));
      }
      case 'E' -> {
        body.writeBytes(Raw.text(name(random)));
        body.writeBytes(Raw.int32(random.nextInt(4)));
      }
      default -> body.writeBytes(noise(random, type == 'S' || type == 'H' ? 0 : random.nextInt(9)));
    }
    byte[] content = body.toByteArray();
    if (content.length > 0 && random.nextInt(4) == 0) { // damage
      content[random.nextInt(content.length)] = (byte) random.nextInt(256);
    }
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(random.nextInt(300) == 0 ? random.nextInt(256) : type);
    message.writeBytes(
        Raw.int32(4 + content.length + (random.nextInt(300) == 0 ? random.nextInt(9) - 4 : 0)));
    message.writeBytes(content);
    return message.toByteArray();
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private static String name(Random random) {
    return List.of("", "a", "b", "c").get(random.nextInt(4));
  }

  private static byte[] noise(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
