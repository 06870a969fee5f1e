package dev.towpath.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A database server of its own on a free port of the loopback interface, with its data in a
 * temporary folder. It ends with this process, however that ends: a shell between the two waits for
 * the end of its input.
 */
public abstract class DatabaseServer implements AutoCloseable {
  /** The password of the user that may do everything. */
  public static final String PASSWORD = "tow/p@th secret";

  /** Starts the command it is given and kills it, first kindly, at the end of its input. */
  private static final String GUARD =
      "\"$@\" </dev/null & pid=$!; read -r how; kill -${how:-TERM} $pid; wait $pid";

  private static final int PATIENCE_SECONDS = 60;

  private final Path directory;
  private final String user;
  private final int port;
  private volatile @Nullable Process guard;

  /** Makes the folder and picks the port. */
  DatabaseServer(String prefix, String user) {
    this.directory = Programs.directory(prefix, user);
    this.user = user;
    this.port = Programs.freePort();
  }

  /** The server, closed when this process ends in good order. */
  static <S extends DatabaseServer> S closing(S server) {
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server;
  }

  /** Runs statements as the user that may do everything. */
  public final void sql(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The command that runs the server in the foreground. */
  abstract List<String> command();

  /** The user that may do everything; its password is {@link #PASSWORD}. */
  public abstract String user();

  /** A URL for JDBC, without user and password. */
  public abstract String jdbcUrl(String database);

  /** A connection of the user that may do everything. */
  public final Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), user(), PASSWORD);
  }

  /** The port that it listens at. */
  public final int port() {
    return port;
  }

  final Path directory() {
    return directory;
  }

  /** Runs a program as the server's user, to its end. */
  final void run(List<String> command) {
    Programs.run(directory, Programs.as(user, command));
  }

  /** Starts it and waits until it answers. */
  public final synchronized void start() {
    try {
      begin();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void begin() throws IOException {
    List<String> all = new ArrayList<>(List.of("sh", "-c", GUARD, "guard"));
    all.addAll(Programs.as(user, command()));
    Path log = directory.resolve("server.log");
    Process running =
        new ProcessBuilder(all)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    guard = running;
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    while (!answers()) {
      if (!running.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("the server does not start:\n" + Files.readString(log));
      }
      Programs.pause(50);
    }
  }

  /** Whether it takes connections. */
  boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it and all of its processes at once, as a lost machine would. */
  public final void kill() {
    Process running = guard;
    if (running == null) {
      return;
    }
    List<ProcessHandle> all = running.descendants().toList(); // the server comes before its workers
    all.forEach(ProcessHandle::destroyForcibly);
    end("KILL");
  }

  /** Ends it with a signal, such as {@code QUIT}; {@link #start} starts it with the same data. */
  public final void stop(String signal) {
    end(signal);
  }

  private synchronized void end(String signal) {
    Process running = guard;
    if (running == null) {
      return;
    }
    guard = null;
    try (OutputStream input = running.getOutputStream()) {
      input.write((signal + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it ended by itself
    }
    Programs.await(running);
  }

  @Override
  public final void close() {
    end(stopSignal());
    Programs.remove(directory);
  }

  /** The signal that ends it within a moment. */
  abstract String stopSignal();
}
