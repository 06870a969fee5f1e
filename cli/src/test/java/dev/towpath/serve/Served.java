package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.cli.Towpath;
import dev.towpath.fault.Program;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real program serving a small project, as a process of its own on a free port. */
final class Served implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String SECRET = "s3cret-of-the-hook";

  private static final Pattern ADDRESS = Pattern.compile(" at (https?://\\S+); ");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;
  private final Path err;
  private final Process process;
  private final URI url;
  private final String token;

  private Served(Path folder, Process process, Path err) throws Exception {
    this.folder = folder;
    this.process = process;
    this.err = err;
    until(() -> ADDRESS.matcher(said()).find() || !process.isAlive());
    Matcher address = ADDRESS.matcher(said());
    assertThat(address.find()).as(said()).isTrue();
    this.url = URI.create(address.group(1));
    this.token = Files.readString(folder.resolve(".towpath/token")).strip();
  }

  /** A project with tables, jobs and flows of each kind. */
  static Towpath project(Path folder) throws IOException {
    Towpath project = new Towpath(folder);
    project.write("towpath.yml", "project: small\n");
    project.write("seeds/raw/t.csv", "id,region,day\n1,N,2026-01-01\n2,S,2026-01-02\n3,,\n");
    project.write(
        "models/marts/m.sql",
        """
        /* towpath
        description: Of every row a part
        checks: [not_null(id)]
        */
        SELECT id::BIGINT AS id, region, day, (id / 4)::DECIMAL(9,2) AS part FROM raw.t ORDER BY id
        """);
    project.write(
        "jobs/talk.yml", "type: shell\nrun: |\n  echo one\n  echo two\n  sleep 1\n  echo three\n");
    project.write("jobs/long.yml", "type: shell\nrun: sleep 300\n");
    project.write(
        "flows/nightly.yml", "cron: \"0 2 * * *\"\ntimezone: Europe/Amsterdam\nrun: marts.*\n");
    project.write("flows/talk.yml", "run: job:talk\n");
    project.write("flows/long.yml", "run: job:long\n");
    project.write(
        "flows/hook.yml",
        "webhook: ${HOOK_SECRET}\nrun: +marts.m\nparams: {branch: {type: varchar, default: main}}\n");
    project.write(
        "flows/typed.yml",
        """
        run: marts.*
        params:
          day: date
          size: {type: integer, default: 3, min: 1, max: 10}
          color: {type: varchar, default: red, values: [red, blue]}
        """);
    return project;
  }

  /** Adds a user with a token of the same name; gives the token. */
  static String user(Path folder, String name, String role, String... limits) {
    Towpath project = new Towpath(folder);
    project.run("user", "add", name, "--role", role, "--no-password").good();
    List<String> command =
        new ArrayList<>(List.of("token", "create", name, "--user", name, "--expires", "1h"));
    command.addAll(List.of(limits));
    return project.run(command.toArray(String[]::new)).good().out().strip();
  }

  static Served start(Path folder, String... options) throws Exception {
    return start(folder, List.of(), options);
  }

  /**
   * Starts it.
   *
   * @param environment as {@code env} takes it, such as {@code PATH=/nowhere}
   */
  static Served start(Path folder, List<String> environment, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("env"));
    command.addAll(environment);
    command.add("HOOK_SECRET=" + SECRET);
    command.addAll(Program.command());
    command.addAll(List.of("-C", folder.toString(), "serve"));
    if (!Arrays.asList(options).contains("--port")) {
      command.addAll(List.of("--port", "0"));
    }
    command.addAll(List.of(options));
    Path err = Files.createTempFile("towpath", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile())
            .start();
    try {
      return new Served(folder, process, err);
    } catch (Exception | AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Waits until something is so; fails when it takes a minute. */
  static void until(Callable<Boolean> condition) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.call()) {
      assertThat(Instant.now()).as("it never came about").isBefore(end);
      Thread.sleep(50);
    }
  }

  String said() throws IOException {
    return Files.readString(err, UTF_8);
  }

  URI url() {
    return url;
  }

  int port() {
    return url.getPort();
  }

  String token() {
    return token;
  }

  Path folder() {
    return folder;
  }

  Process process() {
    return process;
  }

  /** A request with the token. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + token);
  }

  /** A request with another token. */
  HttpRequest.Builder request(String path, String other) {
    return bare(path).header("Authorization", "Bearer " + other);
  }

  /** A request as it is given. */
  HttpRequest.Builder bare(String path) {
    return HttpRequest.newBuilder(url.resolve(path)).timeout(PATIENCE);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  /** What is measured just now. */
  long metric(String name) throws Exception {
    return send(request("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  /** Waits until no query computes, waits or has a result open. */
  void nothingIsOpen() throws Exception {
    until(() ->
        metric("towpath_queries{state=\"running\"}") == 0
            && metric("towpath_queries{state=\"waiting\"}") == 0
            && metric("towpath_queries{state=\"open\"}") == 0);
  }

  HttpResponse<byte[]> bytes(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** An answer as it comes. */
  InputStream stream(HttpRequest.Builder request) throws Exception {
    var response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  /** An answer that goes on: its lines, as they come. */
  Lines follow(HttpRequest.Builder request) throws Exception {
    var response =
        client.send(
            request.header("Accept", "text/event-stream").build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    return new Lines(response.body());
  }

  JsonNode get(String path) throws Exception {
    HttpResponse<String> response = send(request(path));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  JsonNode posted(String path, Object body) throws Exception {
    HttpResponse<String> response = post(path, JSON.writeValueAsString(body));
    assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
    return JSON.readTree(response.body());
  }

  /** The error document of an answer. */
  static JsonNode problem(HttpResponse<String> response, int status) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = JSON.readTree(response.body());
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(response.body()).doesNotContain("Exception", "\tat ", "java.");
    return problem;
  }

  /** Builds everything and waits for it. */
  JsonNode build() throws Exception {
    String id = posted("/api/v1/builds", Map.of()).path("id").asText();
    until(() -> !get("/api/v1/builds/" + id).path("state").asText().equals("RUNNING"));
    return get("/api/v1/builds/" + id);
  }

  /** Waits for a run's end. */
  String ended(String run) throws Exception {
    until(() -> !List.of("QUEUED", "RUNNING").contains(state(run)));
    return state(run);
  }

  String state(String run) throws Exception {
    JsonNode answer = get("/api/v1/runs/" + run);
    return (answer.has("run") && answer.path("run").isObject() ? answer.path("run") : answer)
        .path("state")
        .asText();
  }

  /** Asks it to stop, and waits. */
  int stop() throws Exception {
    process.destroy(); // SIGTERM
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(said()).isTrue();
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      process.destroy();
      process
          .onExit()
          .completeOnTimeout(process, PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join()
          .destroyForcibly();
    }
    assertThat(said()).doesNotContain("mistake in towpath");
    Files.deleteIfExists(err);
  }
}
