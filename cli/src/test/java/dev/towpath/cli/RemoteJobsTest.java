package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that ask a web server, as the commands do them. */
class RemoteJobsTest {
  @TempDir private Path folder;
  private Towpath towpath;
  private HttpServer web;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;

  @BeforeEach
  void project() throws IOException {
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = "{\"echo\": \"hunter2hunter2\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.start();
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: works\n");
    towpath.write(
        ".env", "TOKEN=hunter2hunter2\nAPI=http://127.0.0.1:" + web.getAddress().getPort() + "\n");
    towpath.write(
        "jobs/j.yml",
        """
        type: http
        url: "${API}/x?key=${TOKEN}"
        headers: {Authorization: "Bearer ${TOKEN}"}
        retries: {max: 1, delay: 1s}
        """);
  }

  @AfterEach
  void stop() {
    web.stop(0);
  }

  private String log() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(".towpath/logs"))) {
      return Files.readString(files.filter(f -> f.endsWith("job.j.log")).findFirst().orElseThrow());
    }
  }

  @Test
  void theAnswerIsKeptWithoutSecrets() throws IOException {
    Towpath.Result result = towpath.run("run", "job:j").good();
    assertThat(asked).containsExactly("/x?key=hunter2hunter2 Bearer hunter2hunter2");
    assertThat(log()).contains("answered 200 OK").contains("{\"echo\": \"${TOKEN}\"}");
    assertThat(log() + result.out() + result.err()).doesNotContain("hunter2hunter2");
  }

  @Test
  void aFailureIsTriedAgainAsTheJobSaysAndHidesSecrets() throws IOException {
    status = 503;
    Towpath.Result result = towpath.run("run", "job:j");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(asked).hasSize(2);
    assertThat(result.err())
        .contains("jobs/j.yml:1:1: job j failed: GET ${API}/x?key=${TOKEN} answered 503")
        .contains("hint: the server is in trouble")
        .doesNotContain("hunter2hunter2");
  }
}
