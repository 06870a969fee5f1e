package dev.towpath.cli;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Prints what is added to the logs of a folder, each whole line once. */
final class LogTail {
  private static final long PAUSE_MILLIS = 200;
  private static final int PART = 1 << 20;

  private final Path folder;
  private final PrintStream out;
  private final Map<Path, Long> read = new HashMap<>();
  private Path shown = Path.of("");

  LogTail(Path folder, PrintStream out) {
    this.folder = folder;
    this.out = out;
  }

  /**
   * Prints until nothing more comes.
   *
   * @param over tells whether that is so; what was written before is printed
   * @throws CancelledException when this thread is interrupted
   */
  void until(BooleanSupplier over) {
    try {
      while (true) {
        boolean last = over.getAsBoolean();
        for (Path file : files()) {
          while (print(file, last)) {
            // a long one comes part by part
          }
        }
        out.flush();
        if (last) {
          return;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    } catch (IOException e) {
      throw new TowpathException("the logs cannot be read: " + e.getMessage(), null, e);
    }
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".log")).sorted().toList();
    }
  }

  /**
   * Prints lines that have been added; one that is not whole yet, only at last.
   *
   * @return whether there is more
   */
  private boolean print(Path file, boolean last) throws IOException {
    long from = read.getOrDefault(file, 0L);
    byte[] added;
    boolean more;
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      if (open.length() < from) {
        from = 0; // it was begun anew
      }
      open.seek(from);
      more = open.length() - from > PART;
      added = new byte[(int) Math.min(open.length() - from, PART)];
      open.readFully(added);
    }
    int end = added.length;
    while ((more || !last) && end > 0 && added[end - 1] != '\n') {
      end--;
    }
    if (end == 0 && more) {
      end = added.length; // one line that is longer than a part
    }
    if (end == 0) {
      return false;
    }
    if (!file.equals(shown)) {
      String name = String.valueOf(file.getFileName());
      out.println("== " + name.substring(0, name.length() - ".log".length()));
      shown = file;
    }
    out.write(added, 0, end);
    if (added[end - 1] != '\n' && !more) {
      out.println();
    }
    read.put(file, from + end);
    return more;
  }
}
