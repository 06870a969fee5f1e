package dev.towpath.server;

import dev.towpath.core.flow.Waits;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.graph.Graph;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.schedule.Firing;
import dev.towpath.core.schedule.Firings;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.FlowState;
import dev.towpath.core.store.JsonText;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How values of the project and the store look in JSON, and the schema of each, side by side. */
final class Shapes {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ROOT);

  private Shapes() {}

  /** All schemas by name. */
  static Map<String, Map<String, @Nullable Object>> all() {
    Map<String, Map<String, @Nullable Object>> all = new LinkedHashMap<>();
    all.put("Error", Refusal.schema());
    all.put("Problem", problemSchema());
    all.put("Column", columnSchema());
    all.put("Asset", assetSchema());
    all.put("AssetDetail", assetDetailSchema());
    all.put("Parameter", parameterSchema());
    all.put("Flow", flowSchema());
    all.put("Firing", firingSchema());
    all.put("Run", runSchema());
    all.put("Task", TaskShapes.taskSchema());
    all.put("Release", releaseSchema());
    all.put("Backfill", TaskShapes.backfillSchema());
    all.put("AuditEntry", TaskShapes.entrySchema());
    all.put("User", PeopleRoutes.userSchema());
    all.put("Token", PeopleRoutes.tokenSchema());
    return all;
  }

  static Map<String, @Nullable Object> problem(Problem problem) {
    boolean placed = problem.location().line() > 0;
    return Json.object(
        "file",
        problem.location().file(),
        "line",
        placed ? problem.location().line() : null,
        "column",
        placed ? problem.location().column() : null,
        "severity",
        problem.isError() ? "error" : "warning",
        "message",
        problem.message(),
        "hint",
        problem.hint().orElse(null));
  }

  private static Map<String, @Nullable Object> problemSchema() {
    return Schemas.object(
        "file",
        Schemas.text("Relative to the project, or what was looked at, such as query"),
        "line",
        Schemas.orNull(Schemas.whole("From 1")),
        "column",
        Schemas.orNull(Schemas.whole("From 1")),
        "severity",
        Schemas.oneOf(List.of("error", "warning"), "Only errors stop anything"),
        "message",
        Schemas.text("What is wrong"),
        "hint",
        Schemas.orNull(Schemas.text("What to do")));
  }

  private static Map<String, @Nullable Object> columnSchema() {
    return Schemas.object(
        "name",
        Schemas.text("As it is written"),
        "type",
        Schemas.text("DuckDB's name of its type"));
  }

  static Map<String, @Nullable Object> asset(Asset asset, Graph graph, LakeView view) {
    Optional<TableState> state = view.table(asset.name());
    return Json.object(
        "name",
        asset.name().toString(),
        "kind",
        asset.kind(),
        "file",
        asset.file(),
        "description",
        asset.description(),
        "tags",
        asset.tags(),
        "reads",
        names(asset.reads().stream().filter(read -> graph.asset(read).isPresent()).toList()),
        "readers",
        names(graph.readers(asset.name())),
        "published",
        state.isPresent(),
        "current",
        state.map(s -> s.fingerprint().equals(asset.fingerprint())).orElse(false),
        "built",
        state.map(s -> s.logicalTime().toString()).orElse(null),
        "rows",
        state.map(TableState::rows).filter(r -> r >= 0).orElse(null),
        "bytes",
        state.map(TableState::bytes).orElse(null));
  }

  private static List<String> names(List<TableName> tables) {
    return tables.stream().map(TableName::toString).toList();
  }

  private static Map<String, @Nullable Object> assetSchema() {
    return Schemas.object(assetMembers());
  }

  private static @Nullable Object[] assetMembers() {
    return new @Nullable Object[] {
      "name",
      Schemas.text("schema.table"),
      "kind",
      Schemas.oneOf(
          List.of("source", "seed", "table", "view", "incremental", "merge", "append", "scd2"),
          "How its rows come and go"),
      "file",
      Schemas.text("Relative to the project"),
      "description",
      Schemas.text("May be empty"),
      "tags",
      Schemas.list(Schemas.text("A tag")),
      "reads",
      Schemas.list(Schemas.text("A table"), "Tables that it reads"),
      "readers",
      Schemas.list(Schemas.text("A table"), "Tables that read it"),
      "published",
      Schemas.truth("Whether the newest release has it"),
      "current",
      Schemas.truth("Whether what is published was made from the file as it is now"),
      "built",
      Schemas.orNull(Schemas.moment("The logical time of the run that made it")),
      "rows",
      Schemas.orNull(Schemas.whole("null when they were not counted")),
      "bytes",
      Schemas.orNull(Schemas.whole("On disk"))
    };
  }

  static Map<String, @Nullable Object> detail(
      Asset asset,
      List<Asset.BoundCheck> checks,
      Graph graph,
      LakeView view,
      List<RunRecord.CheckResult> results,
      List<TableState> history,
      List<String> endpoints) {
    Map<String, @Nullable Object> detail = new LinkedHashMap<>(asset(asset, graph, view));
    detail.put(
        "columns",
        asset.columns().columns().stream()
            .map(c ->
                Json.object(
                    "name",
                    c.name(),
                    "type",
                    c.type().sql(),
                    "description",
                    asset.description(c.name())))
            .toList());
    detail.put("checks", checks.stream().map(c -> check(c.check().name(), results)).toList());
    detail.put("endpoints", endpoints);
    detail.put("history", history.stream().map(Shapes::state).toList());
    return detail;
  }

  /** Columns with their types. */
  static List<Map<String, @Nullable Object>> columns(Schema schema) {
    return schema.columns().stream()
        .map(c -> Json.object("name", c.name(), "type", c.type().sql()))
        .toList();
  }

  private static Map<String, @Nullable Object> check(
      String name, List<RunRecord.CheckResult> results) {
    Optional<RunRecord.CheckResult> last =
        results.stream().filter(r -> r.check().equals(name)).findFirst();
    return Json.object(
        "check",
        name,
        "result",
        last.map(r -> r.passed() ? "passed" : r.warn() ? "warned" : "failed").orElse(null),
        "failures",
        last.map(RunRecord.CheckResult::failures).orElse(null));
  }

  private static Map<String, @Nullable Object> state(TableState state) {
    return Json.object(
        "state",
        state.id(),
        "built",
        state.logicalTime().toString(),
        "rows",
        state.rows() < 0 ? null : state.rows(),
        "bytes",
        state.bytes(),
        "run",
        state.provenance().run(),
        "commit",
        state.provenance().commit().orElse(null));
  }

  private static Map<String, @Nullable Object> assetDetailSchema() {
    Object[] more = {
      "columns",
      Schemas.list(
          Schemas.object(
              "name",
              Schemas.text("As it is written"),
              "type",
              Schemas.text("DuckDB's name of its type"),
              "description",
              Schemas.text("May be empty"))),
      "checks",
      Schemas.list(
          Schemas.object(
              "check",
              Schemas.text("As it is written"),
              "result",
              Schemas.orNull(Schemas.text("passed, warned or failed; null when it never ran")),
              "failures",
              Schemas.orNull(Schemas.whole("Bad rows")))),
      "endpoints",
      Schemas.list(Schemas.text("A file of apis/"), "Endpoints that read it"),
      "history",
      Schemas.list(
          Schemas.object(
              "state",
              Schemas.text("Its id"),
              "built",
              Schemas.moment("The logical time of its run"),
              "rows",
              Schemas.orNull(Schemas.whole("null when they were not counted")),
              "bytes",
              Schemas.whole("On disk"),
              "run",
              Schemas.text("The run of tables that made it"),
              "commit",
              Schemas.orNull(Schemas.text("Of the project, in git"))),
          "What it held through the releases, newest first")
    };
    return Schemas.object(
        Stream.concat(Stream.of(assetMembers()), Stream.of(more)).toArray(Object[]::new));
  }

  static Map<String, @Nullable Object> flow(Flow flow, Optional<FlowState> state, Instant now) {
    return Json.object(
        "name",
        flow.name(),
        "file",
        flow.file(),
        "description",
        flow.description().orElse(""),
        "tags",
        flow.tags(),
        "trigger",
        kind(flow),
        "when",
        when(flow),
        "timezone",
        flow.zone().equals(ZoneOffset.UTC) ? "UTC" : flow.zone().getId(), // browsers know no "Z"
        "run",
        flow.select().stream().map(Flow.Choice::text).toList(),
        "parameters",
        flow.parameters().stream().map(Shapes::parameter).toList(),
        "paused",
        state.map(FlowState::paused).orElse(flow.paused()),
        "next",
        Firings.of(flow).next(now).map(Firing::at).map(at -> moment(at, flow.zone())).orElse(null));
  }

  private static String kind(Flow flow) {
    return switch (flow.trigger()) {
      case Flow.Cron _ -> "cron";
      case Flow.Every _ -> "every";
      case Flow.After _ -> "after";
      case Flow.Webhook _ -> "webhook";
      case Flow.Manual _ -> "people";
    };
  }

  private static @Nullable String when(Flow flow) {
    return switch (flow.trigger()) {
      case Flow.Cron cron -> cron.expression();
      case Flow.Every every -> every.period().toString();
      case Flow.After after ->
          after.tables().stream()
              .map(TableName::toString)
              .collect(Collectors.joining(after.all() ? " and " : " or "));
      case Flow.Webhook _ -> "/api/v1/hooks/" + flow.name();
      case Flow.Manual _ -> null;
    };
  }

  static String moment(Instant moment, ZoneId zone) {
    return MOMENT.format(moment.atZone(zone));
  }

  private static Map<String, @Nullable Object> flowSchema() {
    return Schemas.object(
        "name",
        Schemas.text("Its file's name without ending"),
        "file",
        Schemas.text("Relative to the project"),
        "description",
        Schemas.text("May be empty"),
        "tags",
        Schemas.list(Schemas.text("A tag")),
        "trigger",
        Schemas.oneOf(List.of("cron", "every", "after", "webhook", "people"), "What sets it off"),
        "when",
        Schemas.orNull(Schemas.text("The expression, period, tables or path that set it off")),
        "timezone",
        Schemas.text("Such as Europe/Amsterdam"),
        "run",
        Schemas.list(Schemas.text("A selection")),
        "parameters",
        Schemas.list(Schemas.ref("Parameter")),
        "paused",
        Schemas.truth("Whether only people set it off now"),
        "next",
        Schemas.orNull(Schemas.moment("When it is due next, in its timezone")));
  }

  private static Map<String, @Nullable Object> parameter(Parameter parameter) {
    return Json.object(
        "name",
        parameter.name(),
        "type",
        parameter.type().sql(),
        "list",
        parameter.list(),
        "required",
        parameter.fallback().isEmpty(),
        "default",
        parameter.fallback().orElse(null),
        "min",
        parameter.low().orElse(null),
        "max",
        parameter.high().orElse(null),
        "values",
        parameter.values());
  }

  private static Map<String, @Nullable Object> parameterSchema() {
    return Schemas.object(
        "name",
        Schemas.text("As it is written"),
        "type",
        Schemas.text("DuckDB's name of its type"),
        "list",
        Schemas.truth("Whether it takes several values"),
        "required",
        Schemas.truth("Whether it has no default"),
        "default",
        Schemas.orNull(Schemas.text("As text")),
        "min",
        Schemas.orNull(Schemas.text("The least value, as text")),
        "max",
        Schemas.orNull(Schemas.text("The greatest value, as text")),
        "values",
        Schemas.list(Schemas.text("A value"), "The only values; empty when any is fine"));
  }

  static Map<String, @Nullable Object> firing(Firing firing, ZoneId zone) {
    return Json.object(
        "at",
        moment(firing.at(), zone),
        "start",
        moment(firing.start(), zone),
        "end",
        moment(firing.end(), zone));
  }

  private static Map<String, @Nullable Object> firingSchema() {
    return Schemas.object(
        "at",
        Schemas.moment("When it is due, in the flow's timezone"),
        "start",
        Schemas.moment("The start of its interval"),
        "end",
        Schemas.moment("The end of its interval, itself no part of it"));
  }

  static Map<String, @Nullable Object> run(FlowRun run, Waits waits) {
    Optional<Waits.Reason> why = waits.why(run);
    return Json.object(
        "id",
        run.id(),
        "flow",
        run.flow(),
        "state",
        run.state().name(),
        "cause",
        run.cause().name(),
        "due",
        run.due().toString(),
        "start",
        run.start().map(Instant::toString).orElse(null),
        "created",
        run.created().toString(),
        "started",
        run.started().map(Instant::toString).orElse(null),
        "finished",
        run.finished().map(Instant::toString).orElse(null),
        "attempts",
        run.attempts(),
        "release",
        run.release().orElse(null),
        "message",
        run.message().orElse(null),
        "waits",
        why.map(Waits.Reason::what).orElse(null),
        "waits_until",
        why.flatMap(Waits.Reason::until).map(Instant::toString).orElse(null),
        "params",
        JsonText.object(run.params()),
        "backfill",
        run.backfill().orElse(null),
        "build",
        run.run().orElse(null));
  }

  private static Map<String, @Nullable Object> runSchema() {
    return Schemas.object(
        "id",
        Schemas.text("Unique in the store"),
        "flow",
        Schemas.text("The flow's name"),
        "state",
        Schemas.oneOf(
            Stream.of(FlowRun.State.values()).map(Enum::name).toList(), "Where it stands"),
        "cause",
        Schemas.oneOf(
            Stream.of(FlowRun.Cause.values()).map(Enum::name).toList(), "What set it off"),
        "due",
        Schemas.moment("When it should start: the end of its interval"),
        "start",
        Schemas.orNull(Schemas.moment("The start of its interval")),
        "created",
        Schemas.moment("When it was made"),
        "started",
        Schemas.orNull(Schemas.moment("When it began")),
        "finished",
        Schemas.orNull(Schemas.moment("When it was over")),
        "attempts",
        Schemas.whole("How often it was started"),
        "release",
        Schemas.orNull(Schemas.whole("What it published")),
        "message",
        Schemas.orNull(Schemas.text("Why it failed or was cancelled")),
        "waits",
        Schemas.orNull(
            Schemas.text("For what it waits, such as another run of its flow; null once it began")),
        "waits_until",
        Schemas.orNull(Schemas.moment("When it goes on, if it waits for a moment")),
        "params",
        Schemas.map(Schemas.any("A value of the flow's parameter")),
        "backfill",
        Schemas.orNull(Schemas.text("The backfill that it is part of")),
        "build",
        Schemas.orNull(Schemas.text("The build of tables that it did last")));
  }

  static Map<String, @Nullable Object> release(Release release) {
    return Json.object(
        "release",
        release.number(),
        "environment",
        release.environment(),
        "kind",
        release.kind().name().toLowerCase(Locale.ROOT),
        "effective",
        release.effective(),
        "published",
        release.number() == 0 ? null : release.published().toString(),
        "tables",
        release.tables(),
        "changed",
        release.changed(),
        "run",
        release.run().orElse(null),
        "note",
        release.note());
  }

  private static Map<String, @Nullable Object> releaseSchema() {
    return Schemas.object(
        "release",
        Schemas.whole("Its number, from 1; 0 is the empty lake before the first"),
        "environment",
        Schemas.text("Its name"),
        "kind",
        Schemas.oneOf(
            Stream.of(Release.Kind.values()).map(k -> k.name().toLowerCase(Locale.ROOT)).toList(),
            "What made it"),
        "effective",
        Schemas.whole("The release whose content it has"),
        "published",
        Schemas.orNull(Schemas.moment("When")),
        "tables",
        Schemas.whole("How many it has"),
        "changed",
        Schemas.whole("How many differ from the release before"),
        "run",
        Schemas.orNull(Schemas.text("The run of tables that published it")),
        "note",
        Schemas.text("Such as rollback to 3"));
  }
}
