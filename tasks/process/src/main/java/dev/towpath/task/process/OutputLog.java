package dev.towpath.task.process;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.towpath.spi.TowpathException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a task prints, in a file: its beginning as it comes, and when that is full, the last part at
 * the end. Secrets are masked line by line. The file is made by the first byte; what an earlier try
 * of the task has printed into it stays. Thread-safe.
 */
public final class OutputLog implements AutoCloseable {
  private static final int HEAD_BYTES = 1 << 20;
  private static final int TAIL_BYTES = 256 << 10;
  private static final int LINE_BYTES = 64 << 10;
  private static final int REMEMBERED = 200;

  private final Path file;
  private final UnaryOperator<String> mask;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Deque<byte[]> tail = new ArrayDeque<>();
  private final Deque<String> last = new ArrayDeque<>();
  private @Nullable OutputStream out;
  private long head;
  private long tailBytes;
  private long leftOut;
  private boolean failed;
  private boolean closed;

  public OutputLog(Path file, UnaryOperator<String> mask) {
    this.file = file;
    this.mask = mask;
  }

  public Path file() {
    return file;
  }

  /** A text without the secrets that it masks. */
  public String masked(String text) {
    return mask.apply(text);
  }

  /** Whether anything was printed. */
  public synchronized boolean isEmpty() {
    return head == 0 && line.size() == 0;
  }

  /** The last lines, the newest at the end. */
  public synchronized List<String> last() {
    List<String> lines = new ArrayList<>(last);
    if (line.size() > 0) {
      lines.add(line.toString(StandardCharsets.UTF_8));
    }
    return lines;
  }

  public synchronized void print(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      line.write(bytes[i]);
      if (bytes[i] == '\n' || line.size() >= LINE_BYTES) {
        endLine();
      }
    }
  }

  /** Adds a line of the host's own, or of the task's logging. */
  public synchronized void println(String text) {
    if (line.size() > 0) {
      line.write('\n');
      endLine();
    }
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    print(bytes, bytes.length);
  }

  private void endLine() {
    String text = mask.apply(line.toString(StandardCharsets.UTF_8));
    line.reset();
    if (last.size() == REMEMBERED) {
      last.removeFirst();
    }
    last.add(text.stripTrailing());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (head < HEAD_BYTES) {
      write(bytes);
      head += bytes.length;
      return;
    }
    tail.add(bytes);
    tailBytes += bytes.length;
    while (tailBytes > TAIL_BYTES && tail.size() > 1) {
      int gone = tail.removeFirst().length;
      tailBytes -= gone;
      leftOut += gone;
    }
  }

  /** A disk that is full stops no task; what it does with data will tell. */
  private void write(byte[] bytes) {
    if (failed || closed) {
      return;
    }
    try {
      OutputStream stream = out;
      if (stream == null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
        stream = Files.newOutputStream(file, CREATE, APPEND);
        out = stream;
      }
      stream.write(bytes);
    } catch (IOException e) {
      failed = true;
    }
  }

  @Override
  public synchronized void close() {
    if (line.size() > 0) {
      endLine();
    }
    if (leftOut > 0) {
      write(("... " + leftOut + " bytes are left out here ...\n").getBytes(StandardCharsets.UTF_8));
    }
    tail.forEach(this::write);
    tail.clear();
    closed = true; // whatever still prints is too late
    OutputStream stream = out;
    out = null;
    if (stream != null) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new TowpathException("cannot write " + file + ": " + e.getMessage(), null, e);
      }
    }
  }
}
