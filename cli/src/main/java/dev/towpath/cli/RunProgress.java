package dev.towpath.cli;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.run.CheckOutcome;
import dev.towpath.core.run.RunListener;
import dev.towpath.core.run.RunResult;
import dev.towpath.core.run.TaskOutcome;
import dev.towpath.core.store.RunRecord;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run while it goes on: on a terminal a bar for every running task and one for all of them,
 * drawn anew ten times a second; elsewhere one line for every task that ends. Thread-safe.
 */
final class RunProgress implements RunListener, AutoCloseable {
  private static final int BAR = 20;

  private final Console console;
  private final Clock clock;
  private final boolean quiet;
  private final Map<TableName, Running> running = new LinkedHashMap<>();
  private final @Nullable ScheduledExecutorService painter;
  private Instant started;
  private int total;
  private int ended;
  private int painted;

  /** A task that runs, and how far it is. */
  private static final class Running {
    final Asset asset;
    final Instant started;
    double fraction = -1;
    long rows = -1;

    Running(Asset asset, Instant started) {
      this.asset = asset;
      this.started = started;
    }
  }

  RunProgress(Console console, Clock clock, boolean quiet) {
    this.console = console;
    this.clock = clock;
    this.quiet = quiet;
    this.started = clock.instant();
    if (console.terminal()) {
      painter = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
      var _ = painter.scheduleAtFixedRate(this::paint, 100, 100, TimeUnit.MILLISECONDS);
    } else {
      painter = null;
    }
  }

  @Override
  public synchronized void planned(Plan plan) {
    started = clock.instant();
    total = plan.steps().size();
    ended = 0;
    running.clear();
    String drops =
        plan.drops().isEmpty() ? "" : "dropping " + Console.count(plan.drops().size(), "table");
    String builds = total == 0 ? "" : "building up to " + Console.count(total, "table");
    line(
        builds
            + (builds.isEmpty() || drops.isEmpty() ? "" : ", ")
            + drops
            + " in "
            + plan.environment());
  }

  @Override
  public synchronized void started(Asset asset) {
    running.put(asset.name(), new Running(asset, clock.instant()));
  }

  @Override
  public synchronized void progress(TableName table, double fraction, long rows) {
    Running task = running.get(table);
    if (task != null) {
      task.fraction = Math.max(task.fraction, fraction);
      task.rows = Math.max(task.rows, rows);
    }
  }

  @Override
  public synchronized void finished(TaskOutcome outcome) {
    running.remove(outcome.asset().name());
    ended++;
    String mark =
        switch (outcome.status()) {
          case SUCCESS -> "✓";
          case SKIPPED -> "·";
          case UPSTREAM_FAILED, CANCELLED -> "-";
          default -> "✗";
        };
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "[%d/%d] %s ", ended, total, mark));
    text.append(outcome.asset().name());
    if (outcome.status() == RunRecord.State.FAILED) {
      text.append(": ").append(outcome.detail());
    } else {
      if (outcome.rows() >= 0) {
        text.append("  ").append(rows(outcome.rows()));
      }
      if (outcome.status() == RunRecord.State.SUCCESS) {
        text.append("  ").append(seconds(Duration.between(outcome.started(), outcome.finished())));
      }
      if (!outcome.detail().isEmpty()) {
        text.append("  ").append(outcome.detail());
      }
    }
    line(text.toString());
  }

  @Override
  public synchronized void note(String text) {
    line("note: " + text);
  }

  private synchronized void line(String text) {
    if (!quiet) {
      erase();
      console.err().println(text);
    }
  }

  /** Prints what happened: failed checks with sample rows, problems, and the release. */
  synchronized void summary(RunResult result) {
    PrintStream err = console.err();
    for (CheckOutcome check : inOrder(result.checks())) {
      if (!check.passed()) {
        err.println(
            check.check().location()
                + ": "
                + (check.stops() ? "" : "warning: ")
                + "check "
                + check.check().name()
                + " failed on "
                + check.table()
                + ": "
                + check.message());
        TextTable.lines(check.sample()).stream()
            .filter(_ -> !check.sample().rows().isEmpty())
            .forEach(l -> err.println("    " + l));
      }
    }
    for (TaskOutcome task : result.tasks()) {
      for (Problem problem : task.problems()) {
        if (result.checks().stream().noneMatch(c -> describes(c, problem))) {
          err.println(problem);
        }
      }
    }
    String took = seconds(Duration.between(started, clock.instant()));
    if (result.plan().isEmpty()) {
      console.out().println("nothing is stale; nothing to do");
    } else if (!result.success()) {
      err.println("failed after " + took + "; nothing was published");
    } else {
      long passed = result.checks().stream().filter(CheckOutcome::passed).count();
      String checks =
          result.checks().isEmpty()
              ? ""
              : ", " + passed + " of " + Console.count(result.checks().size(), "check") + " passed";
      result
          .release()
          .ifPresentOrElse(
              r ->
                  console
                      .out()
                      .println(
                          "published release "
                              + r.number()
                              + " of "
                              + r.environment()
                              + ": "
                              + (r.changed() - result.plan().drops().size())
                              + " of "
                              + Console.count(r.tables(), "table")
                              + " changed"
                              + dropped(result.plan().drops().size())
                              + checks
                              + ", "
                              + took),
              () -> console.out().println("nothing changed" + checks + ", " + took));
    }
  }

  /** As they stand in the files, whatever the order in which they ran. */
  static List<CheckOutcome> inOrder(List<CheckOutcome> checks) {
    return checks.stream()
        .sorted(Comparator.comparing((CheckOutcome c) -> c.check().location()))
        .toList();
  }

  private static boolean describes(CheckOutcome check, Problem problem) {
    return !check.passed()
        && problem.location().equals(check.check().location())
        && problem.message().startsWith("check ");
  }

  private static String dropped(int tables) {
    return tables == 0 ? "" : ", " + tables + " dropped";
  }

  private static String rows(long number) {
    return String.format(Locale.ROOT, "%,d row%s", number, number == 1 ? "" : "s");
  }

  static String seconds(Duration duration) {
    double seconds = duration.toMillis() / 1000.0;
    return seconds < 60
        ? String.format(Locale.ROOT, "%.1f s", seconds)
        : String.format(Locale.ROOT, "%d min %d s", (long) seconds / 60, (long) seconds % 60);
  }

  private synchronized void paint() {
    if (quiet || total == 0) {
      return;
    }
    List<String> lines = new ArrayList<>();
    Instant now = clock.instant();
    for (Running task : running.values()) {
      StringBuilder line = new StringBuilder("  ");
      line.append(bar(task.fraction)).append(' ').append(task.asset.name());
      if (task.rows > 0) {
        line.append("  ").append(rows(task.rows));
      }
      line.append("  ").append(seconds(Duration.between(task.started, now)));
      lines.add(line.toString());
    }
    double done = total == 0 ? 0 : (double) ended / total;
    String eta =
        ended == 0 || ended == total
            ? ""
            : ", about "
                + seconds(
                    Duration.ofMillis(
                        (long) (Duration.between(started, now).toMillis() * (1 - done) / done)))
                + " left";
    lines.add("  " + bar(done) + " " + ended + " of " + total + " tables" + eta);
    erase();
    console.err().print("\u001b[?7l"); // a long line is cut, not wrapped: each is one to erase
    lines.forEach(l -> console.err().print("\u001b[2K" + l + "\n"));
    console.err().print("\u001b[?7h");
    console.err().flush();
    painted = lines.size();
  }

  private static String bar(double fraction) {
    if (fraction < 0) {
      return "[" + "·".repeat(BAR) + "]";
    }
    int full = (int) Math.round(Math.clamp(fraction, 0, 1) * BAR);
    return "[" + "█".repeat(full) + " ".repeat(BAR - full) + "]";
  }

  /** Removes what was painted, so that a line can stand in its place. */
  private void erase() {
    if (painted > 0) {
      console.err().print("\u001b[" + painted + "A\u001b[J");
      painted = 0;
    }
  }

  @Override
  public synchronized void close() {
    if (painter != null) {
      painter.shutdownNow();
    }
    erase();
  }
}
