package dev.towpath.cli;

import dev.towpath.core.flow.TaskGraph;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Template;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.JsonText;
import dev.towpath.core.store.TaskStore;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the jobs of a run of a flow are told: variables, values, and what templates stand for. */
final class FlowValues {
  /** The variable that names the environment whose lake a run reads and writes. */
  static final String ENVIRONMENT = "TOWPATH_ENV";

  private final FlowRun run;
  private final FlowTask task;
  private final Job job;
  private final TaskStore tasks;
  private final Map<String, @Nullable Object> params;
  private final Map<String, @Nullable Object> item;

  FlowValues(FlowRun run, FlowTask task, Job job, TaskStore tasks) {
    this.run = run;
    this.task = task;
    this.job = job;
    this.tasks = tasks;
    this.params = JsonText.object(run.params());
    this.item = task.item().map(JsonText::object).orElse(Map.of());
  }

  /**
   * Variables of the process.
   *
   * @param environment the name of the environment that the run is of
   */
  Map<String, String> variables(Flow flow, String environment) {
    Map<String, String> variables = new HashMap<>();
    variables.put("TOWPATH_RUN", run.id());
    variables.put(ENVIRONMENT, environment);
    variables.put("TOWPATH_FLOW", flow.name());
    variables.put("TOWPATH_DUE", run.due().toString());
    variables.put("TOWPATH_TIMEZONE", flow.zone().getId());
    run.start()
        .ifPresent(start -> {
          variables.put("TOWPATH_START", start.toString());
          variables.put("TOWPATH_END", run.due().toString());
        });
    params.forEach((name, value) -> put(variables, "TOWPATH_PARAM_", name, value));
    item.forEach((name, value) -> put(variables, "TOWPATH_ITEM_", name, value));
    return variables;
  }

  private static void put(
      Map<String, String> variables, String prefix, String name, @Nullable Object value) {
    String variable = prefix + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
    variables.put(variable, value == null ? "" : text(value));
  }

  private static String text(Object value) {
    return value instanceof Map || value instanceof Iterable
        ? JsonText.write(value)
        : value.toString();
  }

  /** Values by name, for SQL and Python; those that are NULL are not among them. */
  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    run.start().ifPresent(start -> values.put("start", start));
    run.start().ifPresent(_ -> values.put("end", run.due()));
    copy(params, values);
    copy(item, values);
    return values;
  }

  /** The same with the job's own {@code params:}, for the SQL of its keys. */
  Map<String, Object> values(UnaryOperator<String> variables) {
    Map<String, Object> values = values();
    job.control()
        .params()
        .forEach((name, value) ->
            values.put(
                name,
                value instanceof String text
                    ? Template.fill(text, this::value, variables)
                    : value));
    return values;
  }

  private static void copy(Map<String, @Nullable Object> from, Map<String, Object> to) {
    from.forEach((name, value) -> {
      if (value != null) {
        to.put(name, value);
      }
    });
  }

  /** What a template stands for. */
  Object value(Template.Use use) {
    return switch (use.kind()) {
      case "params" ->
          Optional.ofNullable(params.get(use.name()))
              .or(() -> Optional.ofNullable(job.control().params().get(use.name())))
              .orElseThrow(() -> missing(use, "the run has no such parameter"));
      case "item" ->
          item.containsKey(use.name())
              ? Optional.ofNullable(item.get(use.name())).orElse("")
              : missing(task.item().isEmpty() ? "it needs for_each:" : "no such column", use);
      case "outputs" -> output(use);
      case "run" -> ofRun(use);
      default -> throw missing(use, "it is one of params, item, outputs and run");
    };
  }

  private static Object missing(String hint, Template.Use use) {
    throw missing(use, hint);
  }

  private static TowpathException missing(Template.Use use, String hint) {
    return new TowpathException(use + " has no value", hint);
  }

  private Object output(Template.Use use) {
    FlowTask.Key key = new FlowTask.Key(run.id(), "job:" + use.job(), FlowTask.WHOLE);
    Map<String, @Nullable Object> outputs =
        tasks.task(key).flatMap(FlowTask::outputs).map(JsonText::object).orElse(Map.of());
    return Optional.ofNullable(outputs.get(use.output()))
        .orElseThrow(
            () -> missing(use, "job " + use.job() + " handed on " + listed(outputs.keySet())));
  }

  private static String listed(Iterable<String> names) {
    String all = String.join(", ", names);
    return all.isEmpty() ? "nothing" : all;
  }

  private Object ofRun(Template.Use use) {
    return switch (use.name()) {
      case "id" -> run.id();
      case "flow" -> run.flow();
      case "due" -> run.due().toString();
      case "start" ->
          run.start()
              .map(Instant::toString)
              .orElseThrow(
                  () -> missing(use, "only scheduled runs and backfills have an interval"));
      case "end" -> run.due().toString();
      default -> throw missing(use, "it is one of " + String.join(", ", Template.RUN));
    };
  }

  /** The file of a task's log below the run's folder. */
  static String log(FlowTask task) {
    String name = "job." + TaskGraph.job(task.key().name());
    return task.key().index() == FlowTask.WHOLE
        ? name + ".log"
        : name + "." + task.key().index() + ".log";
  }
}
