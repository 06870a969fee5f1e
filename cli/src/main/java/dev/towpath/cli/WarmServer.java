package dev.towpath.cli;

import dev.towpath.server.ServerFile;
import dev.towpath.server.Token;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;

/** A server on the small project of {@link WarmUp}, asked as people ask it. */
final class WarmServer {
  private static final int ROUNDS = 100;
  private static final int MOST_LOOKS = 600;
  private static final int PAUSE_MILLIS = 50;

  private WarmServer() {}

  /** Starts it, asks it, and stops it. */
  static void in(Path folder) throws IOException {
    FutureTask<Integer> command =
        new FutureTask<>(() ->
            Main.run(WarmUp.inProject(folder, List.of("serve", "--port", "0", "--pg-port", "0"))));
    Thread thread = Thread.ofPlatform().name("warm-server").start(command);
    try {
      ask(folder, note(folder, command));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (SQLException e) {
      throw new IOException(e);
    } finally {
      thread.interrupt();
      await(thread);
    }
  }

  private static ServerFile.Note note(Path folder, FutureTask<Integer> command)
      throws IOException, InterruptedException {
    ServerFile file = new ServerFile(folder.resolve(".towpath"));
    for (int i = 0; i < MOST_LOOKS && !command.isDone(); i++) {
      Optional<ServerFile.Note> note = file.read();
      if (note.isPresent()) {
        return note.get();
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new IOException("the server did not start");
  }

  private static void ask(Path folder, ServerFile.Note server) throws IOException, SQLException {
    String token = Token.in(folder.resolve(".towpath"));
    get(server.url(), "/healthz", token);
    get(server.url(), "/api/v1/openapi.json", token);
    get(server.url(), "/api/v1/graph", token);
    for (int i = 0; i < ROUNDS; i++) {
      get(server.url(), "/daily/North", token); // computed, then kept
      get(server.url(), "/daily/" + i, token);
    }
    String url = "jdbc:postgresql://127.0.0.1:" + server.pgPort().orElseThrow() + "/warmup";
    try (Connection connection = DriverManager.getConnection(url, "admin", token);
        PreparedStatement statement =
            connection.prepareStatement("SELECT * FROM marts.daily WHERE revenue > ?")) {
      for (int i = 0; i < ROUNDS; i++) {
        statement.setInt(1, i);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            rows.getObject(1);
          }
        }
      }
    }
  }

  private static void get(URI server, String path, String token) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) server.resolve(path).toURL().openConnection();
    connection.setRequestProperty("Authorization", "Bearer " + token);
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException(path + " was answered with " + connection.getResponseCode());
    }
    try (InputStream in = connection.getInputStream()) {
      in.readAllBytes();
    }
  }

  private static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
