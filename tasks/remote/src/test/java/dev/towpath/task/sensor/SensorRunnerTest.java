package dev.towpath.task.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner.Context;
import dev.towpath.spi.JobRunner.Job;
import dev.towpath.spi.Problem;
import dev.towpath.spi.SqlPlace;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.http.Exchange;
import dev.towpath.task.http.Web;
import dev.towpath.task.sql.Places;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SensorRunnerTest {
  @TempDir private Path folder;
  private Instant now = Instant.now();
  private final Map<String, Object> outputs = new TreeMap<>();
  private Map<String, Instant> published = Map.of();
  private SqlPlace.Answer answer = new SqlPlace.Answer(1, 0, List.of("ok"), List.of(), false);
  private final SensorRunner sensor =
      new SensorRunner(
          new Exchange(ProxySelector.of(null)),
          new Places(
              _ -> (_, _) -> answer,
              _ -> {
                throw new TowpathException("no database");
              }),
          _ -> {
            throw new TowpathException("no connection");
          },
          new Published(),
          () -> now);

  /** Tables by when they last had other rows. */
  private final class Published implements TableNews {
    @Override
    public News since(String table, Instant moment) {
      Instant at = published.get(table);
      return at == null ? News.NONE : at.isBefore(moment) ? News.SAME : News.NEW;
    }

    @Override
    public boolean exists(String table) {
      return published.containsKey(table);
    }
  }

  private Job job(Object... keys) {
    Map<String, Object> options = new TreeMap<>();
    for (int i = 0; i < keys.length; i += 2) {
      options.put(keys[i].toString(), keys[i + 1]);
    }
    return new Job("wait", "jobs/wait.yml", folder, options, Map.of());
  }

  private boolean met(Map<String, String> variables, Object... keys) {
    Job job = job(keys);
    assertThat(sensor.check(job)).isEmpty();
    return sensor.isMet(job, new Context(variables, Map.of(), folder, _ -> {}, outputs::put));
  }

  private boolean met(Object... keys) {
    return met(Map.of(), keys);
  }

  private void later(Duration time) {
    now = Instant.now().plus(time);
  }

  private void write(String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
  }

  @Test
  void aFileCountsWhenNothingWritesItAnyMore() throws IOException {
    assertThat(met("file", "in/data.csv")).isFalse();
    write("in/data.csv");
    later(Duration.ZERO);
    assertThat(met("file", "in/data.csv")).isFalse();
    later(Duration.ofSeconds(6));
    assertThat(met("file", "in/data.csv")).isTrue();
    assertThat(met("file", "in/data.csv", "stable_for", "1m")).isFalse();
    assertThat(outputs).containsEntry("file", "in/data.csv").containsEntry("files", 1L);
  }

  @Test
  void aTimeThatACopyHasSetIsNotBelieved() throws IOException {
    write("data.csv");
    Files.setLastModifiedTime(
        folder.resolve("data.csv"), FileTime.from(Instant.now().minusSeconds(3_600)));
    later(Duration.ofSeconds(2));
    assertThat(met("file", "data.csv")).isFalse();
    assertThat(met("file", "data.csv", "stable_for", "1s")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "in/*.csv,        in/b.csv, 1",
    "'in/{b,x}.csv',  in/b.csv, 1",
    "in/**/*.csv,     in/deep/er/a.csv, 1",
    "**.csv,          in/b.csv, 2",
    "in/?.csv,        in/b.csv, 1",
  })
  void patterns(String pattern, String first, long count) throws IOException {
    write("in/b.csv");
    write("in/deep/er/a.csv");
    write("in/c.txt");
    later(Duration.ofSeconds(6));
    assertThat(met("file", pattern)).isTrue();
    assertThat(outputs).containsEntry("file", first).containsEntry("files", count);
  }

  @Test
  void aFileMayHaveToBeNew() throws IOException {
    write("a.csv");
    Instant written = Files.getLastModifiedTime(folder.resolve("a.csv")).toInstant();
    later(Duration.ofMinutes(1));
    Map<String, String> before =
        Map.of(
            "TOWPATH_DUE",
            written.plusSeconds(30).toString(),
            "TOWPATH_START",
            written.minusSeconds(60).toString());
    assertThat(met(before, "file", "*.csv", "since", "start")).isTrue();
    assertThat(met(before, "file", "*.csv", "since", "due")).isFalse();
    assertThatThrownBy(() -> met("file", "*.csv", "since", "due"))
        .hasMessageContaining("counts from when a flow's run was due");
  }

  @Test
  void aFolderIsNoFile() throws IOException {
    write("in/x.csv/y");
    later(Duration.ofSeconds(6));
    assertThat(met("file", "in/*.csv")).isFalse();
  }

  @Test
  void aUrl() {
    try (Web web = new Web()) {
      web.answers(Web.text(404, "{}"));
      assertThat(met("http", web.url("/ready"))).isFalse();
      web.answers(Web.text(503, "busy"));
      assertThatThrownBy(() -> met("http", web.url("/ready")))
          .isInstanceOf(TowpathException.class)
          .hasMessageContaining("answered 503 Service Unavailable: busy");
      web.answers(Web.text(200, "{\"id\": 3}"));
      assertThat(met("http", web.url("/ready"), "status", 201L)).isFalse();
      assertThat(met("http", web.url("/ready"), "outputs", Map.of("id", "/id"))).isTrue();
      assertThat(outputs).containsEntry("id", 3L);
    }
  }

  /** An object store that knows one signed URL, and signs for one method, as they do. */
  @Test
  void anObjectByASignedUrl() {
    String signed = "/lake/2026-01.csv?X-Amz-Credential=A%2Fb&X-Amz-Signature=0f%2B%2f%3D";
    try (Web web = new Web()) {
      AtomicReference<String> method = new AtomicReference<>("HEAD");
      AtomicReference<Integer> found = new AtomicReference<>(404);
      web.answers(exchange -> {
        boolean valid =
            exchange.getRequestURI().toString().equals(signed)
                && exchange.getRequestMethod().equals(method.get());
        if (found.get() == 200) {
          exchange.getResponseHeaders().set("Content-Length", "5000000000");
        }
        exchange.sendResponseHeaders(valid ? found.get() : 403, -1);
      });
      assertThat(met("http", web.url(signed), "method", "HEAD")).isFalse();
      found.set(200);
      assertThat(met("http", web.url(signed), "method", "HEAD")).isTrue();
      assertThatThrownBy(() -> met("http", web.url(signed)))
          .as("it is signed for another method")
          .hasMessageContaining("403");
      assertThatThrownBy(() -> met("http", web.url(signed + "x"), "method", "HEAD"))
          .hasMessageContaining("403");
      method.set("GET");
      found.set(206);
      Map<String, Object> first = Map.of("Range", "bytes=0-0");
      assertThat(met("http", web.url(signed), "headers", first)).isTrue();
      assertThat(web.asked.getLast().header("Range")).isEqualTo("bytes=0-0");
    }
  }

  @Test
  void rows() {
    assertThat(met("sql", "SELECT 1")).isFalse();
    answer = row("ok", false);
    assertThat(met("sql", "SELECT 1")).isFalse();
    answer = row("ok", 2L);
    assertThat(met("sql", "SELECT 1")).isTrue();
    assertThat(outputs).containsEntry("ok", 2L);
    answer = row("ok", "t");
    assertThat(met("sql", "SELECT 1")).isTrue();
    answer = row("ok", "f");
    assertThat(met("sql", "SELECT 1")).isFalse();
  }

  private static SqlPlace.Answer row(String name, Object value) {
    return new SqlPlace.Answer(1, 0, List.of(name), List.of(List.of(value)), false);
  }

  @Test
  void aTable() {
    Instant due = Instant.parse("2026-01-02T02:00:00Z");
    Map<String, String> told =
        Map.of("TOWPATH_DUE", due.toString(), "TOWPATH_START", due.minusSeconds(86_400).toString());
    assertThat(met(told, "table", "raw.x")).isFalse();
    assertThat(met("table", "raw.x")).isFalse();
    published = Map.of("raw.x", due.minusSeconds(1));
    assertThat(met("table", "raw.x")).isTrue();
    assertThat(met(told, "table", "raw.x")).isFalse();
    assertThat(met(told, "table", "raw.x", "since", "start")).isTrue();
    published = Map.of("raw.x", due);
    assertThat(met(told, "table", "raw.x")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    // due,                     time,    zone,             moment
    "2026-01-02T02:00:00Z, 2h,    UTC,              2026-01-02T04:00:00Z",
    "2026-01-02T02:00:00Z, 06:30, UTC,              2026-01-02T06:30:00Z",
    "2026-01-02T07:00:00Z, 06:30, UTC,              2026-01-03T06:30:00Z",
    "2026-01-02T06:30:00Z, 06:30, UTC,              2026-01-02T06:30:00Z",
    "2026-01-02T02:00:00Z, 06:30, Europe/Amsterdam, 2026-01-02T05:30:00Z",
    // 02:30 does not exist on that night, and occurs twice on the other
    "2026-03-28T23:00:00Z, 02:30, Europe/Amsterdam, 2026-03-29T01:00:00Z",
    "2026-10-24T22:00:00Z, 02:30, Europe/Amsterdam, 2026-10-25T00:30:00Z",
  })
  void aTime(Instant due, String time, String zone, Instant moment) {
    assertThat(TimeEye.moment(time, due, ZoneId.of(zone))).isEqualTo(moment);
    Map<String, String> told = Map.of("TOWPATH_DUE", due.toString(), "TOWPATH_TIMEZONE", zone);
    now = moment.minusMillis(1);
    assertThat(met(told, "time", time)).isFalse();
    now = moment;
    assertThat(met(told, "time", time)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          file     |             | "file" is empty
          file     | /etc/passwd | "file" leads out of the project's folder in "/etc/passwd"
          file     | ../x        | "file" leads out of the project's folder in "../x"
          file     | a{b         | "file" is no pattern
          http     | nowhere     | "http" is no URL of a web server
          sql      |             | "sql" is empty
          table    | orders      | "orders" is not a table
          time     | noon        | "time" cannot be "noon"
          """)
  void wrongKeysAreSaid(String key, String value, String message) {
    List<Problem> problems = sensor.check(job(key, value == null ? "" : value));
    assertThat(problems).hasSize(1);
    String[] parts = message.split(" in ");
    assertThat(problems.getFirst().message())
        .contains(
            parts[0]
                .replace("\"file\" leads", "leads")
                .replace("\"file\" is no pattern", "is no pattern"));
  }

  @Test
  void oneThingAtATime() {
    assertThat(sensor.check(job("every", "30s")).getFirst().message())
        .isEqualTo("a sensor waits for one of file, http, object, sql, table, time");
    assertThat(sensor.check(job("file", "a", "table", "a.b")).getFirst().message())
        .isEqualTo("a sensor waits for one thing, not both \"file\" and \"table\"");
    assertThat(sensor.check(job("file", "a", "status", 200L)).getFirst().message())
        .isEqualTo("\"status\" means nothing with \"file\"");
    assertThat(sensor.check(job("file", "a", "every", "often")).getFirst().message())
        .isEqualTo("\"every\" cannot be \"often\"");
    assertThat(sensor.check(job("file", "a", "since", "yesterday")).getFirst().message())
        .isEqualTo("\"since\" cannot be \"yesterday\"");
  }

  @Test
  void itWaitsAndCanBeStopped() throws Exception {
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                sensor.run(
                    job("file", "in.csv", "every", "1h"), new Context(Map.of(), folder, _ -> {}));
              } catch (Throwable e) {
                end.set(e);
              }
            });
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(end.get()).isInstanceOf(CancelledException.class);
    assertThat(sensor.interval(job("file", "x", "every", "2m"))).isEqualTo(Duration.ofMinutes(2));
    assertThat(sensor.interval(job("file", "x"))).isEqualTo(Duration.ofSeconds(30));
  }
}
