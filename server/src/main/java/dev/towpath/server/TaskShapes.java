package dev.towpath.server;

import dev.towpath.core.flow.Waits;
import dev.towpath.core.store.AuditLog;
import dev.towpath.core.store.Backfill;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowTask;
import dev.towpath.core.store.JsonText;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How tasks, backfills and the audit log look in JSON, and the schema of each, side by side. */
final class TaskShapes {
  private TaskShapes() {}

  static Map<String, @Nullable Object> task(FlowTask task, FlowRun run, List<FlowTask> all) {
    Optional<Waits.Reason> waits = Waits.why(task, run, all);
    return Json.object(
        "name",
        task.key().name(),
        "index",
        task.key().index() == FlowTask.WHOLE ? null : task.key().index(),
        "type",
        task.type(),
        "state",
        task.state().name(),
        "finally",
        task.last(),
        "sensor",
        task.sensor(),
        "mapped",
        task.mapped(),
        "pool",
        task.pool(),
        "priority",
        task.priority(),
        "rule",
        task.rule().name().toLowerCase(Locale.ROOT),
        "needs",
        task.needs(),
        "attempts",
        task.attempts(),
        "failures",
        task.failures(),
        "deaths",
        task.deaths(),
        "ready",
        task.ready().toString(),
        "started",
        task.started().map(Instant::toString).orElse(null),
        "finished",
        task.finished().map(Instant::toString).orElse(null),
        "message",
        task.message().orElse(null),
        "waits",
        waits.map(Waits.Reason::what).orElse(null),
        "waits_until",
        waits.flatMap(Waits.Reason::until).map(Instant::toString).orElse(null),
        "outputs",
        task.outputs().map(JsonText::object).orElse(null),
        "item",
        task.item().map(JsonText::object).orElse(null));
  }

  static Map<String, @Nullable Object> taskSchema() {
    return Schemas.object(
        "name",
        Schemas.text("job:NAME, or tables"),
        "index",
        Schemas.orNull(Schemas.whole("Of a mapped task: the number of its row, from 0")),
        "type",
        Schemas.text("The job's type, or tables"),
        "state",
        Schemas.oneOf(names(FlowTask.State.values()), "Where it stands"),
        "finally",
        Schemas.truth("Whether it comes when all others are over"),
        "sensor",
        Schemas.truth("Whether it waits for something outside, and holds no slot"),
        "mapped",
        Schemas.truth("Whether it stands for a task for each row of a query"),
        "pool",
        Schemas.text("Whose slots it takes"),
        "priority",
        Schemas.whole("Higher first"),
        "rule",
        Schemas.text("How what it needs must have ended, such as all_success"),
        "needs",
        Schemas.list(Schemas.text("A task"), "Tasks that it waits for"),
        "attempts",
        Schemas.whole("How often it was started"),
        "failures",
        Schemas.whole("How often it failed and is tried again"),
        "deaths",
        Schemas.whole("How often its process died"),
        "ready",
        Schemas.moment("Before it, it is not taken: from then on it waits for a slot"),
        "started",
        Schemas.orNull(Schemas.moment("When it began last")),
        "finished",
        Schemas.orNull(Schemas.moment("When it was over")),
        "message",
        Schemas.orNull(Schemas.text("Why it failed or was skipped")),
        "waits",
        Schemas.orNull(
            Schemas.text("For what it waits, such as a slot; null when it runs or is over")),
        "waits_until",
        Schemas.orNull(Schemas.moment("When it goes on, if it waits for a moment")),
        "outputs",
        Schemas.orNull(Schemas.map(Schemas.any("What it handed on"))),
        "item",
        Schemas.orNull(Schemas.map(Schemas.any("A column of the row that it is for"))));
  }

  private static List<String> names(Enum<?>[] values) {
    return Stream.of(values).map(Enum::name).toList();
  }

  static Map<String, @Nullable Object> backfill(Backfill backfill, Backfill.Progress progress) {
    return Json.object(
        "id",
        backfill.id(),
        "flow",
        backfill.flow(),
        "from",
        backfill.from().toString(),
        "to",
        backfill.to().toString(),
        "state",
        backfill.state().name(),
        "parallel",
        backfill.parallel(),
        "backwards",
        backfill.backwards(),
        "total",
        backfill.total(),
        "queued",
        progress.queued(),
        "running",
        progress.running(),
        "succeeded",
        progress.succeeded(),
        "failed",
        progress.failed(),
        "cancelled",
        progress.cancelled(),
        "who",
        backfill.who(),
        "created",
        backfill.created().toString());
  }

  static Map<String, @Nullable Object> backfillSchema() {
    return Schemas.object(
        "id",
        Schemas.text("Unique in the store"),
        "flow",
        Schemas.text("The flow's name"),
        "from",
        Schemas.moment("The first moment that counts"),
        "to",
        Schemas.moment("The first that does not count any more"),
        "state",
        Schemas.oneOf(names(Backfill.State.values()), "Where it stands"),
        "parallel",
        Schemas.whole("Runs at a time"),
        "backwards",
        Schemas.truth("Whether the newest interval comes first"),
        "total",
        Schemas.whole("Number of its runs"),
        "queued",
        Schemas.whole("Of these, not started"),
        "running",
        Schemas.whole("Running now"),
        "succeeded",
        Schemas.whole("Ended well"),
        "failed",
        Schemas.whole("Failed"),
        "cancelled",
        Schemas.whole("Cancelled"),
        "who",
        Schemas.text("Who made it"),
        "created",
        Schemas.moment("When"));
  }

  static Map<String, @Nullable Object> entry(AuditLog.Entry entry) {
    return Json.object(
        "id",
        entry.id(),
        "at",
        entry.at().toString(),
        "who",
        entry.act().who(),
        "action",
        entry.act().action(),
        "subject",
        entry.act().subject(),
        "detail",
        entry.act().detail());
  }

  static Map<String, @Nullable Object> entrySchema() {
    return Schemas.object(
        "id",
        Schemas.whole("Grows from entry to entry"),
        "at",
        Schemas.moment("When"),
        "who",
        Schemas.text("A user, or a token"),
        "action",
        Schemas.text("Such as trigger or cancel"),
        "subject",
        Schemas.text("What it was done to"),
        "detail",
        Schemas.text("In plain words; may be empty"));
  }
}
