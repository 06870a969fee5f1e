package dev.towpath.task.python;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
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
    try (OutputFile outputs = OutputFile.make()) {
      run(interpreters, scratch, order, outputs.path());
      outputs.handOn(context.outputs(), JobProcess::typed);
    }
  }

  /** A line that {@code towpath.context().output()} wrote. */
  private static void typed(String line, BiConsumer<String, Object> found) {
    try {
      JsonNode output = JSON.readTree(line);
      JsonNode value = output.path("value");
      found.accept(
          output.path("name").asText(),
          switch (value.getNodeType()) {
            case BOOLEAN -> value.booleanValue();
            case NUMBER ->
                value.isLong() || value.isInt() ? value.longValue() : value.decimalValue();
            default -> value.asText();
          });
    } catch (JsonProcessingException e) {
      throw new TowpathException(
          "an output of it cannot be read", "hand on values by towpath.context().output()", e);
    }
  }

  private void run(
      Interpreters interpreters, Path scratch, Map<String, Object> order, String outputs) {
    Lines lines = new Lines(context.log());
    try (Worker worker =
        Worker.start(
            interpreters.python(),
            interpreters.home(),
            job.project(),
            scratch.resolve("w"),
            variables(outputs, interpreters.packagesFile()))) {
      worker.log(lines);
      CompletableFuture<JsonNode> end = new CompletableFuture<>();
      Thread.ofVirtual().name("python-job").start(() -> listen(worker, order, end));
      try (Watch watch =
          new Watch("it", worker, limits(), "work on less at a time", why -> stop(worker, why))) {
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
          how, watch.peak(), lines.last(), job.files(), new Location(job.file(), 1, 1));
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

  private Map<String, String> variables(String outputs, String packages) {
    Map<String, String> variables = new HashMap<>(context.variables());
    variables.put("TOWPATH_JOB", job.name());
    variables.put("TOWPATH_PROJECT", job.project().toAbsolutePath().toString());
    variables.put("TOWPATH_PACKAGES", packages);
    variables.put("TOWPATH_FILES", job.files().toAbsolutePath().toString());
    Map<String, Object> params = new TreeMap<>();
    context
        .values()
        .forEach((name, value) -> parameter(name, value).ifPresent(v -> params.put(name, v)));
    if (job.options().get("params") instanceof Map<?, ?> own) {
      own.forEach((name, value) -> params.put(String.valueOf(name), value));
    }
    try {
      variables.put("TOWPATH_PARAMS", JSON.writeValueAsString(params));
    } catch (IOException e) {
      throw new IllegalStateException("params are plain values", e);
    }
    if (job.options().get("env") instanceof Map<?, ?> env) {
      env.forEach((name, value) -> variables.put(String.valueOf(name), String.valueOf(value)));
    }
    variables.put(OutputFile.VARIABLE, outputs);
    return variables;
  }

  /** A value as JSON has it; the interval's bounds are told in another way. */
  private static Optional<Object> parameter(String name, Object value) {
    return switch (value) {
      case Object _ when name.equals("start") || name.equals("end") -> Optional.empty();
      case Optional<?> _ -> Optional.empty();
      case Instant moment ->
          Optional.of(Map.of("type", "TIMESTAMP WITH TIME ZONE", "value", moment.toString()));
      default -> Optional.of(value);
    };
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
                hint.or(() -> Optional.of("\"towpath logs\" shows its output")))));
  }

  /** Why a file that a key names cannot be run: it is not there, or not of the project. */
  static Optional<Problem> missing(JobRunner.Job job, String key, String file) {
    Path path = job.file(file).normalize();
    if (!path.startsWith(job.files().normalize()) && !path.startsWith(job.project().normalize())) {
      return Optional.of(
          Problem.error(
              job.at(key),
              file + " is outside of the project",
              "put it below the project's folder, so that it goes where the project goes"));
    }
    return Files.isRegularFile(path)
        ? Optional.empty()
        : Optional.of(
            Problem.error(
                job.at(key), "there is no file " + file, "paths start at the project's folder"));
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
