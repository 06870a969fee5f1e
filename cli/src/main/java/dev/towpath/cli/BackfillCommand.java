package dev.towpath.cli;

import dev.towpath.core.parameter.FlowParameters;
import dev.towpath.core.project.Flow;
import dev.towpath.core.schedule.Firing;
import dev.towpath.core.schedule.Firings;
import dev.towpath.core.store.Backfill;
import dev.towpath.core.store.BackfillStore;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.JsonText;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "backfill",
    description =
        "Runs a flow for past intervals, each once, beside its schedule; without FLOW, lists"
            + " backfills.")
final class BackfillCommand extends BaseCommand {
  private static final int MOST = 20_000;
  private static final int MOST_PARALLEL = 1_000;
  private static final int LISTED = 50;

  @Parameters(arity = "0..1", paramLabel = "FLOW", description = "The name of its file in flows/.")
  private @Nullable String flow;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "The first moment that counts: 2026-03-01 or 2026-03-01T02:00, flow's time.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description = "The first that does not count any more.")
  private @Nullable String to;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Runs at a time, 1000 at most (default: 1).")
  private @Nullable Integer parallel;

  @Option(names = "--backwards", description = "The newest interval first.")
  private boolean backwards;

  @Option(names = "--dry-run", description = "Only say which intervals would run.")
  private boolean dryRun;

  @Option(names = "--pause", paramLabel = "ID", description = "Start no more runs of a backfill.")
  private @Nullable String pause;

  @Option(names = "--resume", paramLabel = "ID", description = "Let a paused backfill go on.")
  private @Nullable String resume;

  @Option(
      names = "--cancel",
      paramLabel = "ID",
      description = "End a backfill, and cancel its runs.")
  private @Nullable String cancel;

  @Override
  public Integer call() {
    if (parallel != null) {
      WrongUsage.positive("--parallel", parallel);
      if (parallel > MOST_PARALLEL) {
        throw new UsageException(
            "--parallel cannot be " + parallel, "it is a number up to " + MOST_PARALLEL);
      }
    }
    List<String> given = Stream.of(flow, pause, resume, cancel).filter(Objects::nonNull).toList();
    if (given.size() > 1) {
      throw new UsageException(
          "FLOW, --pause, --resume and --cancel exclude each other", "give one of them");
    }
    if (flow == null) {
      refuseOptionsOfNew();
    }
    try (Platform platform = platform()) {
      if (flow != null) {
        return make(platform, FlowNames.find(platform, flow));
      }
      if (pause != null) {
        return change(platform, pause, Backfill.State.PAUSED, "pause");
      }
      if (resume != null) {
        return change(platform, resume, Backfill.State.ACTIVE, "resume");
      }
      if (cancel != null) {
        return change(platform, cancel, Backfill.State.CANCELLED, "cancel");
      }
      list(platform);
      return Main.OK;
    }
  }

  /** What says how a new backfill runs has no meaning for one that is there, or for the list. */
  private void refuseOptionsOfNew() {
    Optional<String> first =
        Stream.of(
                from == null ? "" : "--from",
                to == null ? "" : "--to",
                parallel == null ? "" : "--parallel",
                backwards ? "--backwards" : "",
                dryRun ? "--dry-run" : "")
            .filter(option -> !option.isEmpty())
            .findFirst();
    if (first.isPresent()) {
      throw new UsageException(
          first.get() + " belongs to a new backfill", "name its flow: towpath backfill FLOW ...");
    }
  }

  private int make(Platform platform, Flow found) {
    if (from == null || to == null) {
      throw new UsageException(
          "a backfill needs --from and --to", "such as --from 2026-01-01 --to 2026-02-01");
    }
    Firings.without(found)
        .ifPresent(how -> {
          throw new UsageException(
              "flow " + found.name() + " has no schedule: " + how,
              "a backfill runs what a cron or every was or will be due for; \"towpath trigger "
                  + found.name()
                  + "\" runs it once");
        });
    Instant start = SimulateCommand.moment("--from", from, found.zone());
    Instant end = SimulateCommand.moment("--to", to, found.zone());
    if (!start.isBefore(end)) {
      throw new UsageException("--to is not after --from", "--to itself does not count");
    }
    List<Firing> firings = Firings.of(found).between(start, end, MOST + 1);
    if (firings.size() > MOST) {
      throw new UsageException(
          "these are more than " + MOST + " intervals", "make several backfills");
    }
    if (firings.isEmpty()) {
      throw new UsageException(
          "flow " + found.name() + " is not due in that time",
          "\"towpath simulate " + found.name() + "\" shows when it is");
    }
    platform.check().orThrow();
    Instant now = platform.clock().instant();
    String id = Ids.next(now);
    List<FlowRun> runs = runs(platform, found, firings, id, now);
    if (!dryRun) {
      platform.claimLake();
      Backfill backfill =
          new Backfill(
              id,
              platform.environment().name(),
              found.name(),
              start,
              end,
              parallel == null ? 1 : parallel,
              backwards,
              Backfill.State.ACTIVE,
              runs.size(),
              Who.name(),
              now);
      platform
          .store()
          .backfills()
          .add(
              backfill,
              runs,
              Who.does("backfill", id, found.name() + " from " + from + " to " + to));
    }
    say(found, id, runs);
    return Main.OK;
  }

  private static List<FlowRun> runs(
      Platform platform, Flow found, List<Firing> firings, String id, Instant now) {
    String params = params(found);
    List<FlowRun> runs = new ArrayList<>();
    for (Firing firing : firings) {
      runs.add(
          FlowRun.queued(
                  id + "-" + (runs.size() + 1),
                  platform.environment().name(),
                  found.name(),
                  FlowRun.Cause.BACKFILL,
                  firing.at(),
                  Optional.of(firing.start()),
                  now)
              .with(params)
              .of(id));
    }
    return runs;
  }

  private static String params(Flow found) {
    try {
      return JsonText.write(FlowParameters.values(found, Map.of()));
    } catch (TowpathException e) {
      throw new UsageException(String.valueOf(e.getMessage()), "give it a default: in the flow");
    }
  }

  private void say(Flow found, String id, List<FlowRun> runs) {
    List<FlowRun> ordered = backwards ? runs.reversed() : runs;
    if (json()) {
      console()
          .out()
          .println(
              Json.write(
                  Json.object(
                      "backfill",
                      dryRun ? null : id,
                      "flow",
                      found.name(),
                      "intervals",
                      ordered.stream()
                          .map(r ->
                              Json.object(
                                  "start",
                                  r.start().map(Instant::toString).orElse(null),
                                  "end",
                                  r.due().toString()))
                          .toList())));
      return;
    }
    if (dryRun) {
      TextTable.lines(
              List.of("start", "end"),
              List.of(false, false),
              ordered.stream()
                  .map(r ->
                      List.of(
                          SimulateCommand.text(r.start().orElse(r.due()), found.zone()),
                          SimulateCommand.text(r.due(), found.zone())))
                  .toList())
          .forEach(console().out()::println);
      console().out().println(Console.count(runs.size(), "run") + "; nothing has been written");
    } else {
      console()
          .out()
          .println(
              "backfill " + id + ": " + Console.count(runs.size(), "run") + " of " + found.name());
    }
  }

  private int change(Platform platform, String id, Backfill.State state, String action) {
    BackfillStore backfills = platform.store().backfills();
    if (backfills.backfill(id).isEmpty()) {
      throw new UsageException(
          "there is no backfill \"" + id + "\"", "\"towpath backfill\" lists them");
    }
    boolean changed =
        backfills.change(
            id, state, Who.does(action + " backfill", id, ""), platform.clock().instant());
    String now = word(backfills.backfill(id).orElseThrow().state());
    if (json()) {
      console()
          .out()
          .println(Json.write(Json.object("backfill", id, "changed", changed, "state", now)));
    } else {
      console().out().println("backfill " + id + " is " + (changed ? now : now + " already"));
    }
    return Main.OK;
  }

  private static String word(Backfill.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private void list(Platform platform) {
    BackfillStore store = platform.store().backfills();
    List<Backfill> backfills = store.list(platform.environment().name(), LISTED);
    if (json()) {
      console()
          .out()
          .println(
              Json.write(
                  Json.object("backfills", backfills.stream().map(b -> json(store, b)).toList())));
    } else if (backfills.isEmpty()) {
      console().out().println("there are no backfills; \"towpath backfill FLOW\" makes one");
    } else {
      TextTable.lines(
              List.of("backfill", "flow", "state", "runs", "done", "failed", "running", "who"),
              List.of(false, false, false, true, true, true, true, false),
              backfills.stream().map(b -> row(store, b)).toList())
          .forEach(console().out()::println);
    }
  }

  private static List<String> row(BackfillStore store, Backfill backfill) {
    Backfill.Progress progress = store.progress(backfill.id());
    return List.of(
        backfill.id(),
        backfill.flow(),
        word(backfill.state()),
        Integer.toString(backfill.total()),
        Integer.toString(progress.succeeded()),
        Integer.toString(progress.failed()),
        Integer.toString(progress.running()),
        backfill.who());
  }

  private static Map<String, @Nullable Object> json(BackfillStore store, Backfill backfill) {
    Backfill.Progress progress = store.progress(backfill.id());
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
}
