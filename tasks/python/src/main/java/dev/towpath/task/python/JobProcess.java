package dev.towpath.task.python;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.PythonRunner.Limits;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.OutputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One job in an interpreter of its own, all of whose processes end with it. */
final class JobProcess {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JobRunner.Job job;
  private final JobRunner.Context context;
  private final AtomicReference<@Nullable TowpathException> stopped = new AtomicReference<>();

  JobProcess(JobRunner.Job job, JobRunner.Context context) {
    this.job = job;
    this.context = context;
  }

  /**
   * Does an order, and waits until all is over.
   *
   * @param order what the worker is sent
   */
  void run(Interpreters interpreters, Path scratch, Map<String, Object> order) {
    try (OutputFile file = OutputFile.make()) {
      run(interpreters, scratch, order, file);
      handOn(file);
    }
  }

  private void handOn(OutputFile file) {
    for (String line : file.lines()) {
      try {
        for (Map.Entry<String, JsonNode> output : JSON.readTree(line).properties()) {
          context.outputs().put(output.getKey(), value(output.getValue()));
        }
      } catch (IOException e) {
        throw new TowpathException(
            "what it handed on cannot be read", "use towpath.context().output(name, value)", e);
      }
    }
  }

  private static Object value(JsonNode node) {
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.asLong();
    }
    if (node.isNumber()) {
      return node.isIntegralNumber() ? node.decimalValue() : (Object) node.asDouble();
    }
    return node.asText();
  }

  private void run(
      Interpreters interpreters, Path scratch, Map<String, Object> order, OutputFile file) {
    Lines lines = new Lines(context.log());
    try (Worker worker =
        Worker.start(
            interpreters.python(),
            interpreters.home(),
            job.project(),
            scratch.resolve("w"),
            variables(file))) {
      worker.log(lines);
      CompletableFuture<JsonNode> end = new CompletableFuture<>();
      Thread.ofVirtual().name("python-job").start(() -> listen(worker, order, end));
      try (Watch watch =
          new Watch("job " + job.name(), worker, limits(), why -> stop(worker, why))) {
        await(worker, end, watch, lines);
      }
    } finally {
      lines.close();
    }
  }

  private void await(Worker worker, CompletableFuture<JsonNode> end, Watch watch, Lines lines) {
    try {
      JsonNode event = end.get();
      worker.drain();
      if (event.path("event").asText().equals("failed")) {
        TowpathException why = stopped.get();
        throw why == null ? told(event) : why;
      }
    } catch (InterruptedException e) {
      worker.close();
      worker.end();
      throw new CancelledException(e);
    } catch (ExecutionException e) {
      TowpathException why = stopped.get();
      if (why != null) {
        throw why;
      }
      String how = worker.end();
      worker.drain();
      throw Failure.gone(
          how, watch.peak(), lines.last(), job.project(), new Location(job.file(), 1, 1));
    }
  }

  private void stop(Worker worker, TowpathException why) {
    stopped.compareAndSet(null, why);
    worker.close();
  }

  private static void listen(
      Worker worker, Map<String, Object> order, CompletableFuture<JsonNode> end) {
    try {
      worker.send(order);
      while (!end.isDone()) {
        Optional<JsonNode> event = worker.receive();
        if (event.isEmpty()) {
          throw new IOException("the line is closed");
        }
        if (event.get().path("event").asText().matches("done|failed")) {
          end.complete(event.get());
        }
      }
    } catch (IOException | RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  private Map<String, String> variables(OutputFile file) {
    Map<String, String> variables = new HashMap<>(context.variables());
    variables.put(OutputFile.VARIABLE, file.path().toString());
    variables.put("TOWPATH_JOB", job.name());
    variables.put("TOWPATH_PROJECT", job.project().toAbsolutePath().toString());
    try {
      variables.put("TOWPATH_PARAMS", JSON.writeValueAsString(params()));
    } catch (IOException e) {
      throw new IllegalStateException("params are plain values", e);
    }
    if (job.options().get("env") instanceof Map<?, ?> env) {
      env.forEach((name, value) -> variables.put(String.valueOf(name), String.valueOf(value)));
    }
    return variables;
  }

  /** What its file gives it, over what its run does. */
  private Map<String, Object> params() {
    Map<String, Object> params = new LinkedHashMap<>();
    context
        .values()
        .forEach((name, value) -> {
          if (!(value instanceof Instant)) {
            params.put(name, value);
          }
        });
    if (job.options().get("params") instanceof Map<?, ?> own) {
      own.forEach((name, value) -> params.put(String.valueOf(name), value));
    }
    return params;
  }

  private Limits limits() {
    Optional<Long> memory =
        job.options().get("memory") instanceof Long bytes ? Optional.of(bytes) : Optional.empty();
    return new Limits(true, Optional.empty(), job.at("timeout"), memory, job.at("memory"));
  }

  /** What the child told of a failure, at the innermost line of the project's own. */
  private TowpathException told(JsonNode event) {
    Location at =
        event.path("file").isTextual()
            ? new Location(event.path("file").asText(), Math.max(1, event.path("line").asInt()), 1)
            : new Location(job.file(), 1, 1);
    String type = event.path("type").asText();
    String message = event.path("message").asText().lines().findFirst().orElse("");
    boolean named = !type.equals("SystemExit") && !Failure.OURS.contains(type);
    Optional<String> hint =
        event.path("hint").isTextual()
            ? Optional.of(event.path("hint").asText())
            : Failure.callers(event);
    return new TowpathException(
        List.of(
            new Problem(
                Problem.Severity.ERROR,
                at,
                named ? type + (message.isEmpty() ? "" : ": " + message) : message,
                hint.or(() -> Optional.of("its output is in its log")))));
  }

  /** What is wrong with the keys that all jobs in Python have. */
  static List<Problem> check(JobRunner.Job job) {
    List<Problem> problems = new ArrayList<>();
    for (String key : List.of("env", "params")) {
      if (!(job.options().getOrDefault(key, Map.of()) instanceof Map)) {
        problems.add(
            Problem.error(
                job.at(key),
                "\"" + key + "\" must be a map of names and values",
                "write " + key + ": {name: x}"));
      }
    }
    return problems;
  }
}
