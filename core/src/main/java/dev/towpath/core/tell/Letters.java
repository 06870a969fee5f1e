package dev.towpath.core.tell;

import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowStore;
import dev.towpath.core.store.Outbox;
import dev.towpath.spi.Notifier;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts messages that are owed into words, for somebody who is woken by them: what, where, since
 * when, why, and the command to go on with.
 */
public final class Letters {
  /** Runs that are looked at for how long a flow has been failing. */
  private static final int LOOKED_AT = 200;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final FlowStore flows;

  /** Letters about flows whose runs are in a store. */
  public Letters(FlowStore flows) {
    this.flows = flows;
  }

  /** What a message is about: a flow, or a table. */
  static String subject(Outbox.Message message) {
    Map<String, String> payload = message.payload();
    return payload.getOrDefault("flow", payload.getOrDefault("table", "it"));
  }

  /** A message in words, without secrets. */
  Notifier.Message of(Project project, Outbox.Message message) {
    String event = message.payload().getOrDefault("event", "");
    String where = message.environment() + " (" + project.name() + ")";
    String name = subject(message);
    Optional<FlowRun> run = message.run().isEmpty() ? Optional.empty() : flows.run(message.run());
    ZoneId zone = project.flow(name).map(Flow::zone).orElse(ZoneOffset.UTC);
    List<String> lines = new ArrayList<>();
    String subject =
        switch (event) {
          case "failure" -> {
            lines.add(reason(message, run));
            yield name + " failed in " + where;
          }
          case "recovery" -> {
            lines.add("It works again.");
            yield name + " is well again in " + where;
          }
          case "deadline" -> {
            lines.add("It is not over yet, though it should be.");
            yield name + " is late in " + where;
          }
          case "freshness" -> {
            lines.add(reason(message, run));
            yield name + " has nothing new in " + where;
          }
          default -> {
            lines.add(reason(message, run));
            yield name + ": " + event + " in " + where;
          }
        };
    lines.add("");
    facts(lines, message, run, zone, event);
    Map<String, String> facts = new TreeMap<>(message.payload());
    facts.put("environment", message.environment());
    facts.put("project", project.name());
    facts.replaceAll((_, value) -> project.redaction().apply(value));
    return new Notifier.Message(
        String.join(
            "-",
            "towpath",
            message.environment(),
            String.valueOf(message.id()),
            message.run().isEmpty() ? name : message.run()),
        project.redaction().apply(subject),
        project.redaction().apply(String.join("\n", lines) + "\n"),
        facts);
  }

  private static String reason(Outbox.Message message, Optional<FlowRun> run) {
    return Optional.ofNullable(message.payload().get("message"))
        .or(() -> run.flatMap(FlowRun::message))
        .orElse("There is no more to say; see its log.");
  }

  private void facts(
      List<String> lines,
      Outbox.Message message,
      Optional<FlowRun> run,
      ZoneId zone,
      String event) {
    Map<String, String> payload = message.payload();
    add(lines, "flow", Optional.ofNullable(payload.get("flow")));
    add(lines, "task", Optional.ofNullable(payload.get("task")));
    add(lines, "table", Optional.ofNullable(payload.get("table")));
    add(lines, "place", Optional.ofNullable(payload.get("place")));
    add(lines, "hint", Optional.ofNullable(payload.get("hint")));
    run.ifPresent(r -> {
      add(lines, "due", Optional.of(time(r.due(), zone)));
      add(
          lines,
          "state",
          event.equals("deadline") ? Optional.of(state(r, zone)) : Optional.empty());
      add(lines, "took", took(r));
      add(lines, "release", r.release().map(Object::toString));
      add(lines, "failing", failing(r, event, zone));
      String environment = "towpath --env " + message.environment();
      add(lines, "run", Optional.of(r.id()));
      add(lines, "look", Optional.of(environment + " show " + r.id()));
      add(lines, "logs", Optional.of(environment + " logs " + r.id()));
    });
  }

  private static void add(List<String> lines, String name, Optional<String> value) {
    value.ifPresent(v -> lines.add(String.format(Locale.ROOT, "%-8s %s", name, v)));
  }

  private static String time(Instant moment, ZoneId zone) {
    return TIME.format(moment.atZone(zone).truncatedTo(ChronoUnit.SECONDS)) + " " + zone;
  }

  private static String state(FlowRun run, ZoneId zone) {
    return run.started()
        .map(started -> "running since " + time(started, zone))
        .orElse("still waits for its start");
  }

  private static Optional<String> took(FlowRun run) {
    return run.started()
        .flatMap(started -> run.finished().map(end -> words(Duration.between(started, end))));
  }

  private static String words(Duration took) {
    long seconds = took.toSeconds();
    return seconds >= 3_600
        ? seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min"
        : seconds >= 60 ? seconds / 60 + " min " + seconds % 60 + " s" : seconds + " s";
  }

  /** How often in a row it failed up to this run, and since when. */
  private Optional<String> failing(FlowRun run, String event, ZoneId zone) {
    List<FlowRun> failed =
        flows.runs(run.environment(), Optional.of(run.flow()), LOOKED_AT).stream()
            .filter(r -> r.state().isOver() && r.state() != FlowRun.State.CANCELLED)
            .filter(r -> ended(r).isBefore(ended(run)) || r.id().equals(run.id()))
            .dropWhile(r -> event.equals("recovery") && r.id().equals(run.id()))
            .takeWhile(r -> r.state() == FlowRun.State.FAILED)
            .toList();
    if (failed.isEmpty() || (event.equals("failure") && failed.size() == 1)) {
      return event.equals("failure") ? Optional.of("for the first time") : Optional.empty();
    }
    String since = time(ended(failed.getLast()), zone);
    return switch (event) {
      case "failure" -> Optional.of(failed.size() + " times in a row, since " + since);
      case "recovery" ->
          Optional.of(
              "no longer; it failed "
                  + (failed.size() == 1 ? "once" : failed.size() + " times in a row")
                  + ", since "
                  + since);
      default -> Optional.empty();
    };
  }

  private static Instant ended(FlowRun run) {
    return run.finished().orElse(run.created());
  }
}
