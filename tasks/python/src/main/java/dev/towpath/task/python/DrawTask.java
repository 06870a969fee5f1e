package dev.towpath.task.python;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.PythonRunner;
import dev.towpath.spi.TowpathException;
import dev.towpath.task.process.OutputLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One figure being drawn by a worker: answers its questions, and takes what it made. */
final class DrawTask {
  private final long id;
  private final PythonRunner.Drawing drawing;
  private final Worker worker;
  private final OutputLog log;
  private final Failure failures;
  private final AtomicReference<@Nullable TowpathException> stopped = new AtomicReference<>();
  private boolean reusable;

  DrawTask(
      long id, PythonRunner.Drawing drawing, Worker worker, OutputLog log, Path root, Path home) {
    this.id = id;
    this.drawing = drawing;
    this.worker = worker;
    this.log = log;
    this.failures = new Failure(drawing.file(), drawing.text(), Map.of(), root, home, log);
  }

  /** Whether the worker may be used again, when it has come to an end. */
  boolean isReusable() {
    return reusable;
  }

  /** Draws it. */
  String run() {
    worker.log(log::print);
    try (Watch watch =
        new Watch(
            drawing.name(),
            worker,
            drawing.limits(),
            "read fewer columns, or sum up in SQL",
            this::stop)) {
      return run(watch);
    } finally {
      worker.log(null);
      log.close();
    }
  }

  private void stop(TowpathException why) {
    stopped.compareAndSet(null, why);
    worker.close();
  }

  private String run(Watch watch) {
    try {
      worker.send(order());
      while (true) {
        Optional<JsonNode> event = worker.receive();
        if (event.isEmpty()) {
          throw gone(watch);
        }
        if (event.get().path("id").asLong(id) == id) {
          Optional<String> figure = handle(event.get());
          if (figure.isPresent()) {
            return figure.get();
          }
        }
      }
    } catch (IOException e) {
      throw gone(watch);
    }
  }

  private TowpathException gone(Watch watch) {
    TowpathException why = stopped.get();
    if (why != null) {
      return why;
    }
    if (Thread.currentThread().isInterrupted()) {
      return new CancelledException(); // which has closed the line
    }
    String how = worker.end();
    worker.drain();
    return failures.gone(how, watch.peak());
  }

  /** The figure, when the event brings it. */
  private Optional<String> handle(JsonNode event) throws IOException {
    switch (event.path("event").asText()) {
      case "read" -> worker.send(read(event));
      case "log" ->
          log.println(event.path("level").asText("info") + ": " + event.path("message").asText());
      case "done" -> {
        worker.drain();
        reusable = event.path("reusable").asBoolean(true);
        return Optional.of(event.path("figure").asText());
      }
      case "failed" -> {
        worker.drain();
        TowpathException why = stopped.get();
        throw why == null ? failures.told(event) : why;
      }
      default -> {
        // a later version of the package may tell more
      }
    }
    return Optional.empty();
  }

  private Map<String, @Nullable Object> read(JsonNode event) {
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("id", id);
    String name = event.path("name").asText();
    try {
      answer.putAll(Task.table(name, drawing.inputs().read(name, Task.wanted(event))));
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      answer.putAll(Task.refused(e));
    }
    return answer;
  }

  private Map<String, Object> order() {
    Map<String, Object> parameters = new HashMap<>();
    drawing.parameters().forEach((name, value) -> parameters.put(name, value(value)));
    Map<String, Object> order = new LinkedHashMap<>();
    order.put("op", "figure");
    order.put("id", id);
    order.put("name", drawing.name());
    order.put("file", drawing.file());
    order.put("text", drawing.text());
    order.put("reads", drawing.reads());
    order.put("params", parameters);
    return order;
  }

  private static Map<String, @Nullable Object> value(PythonRunner.Parameter parameter) {
    Map<String, @Nullable Object> value = new HashMap<>();
    value.put("type", parameter.type().sql());
    value.put(
        "value",
        parameter.texts().isEmpty()
            ? null
            : parameter.list() ? parameter.texts() : parameter.texts().getFirst());
    return value;
  }
}
