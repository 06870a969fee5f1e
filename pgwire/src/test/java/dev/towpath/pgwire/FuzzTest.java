package dev.towpath.pgwire;

import static dev.towpath.pgwire.Servers.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
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
  private static int session(Servers servers, Random random) throws IOException {
    if (random.nextInt(10) == 0) {
      try (Raw raw = new Raw(servers.port())) {
        raw.bytes(noise(random, 1 + random.nextInt(60)));
      } catch (java.net.SocketException dropped) {
        return 1;
      }
      return 1;
    }
    int sent = 0;
    try (Raw raw = Raw.in(servers.port())) {
      int wanted = 1 + random.nextInt(200);
      Thread drain = Thread.ofVirtual().start(() -> drain(raw));
      while (sent < wanted && drain.isAlive()) {
        raw.bytes(message(random));
        sent++;
      }
    } catch (java.net.SocketException dropped) {
      return sent + 1; // as a damaged length deserves
    }
    return sent;
  }

  private static void drain(Raw raw) {
    try {
      raw.socket.setSoTimeout(0);
      while (raw.socket.getInputStream().read(new byte[8192]) >= 0) {
        Thread.onSpinWait();
      }
    } catch (IOException end) {
      return; // it has been closed
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
