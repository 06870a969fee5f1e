package dev.towpath.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that follows events live, through all servers that come and go, and misses none. */
final class SoakFollower implements AutoCloseable {
  private static final Pattern URL = Pattern.compile("\"url\"\\s*:\\s*\"([^\"]+)\"");

  private final Path work;
  private final List<Long> seen = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final Thread thread;
  private volatile boolean over;

  /** Follows the servers of a project. */
  SoakFollower(Path folder) {
    this.work = folder.resolve(".towpath");
    this.thread = Thread.ofPlatform().daemon().start(this::follow);
  }

  /** Where the server is that was started first, as its file says. */
  static URI address(Path work) throws IOException {
    Matcher url = URL.matcher(Files.readString(work.resolve("server.json")));
    if (!url.find()) {
      throw new IOException("server.json is not whole");
    }
    return URI.create(url.group(1));
  }

  private void follow() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!over) {
        try {
          HttpRequest.Builder request =
              HttpRequest.newBuilder(address(work).resolve("/api/v1/events"))
                  .header(
                      "Authorization", "Bearer " + Files.readString(work.resolve("token")).strip())
                  .header("Accept", "text/event-stream")
                  .header("Last-Event-ID", Long.toString(last()));
          read(client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
        } catch (IOException e) {
          pause(); // no server is there, or it has just died
        }
      }
      client.shutdownNow();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(HttpResponse<java.io.InputStream> response)
      throws IOException, InterruptedException {
    if (response.statusCode() != 200) {
      pause();
      return;
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String type = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event:")) {
          type = line.substring(6).strip();
        } else if (line.startsWith("id:") && !type.equals("hello")) {
          add(type, Long.parseLong(line.substring(3).strip()));
        } else if (line.isEmpty()) {
          type = "";
        }
      }
    }
  }

  private synchronized void add(String type, long id) {
    if (type.equals("reset")) {
      wrong.add("reset to " + id);
    }
    seen.add(id);
  }

  private synchronized long last() {
    return seen.isEmpty() ? 0 : seen.getLast();
  }

  private static void pause() throws InterruptedException {
    Thread.sleep(100);
  }

  /** Ids of the events that it has seen, in order, and what went wrong. */
  synchronized List<Long> seen() {
    if (!wrong.isEmpty()) {
      throw new AssertionError(wrong.toString());
    }
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    over = true;
    thread.interrupt();
  }
}
