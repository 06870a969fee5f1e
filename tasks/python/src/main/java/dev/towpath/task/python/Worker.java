package dev.towpath.task.python;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One child process and the line to it.
 *
 * <p>It leads a process group. The child's stdin stays open while this process lives: when it
 * closes, however that comes, a guard in the child kills the group and what has left it.
 */
final class Worker implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long START_SECONDS = 60;
  private static final long GUARD_MILLIS = 500;
  private static final long POLL_MILLIS = 10;

  private final Process process;
  private final SocketChannel channel;
  private final BufferedReader events;
  private final Thread pump;

  /** What it has started, as far as it was seen: it may leave its group, and lose its parent. */
  private final Set<ProcessHandle> started = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Output log;
  private volatile boolean drained;

  /** Takes what a child prints. */
  @FunctionalInterface
  interface Output {
    void print(byte[] bytes, int length);
  }

  private Worker(Process process, SocketChannel channel, BufferedReader events) {
    this.process = process;
    this.channel = channel;
    this.events = events;
    this.pump = Thread.ofVirtual().name("python-output").start(this::pump);
    // What it left behind goes with it. Its last words are in the line; nobody may hold that open.
    var _ =
        process
            .onExit()
            .thenRun(this::kill)
            .thenRunAsync(this::close, CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));
  }

  /**
   * Starts one.
   *
   * @param socket where it connects; no file is there yet
   * @param variables more of its environment
   * @throws TowpathException when it does not come up
   */
  static Worker start(
      Path python, Path home, Path root, Path socket, Map<String, String> variables) {
    Process process = null;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      server.configureBlocking(false);
      ProcessBuilder builder =
          new ProcessBuilder(
                  python.toString(),
                  "-X",
                  "utf8",
                  "-u",
                  home.resolve("towpath").resolve("_worker.py").toString(),
                  socket.toString())
              .directory(root.toFile())
              .redirectErrorStream(true);
      Surroundings.clean(builder.environment());
      builder.environment().put("PYTHONFAULTHANDLER", "1");
      builder.environment().putAll(variables);
      process = builder.start();
      SocketChannel channel = accept(server, process);
      BufferedReader events =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      String line = events.readLine();
      if (line == null) {
        throw new TowpathException("Python did not start: " + output(process));
      }
      return new Worker(process, channel, events);
    } catch (ClosedByInterruptException e) {
      kill(process);
      throw new CancelledException(e);
    } catch (IOException e) {
      kill(process);
      throw new TowpathException("cannot start " + python + ": " + e.getMessage(), null, e);
    } catch (RuntimeException e) {
      kill(process);
      throw e;
    } finally {
      delete(socket);
    }
  }

  private static SocketChannel accept(ServerSocketChannel server, Process process)
      throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < end) {
      SocketChannel channel = server.accept();
      if (channel != null) {
        channel.configureBlocking(true);
        return channel;
      }
      if (!process.isAlive()) {
        throw new TowpathException("Python did not start: " + output(process));
      }
      sleep(1);
    }
    throw new TowpathException("Python did not start within " + START_SECONDS + " seconds");
  }

  /** The last line that a process printed before it ended. */
  private static String output(Process process) throws IOException {
    InputStream in = process.getInputStream();
    String text = new String(in.readNBytes(in.available()), StandardCharsets.UTF_8);
    return text.lines()
        .filter(l -> !l.isBlank())
        .reduce((_, second) -> second)
        .orElse("exit code " + (process.isAlive() ? "unknown" : process.exitValue()));
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    }
  }

  long pid() {
    return process.pid();
  }

  /** Notes what it has started since it was looked at last. */
  void look() {
    process.descendants().forEach(started::add);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends an order. */
  void send(Map<String, ?> order) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap((JSON.writeValueAsString(order) + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The next event; empty when there will be none. */
  Optional<JsonNode> receive() throws IOException {
    String line = events.readLine();
    return line == null ? Optional.empty() : Optional.of(JSON.readTree(line));
  }

  /** Where its output goes from now on. */
  void log(@Nullable Output target) {
    log = target;
  }

  /** Waits until what it has printed so far is in its log. */
  void drain() {
    drained = false;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (!drained && pump.isAlive() && System.nanoTime() < end) {
      sleep(1);
    }
  }

  /**
   * Reads what it prints. A read would block, also after its death while something else holds the
   * pipe open, so it asks first.
   */
  private void pump() {
    byte[] buffer = new byte[1 << 16];
    InputStream in = process.getInputStream();
    try {
      while (true) {
        boolean alive = process.isAlive();
        int available = in.available();
        if (available > 0) {
          int length = in.read(buffer, 0, Math.min(buffer.length, available));
          Output target = log;
          if (target != null && length > 0) {
            target.print(buffer, length);
          }
        } else {
          drained = true;
          if (!alive) {
            return;
          }
          Thread.sleep(POLL_MILLIS);
        }
      }
    } catch (IOException e) {
      drained = true; // closed with the process
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How it ended, in words; it has ended, or is about to. */
  String end() {
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        return "closed its line to Towpath";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "ended";
    }
    String signal = Signals.name(process.exitValue());
    return signal.isEmpty()
        ? "ended with exit code " + process.exitValue()
        : "was ended by " + signal;
  }

  /** Ends it, all its group, and whatever else was seen to be its doing. */
  private void kill() {
    look();
    kill(process);
    started.forEach(ProcessHandle::destroyForcibly); // a number that is used again is left alone
  }

  @Override
  public void close() {
    kill();
    try {
      channel.close();
    } catch (IOException e) {
      throw new TowpathException("cannot close the line to Python: " + e.getMessage(), null, e);
    }
  }

  private static void kill(@Nullable Process process) {
    if (process == null) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    // The guard knows best what belongs to the task; it acts when stdin closes.
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroyForcibly(); // the pipe is broken, so the child has ended
    }
    try {
      if (!process.waitFor(GUARD_MILLIS, TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    Signals.killGroup(process.pid());
    process.toHandle().destroyForcibly(); // unlike the process's own, it leaves the output readable
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new TowpathException("cannot remove " + file + ": " + e.getMessage(), null, e);
    }
  }
}
