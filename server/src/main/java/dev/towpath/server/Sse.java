package dev.towpath.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes server-sent events; each call sends at once, and fails when the client is gone. */
final class Sse {
  static final String TYPE = "text/event-stream";

  private final OutputStream out;

  Sse(OutputStream out) {
    this.out = out;
  }

  /**
   * Sends an event.
   *
   * @param id what the client says as Last-Event-ID when it comes again
   * @param data one or more lines
   */
  void event(String type, @Nullable String id, String data) throws IOException {
    StringBuilder text = new StringBuilder("event: ").append(type).append('\n');
    if (id != null) {
      text.append("id: ").append(id).append('\n');
    }
    data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
    if (data.isEmpty()) {
      text.append("data:\n");
    }
    send(text.append('\n').toString());
  }

  /** Says that the connection is alive; tells whether the client still is. */
  void beat() throws IOException {
    send(": alive\n\n");
  }

  /** How long the client waits before it comes again. */
  void retry(long millis) throws IOException {
    send("retry: " + millis + "\n\n");
  }

  private void send(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
