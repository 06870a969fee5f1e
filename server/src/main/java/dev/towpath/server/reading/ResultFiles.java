package dev.towpath.server.reading;

import dev.towpath.server.Refusal;
import dev.towpath.spi.Beat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Results that became files, from the first byte until whoever fetches them has removed them: one
 * is stopped that grows too large, or that would let all take too much. The engine's own limit is
 * for what it spills. Thread-safe.
 */
final class ResultFiles implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Beat beat = new Beat("result-files", PAUSE);
  private final Map<Path, Long> sizes = new ConcurrentHashMap<>();
  private final long most;

  /** Files of together at most so many bytes, and each a quarter of that. */
  ResultFiles(long most) {
    this.most = most;
  }

  /** A file that is there, or about to be. */
  final class Watched {
    private final Path file;
    private final Beat.Look look;
    private volatile Runnable stop = () -> {};
    private volatile boolean written;
    private volatile boolean stopped;
    private volatile Runnable gone = () -> {};

    private Watched(Path file) {
      this.file = file;
      sizes.put(file, 0L);
      this.look = beat.at(this::look);
    }

    /** What stops its being written. */
    void stoppedBy(Runnable cancel) {
      stop = cancel;
    }

    /** Throws when it has been stopped because it was too large. */
    void check() {
      if (stopped) {
        throw Refusal.of(
            413,
            "the result is larger than the server keeps as a file",
            "ask for fewer rows or columns, or for CSV or Arrow, which come as they are computed");
      }
    }

    /**
     * It is whole, and waits to be fetched.
     *
     * @param then done when it has been removed
     */
    void kept(Runnable then) {
      gone = then;
      written = true;
    }

    /** Forgets it. */
    void close() {
      look.close();
      sizes.remove(file);
    }

    private void look() {
      long size = size(file);
      if (written && size < 0) {
        close();
        gone.run();
      } else if (size >= 0) {
        sizes.put(file, size);
        if (!written && !stopped && (size > most / 4 || all() > most)) {
          stopped = true;
        }
        if (!written && stopped) {
          stop.run();
        }
      }
    }
  }

  private long all() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return -1;
    } catch (IOException e) {
      return 0; // it is there, and the next look may tell
    }
  }

  /** Watches a file that is about to be written. */
  Watched watch(Path file) {
    return new Watched(file);
  }

  @Override
  public void close() {
    beat.close();
  }
}
