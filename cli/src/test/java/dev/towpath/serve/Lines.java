package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Server-sent events as they come. */
final class Lines implements AutoCloseable {
  /**
   * One event; a comment has the type {@code :}. The end of the stream has the type {@code end of
   * stream}.
   */
  record Event(String type, String id, String data) {}

  private static final Event END = new Event("end of stream", "", "");

  private final InputStream in;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

  Lines(InputStream in) {
    this.in = in;
    Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      String type = "";
      String id = "";
      StringBuilder data = new StringBuilder();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("event: ")) {
          type = line.substring(7);
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data.append(data.isEmpty() ? "" : "\n").append(line.substring(6));
        } else if (line.isEmpty() && !type.isEmpty()) {
          events.add(new Event(type, id, data.toString()));
          type = "";
          data.setLength(0);
        }
      }
    } catch (IOException gone) {
      events.add(END);
      return;
    }
    events.add(END);
  }

  /** The next event; fails when none comes in half a minute. */
  Event next() throws InterruptedException {
    Event event = events.poll(30, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no event came");
    }
    return event;
  }

  /** The next event of a type; others are passed over. */
  Event next(String type) throws InterruptedException {
    Event event = next();
    while (!event.type().equals(type)) {
      if (event.equals(END)) {
        throw new AssertionError("the stream ended before " + type);
      }
      event = next();
    }
    return event;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
