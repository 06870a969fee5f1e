package dev.towpath.task.python;

import dev.towpath.spi.JobRunner;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Cuts what a child prints into lines, and remembers the last ones. Thread-safe. */
final class Lines implements Worker.Output {
  private static final int LINE_BYTES = 64 << 10;
  private static final int REMEMBERED = 200;

  private final JobRunner.Log log;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Deque<String> last = new ArrayDeque<>();

  Lines(JobRunner.Log log) {
    this.log = log;
  }

  @Override
  public synchronized void print(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        end();
      } else if (line.size() >= LINE_BYTES) {
        log.part(taken());
      }
      if (bytes[i] != '\n') {
        line.write(bytes[i]);
      }
    }
  }

  private void end() {
    log.line(taken());
  }

  private String taken() {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (last.size() == REMEMBERED) {
      last.removeFirst();
    }
    last.add(text);
    return text;
  }

  /** The last lines, the newest at the end. */
  synchronized List<String> last() {
    return List.copyOf(last);
  }

  /** Passes on a last line without an end. */
  synchronized void close() {
    if (line.size() > 0) {
      end();
    }
  }
}
