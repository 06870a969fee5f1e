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
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a task prints, in a file: its beginning as it comes, and when that is full, the last part at
 * the end. Secrets are masked line by line; a line without an end is written in parts, which begin
 * and end where no secret is. The file is made by the first byte; what an earlier try of the task
 * has printed into it stays. Thread-safe.
 */
public final class OutputLog implements AutoCloseable {
  private static final int HEAD_BYTES = 1 << 20;
  private static final int TAIL_BYTES = 256 << 10;
  private static final int LINE_BYTES = 64 << 10;
  private static final int REMEMBERED = 200;

  /** Places at which a long line is tried to be cut, and how far they are from each other. */
  private static final int CUTS = 24;

  private static final int CUT_STEP = 997;

  private final Path file;
  private final UnaryOperator<String> mask;
  private final Consumer<String> watcher;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Deque<byte[]> tail = new ArrayDeque<>();
  private final Deque<String> last = new ArrayDeque<>();
  private @Nullable OutputStream out;
  private long head;
  private long tailBytes;
  private long leftOut;
  private boolean failed;
  private boolean closed;

  /** A log that nobody watches. */
  public OutputLog(Path file, UnaryOperator<String> mask) {
    this(file, mask, _ -> {});
  }

  /**
   * A log.
   *
   * @param mask what is written instead of a text
   * @param watcher hears of each line, or part of a long one, as it is written
   */
  public OutputLog(Path file, UnaryOperator<String> mask, Consumer<String> watcher) {
    this.file = file;
    this.mask = mask;
    this.watcher = watcher;
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
      if (bytes[i] == '\n') {
        endLine();
      } else if (line.size() >= LINE_BYTES) {
        cutLine();
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
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    add(mask.apply(text));
  }

  /** Writes the first half of a line that has no end yet; no secret may lie across the cut. */
  private void cutLine() {
    byte[] all = line.toByteArray();
    line.reset();
    String whole = mask.apply(text(all, 0, all.length));
    int cut = start(all, all.length / 2);
    for (int i = 0; i < CUTS; i++) {
      int at = start(all, all.length / 2 - i * CUT_STEP);
      String first = mask.apply(text(all, 0, at));
      if (whole.equals(first + mask.apply(text(all, at, all.length)))) {
        cut = at;
        break;
      }
    }
    add(mask.apply(text(all, 0, cut)));
    line.write(all, cut, all.length - cut);
  }

  /** The start of the character that a byte belongs to. */
  private static int start(byte[] all, int at) {
    int start = at;
    while (start > at - 4 && (all[start] & 0xc0) == 0x80) {
      start--;
    }
    return start;
  }

  private static String text(byte[] all, int from, int to) {
    return new String(all, from, to - from, StandardCharsets.UTF_8);
  }

  private void add(String text) {
    watcher.accept(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
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
