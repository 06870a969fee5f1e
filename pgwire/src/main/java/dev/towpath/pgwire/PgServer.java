package dev.towpath.pgwire;

import dev.towpath.core.access.Principal;
import dev.towpath.pgwire.catalog.Catalogs;
import dev.towpath.pgwire.session.Answerer;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Doorkeeper;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import jdk.net.ExtendedSocketOptions;

/**
 * The lake as a PostgreSQL server, from {@link #start} until it is closed. Thread-safe.
 *
 * <p>A virtual thread reads from each client; a platform thread answers while there is something to
 * answer, since it may be in native code for long.
 */
public final class PgServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Deeply nested SQL needs more than a thread's usual stack. */
  private static final long STACK_BYTES = 16L << 20;

  private final Lakehouse lakehouse;
  private final Doorkeeper doorkeeper;
  private final Options options;
  private final BiConsumer<String, Throwable> mistakes;
  private final ServerSocket socket;
  private final ExecutorService pool;
  private final Catalogs catalogs;
  private final Map<Integer, Connection> connections = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong room = new AtomicLong(Runtime.getRuntime().maxMemory() / 8);
  private final LongAdder lost = new LongAdder();
  private volatile boolean closed;

  /**
   * What a server needs to know.
   *
   * @param port 0 for any that is free
   * @param database the name that clients must give
   * @param tls with the server's certificate
   * @param needsTls whether clients of other machines must use it
   * @param mostConnections at a time
   * @param mostBytes in one message
   */
  public record Options(
      String host,
      int port,
      String database,
      Optional<SSLContext> tls,
      boolean needsTls,
      int mostConnections,
      int mostBytes,
      Patience patience) {

    /** The usual limits. */
    public static Options of(String host, int port, String database, Optional<SSLContext> tls) {
      return new Options(host, port, database, tls, true, 500, 16 << 20, Patience.USUAL);
    }
  }

  /**
   * How long a client may keep others waiting.
   *
   * @param login until it has said who it is
   * @param message from the first byte of a message to its last
   * @param taking until it takes some of what is sent to it
   */
  public record Patience(Duration login, Duration message, Duration taking) {
    static final Patience USUAL =
        new Patience(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(60));
  }

  /**
   * Starts a server.
   *
   * @param mistakes hears of failures that are mistakes of ours, and where they were
   * @throws TowpathException when it cannot have the port
   */
  public static PgServer start(
      Lakehouse lakehouse,
      Doorkeeper doorkeeper,
      Options options,
      BiConsumer<String, Throwable> mistakes) {
    return new PgServer(lakehouse, doorkeeper, options, mistakes);
  }

  private PgServer(
      Lakehouse lakehouse,
      Doorkeeper doorkeeper,
      Options options,
      BiConsumer<String, Throwable> mistakes) {
    this.lakehouse = lakehouse;
    this.doorkeeper = doorkeeper;
    this.options = options;
    this.mistakes = mistakes;
    this.socket = listen(options);
    this.pool =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE, // no more than there are connections
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("postgres-", 0).stackSize(STACK_BYTES).factory());
    this.catalogs = new Catalogs(options.database(), lakehouse::computing);
    Thread.ofPlatform().daemon().name("postgres-accept").start(this::accept);
    Thread.ofPlatform().daemon().name("postgres-watch").start(this::watch);
  }

  private static ServerSocket listen(Options options) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      socket.bind(
          new InetSocketAddress(InetAddress.getByName(options.host()), options.port()), BACKLOG);
      return socket;
    } catch (IOException e) {
      throw new TowpathException(
          "cannot listen at port "
              + options.port()
              + " of "
              + options.host()
              + ": "
              + e.getMessage(),
          "--pg-port N takes another port, --pg-port 0 any that is free",
          e);
    }
  }

  /** The port that it has. */
  public int port() {
    return socket.getLocalPort();
  }

  /** How many clients are connected. */
  public int connections() {
    return connections.size();
  }

  private void accept() {
    while (!closed) {
      try {
        welcome(socket.accept());
      } catch (IOException e) {
        gone(e);
        pause(); // there may be no file handle left, and then the next try fails at once, too
      } catch (RuntimeException | OutOfMemoryError e) {
        mistake("accepting a PostgreSQL client", e);
        pause();
      }
    }
  }

  private void pause() {
    if (!closed) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private void welcome(Socket client) throws IOException {
    Optional<String> full = full(client.getInetAddress());
    if (full.isPresent()) {
      try (client) {
        new Startup(client, Optional.empty(), 0)
            .refuse(
                PgError.fatal(
                    SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already", full.get()));
      }
      return;
    }
    client.setTcpNoDelay(true);
    client.setKeepAlive(true);
    client.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
    client.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 10);
    client.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 6);
    int id = ids.incrementAndGet() & Integer.MAX_VALUE;
    Connection connection = new Connection(client, this, id, random.nextInt());
    connections.put(id, connection);
    Thread.ofVirtual().name("postgres-client-" + id).start(connection);
  }

  /**
   * Why there is no place for a client. Those who have not said who they are have places of their
   * own, and each address a part of them: else anybody could take all, without a password.
   */
  private Optional<String> full(InetAddress from) {
    if (connections.size() >= options.mostConnections()) {
      return Optional.of("at most " + options.mostConnections() + " are served at a time");
    }
    List<Connection> outside = connections.values().stream().filter(Connection::isOutside).toList();
    int most = Math.max(2, options.mostConnections() / 2);
    if (outside.size() >= most) {
      return Optional.of("at most " + most + " may be logging in at a time");
    }
    int each = Math.max(1, most / 2);
    return outside.stream().filter(c -> from.equals(c.from())).count() >= each
        ? Optional.of("at most " + each + " may be logging in from one address at a time")
        : Optional.empty();
  }

  /** Throws when somebody who has come in has more than half of the places. */
  void requirePlace(String user) {
    int each = Math.max(1, options.mostConnections() / 2);
    if (connections.values().stream().filter(c -> user.equals(c.user())).count() > each) {
      throw PgError.fatal(
          SqlState.TOO_MANY_CONNECTIONS,
          "too many connections for role \"" + user + "\"",
          "at most " + each + " of a user are served at a time");
    }
  }

  private void watch() {
    while (!closed) {
      pause();
      long now = System.nanoTime();
      connections.values().forEach(c -> c.watch(now, options.patience()));
    }
  }

  Options options() {
    return options;
  }

  Lakehouse lakehouse() {
    return lakehouse;
  }

  Doorkeeper doorkeeper() {
    return doorkeeper;
  }

  /** What is left for statements that sessions keep, so that these never fill the heap. */
  AtomicLong room() {
    return room;
  }

  ExecutorService pool() {
    return pool;
  }

  /** What answers a session's queries. */
  Answerer answerer(Principal who, int id) {
    return catalogs.answerer(who, id);
  }

  void cancel(int id, int secret) {
    Connection connection = connections.get(id);
    if (connection != null) {
      connection.cancel(secret);
    }
  }

  void forget(int id) {
    connections.remove(id);
  }

  /** A client that went away is no mistake; it is counted. */
  @SuppressWarnings("UnusedVariable") // what it was does not matter
  void gone(Throwable how) {
    lost.increment();
  }

  void mistake(String where, Throwable e) {
    mistakes.accept(where, e);
  }

  /** Says goodbye to all clients and stops what they do. */
  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException e) {
      gone(e);
    }
    connections.values().forEach(Connection::end);
    long end = System.nanoTime() + GRACE.toNanos();
    while (!connections.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
    pool.shutdown();
    catalogs.close();
  }
}
