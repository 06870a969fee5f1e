package dev.towpath.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What would fill memory, the disk or the time ends with a clear error; others notice nothing. */
@Tag("soak")
class HeavyQueryTest {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir private static Path folder;
  private static Served server;

  @BeforeAll
  static void start() throws Exception {
    Served.project(folder);
    server = Served.start(folder);
    server.build();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static HttpResponse<String> ask(String sql, String form) throws Exception {
    return server.send(
        server
            .request("/api/v1/query")
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Accept", form)
            .POST(BodyPublishers.ofString(Served.JSON.writeValueAsString(Map.of("sql", sql)))));
  }

  private static CompletableFuture<HttpResponse<String>> asking(String sql) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return ask(sql, "application/json");
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static void othersNoticeNothing() throws Exception {
    HttpResponse<String> small = ask("SELECT count(*) FROM marts.m", "application/json");
    assertThat(small.body()).contains("[3]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT list(repeat('x', 1000) || range) FROM range(100000000)",
        "SELECT string_agg(x) FROM (SELECT x FROM (SELECT md5(range::VARCHAR) AS x FROM"
            + " range(500000000)) ORDER BY x)",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 0",
        "SELECT repeat('x', 2000000000) FROM range(10)",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(100000)"
      })
  void whatIsTooMuchIsStopped(String sql) throws Exception {
    CompletableFuture<HttpResponse<String>> heavy = asking(sql);
    for (int i = 0; i < 5; i++) {
      othersNoticeNothing();
    }
    HttpResponse<String> answer = heavy.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(answer.statusCode()).as(answer.body()).isIn(400, 413, 422, 503, 504);
    assertThat(Served.problem(answer, answer.statusCode()).path("detail").asText()).isNotEmpty();
    assertThat(answer.body()).doesNotContain(folder.toString());
    othersNoticeNothing();
  }

  @Test
  void manyAtOnceAreTold() throws Exception {
    String slow =
        "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 0";
    CompletableFuture<?>[] all = new CompletableFuture<?>[40];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          asking(slow).thenAccept(answer -> assertThat(answer.statusCode()).isIn(429, 503, 504));
    }
    CompletableFuture.allOf(all).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    othersNoticeNothing();
  }
}
