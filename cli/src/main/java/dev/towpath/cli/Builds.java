package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.plan.Plan;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.run.RunListener;
import dev.towpath.server.Refusal;
import dev.towpath.server.Site;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs of selections that a server was asked for, each on a thread of its own with the version of
 * the project that it started with. Thread-safe.
 */
final class Builds implements AutoCloseable {
  private static final int AT_ONCE = 4;
  private static final int REMEMBERED = 100;
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Options options;
  private final Console console;
  private final RunListener listener;
  private final Map<String, Site.Build> known = new LinkedHashMap<>();
  private final Map<String, Thread> running = new LinkedHashMap<>();

  Builds(Options options, Console console, RunListener listener) {
    this.options = options;
    this.console = console;
    this.listener = listener;
  }

  /** Begins one. */
  synchronized Site.Build start(
      Checked checked, String id, List<String> select, List<String> exclude, boolean full) {
    if (running.size() >= AT_ONCE) {
      throw Refusal.of(429, AT_ONCE + " builds run already", "wait for one to end, or cancel it");
    }
    List<String> tables = JobSelector.tables(select);
    boolean some = select.isEmpty() || !tables.isEmpty();
    Selector selector = Selector.parse(tables, exclude);
    var _ = JobSelector.jobs(select, checked.project().jobs().stream().map(Job::name).toList());
    if (some) {
      var _ = selector.select(checked.graph());
    }
    Site.Build build = build(id, "RUNNING", Optional.empty(), List.of(), Optional.empty());
    note(build);
    Thread thread =
        Thread.ofVirtual()
            .name("build " + id)
            .unstarted(() -> end(work(checked, id, select, some ? selector : null, full)));
    running.put(id, thread);
    thread.start();
    return build;
  }

  private synchronized void note(Site.Build build) {
    known.remove(build.id());
    known.put(build.id(), build);
    List<String> old = new ArrayList<>(known.keySet());
    old.removeAll(running.keySet());
    old.stream().limit(Math.max(0, known.size() - REMEMBERED)).forEach(known::remove);
  }

  private synchronized void end(Site.Build build) {
    note(build);
    running.remove(build.id());
    notifyAll();
  }

  private Site.Build work(
      Checked checked, String id, List<String> words, @Nullable Selector selector, boolean full) {
    try (Platform platform = new Platform(options, checked.project())) {
      Optional<Plan.Request> request =
          Optional.ofNullable(selector)
              .map(s ->
                  new Plan.Request(
                      selected(checked, s),
                      s.isEverything(),
                      full,
                      Optional.empty(),
                      RunWork.logicalTime(platform)));
      SelectedWork.Result result =
          new SelectedWork(platform, checked, listener, console, (_, _) -> {})
              .run(id, request, words, Map.of());
      List<Problem> problems = result.problems();
      return build(
          id,
          result.success() ? "SUCCESS" : "FAILED",
          Optional.of(RunCommand.json(result)),
          problems,
          problems.stream().findFirst().map(Problem::message));
    } catch (CancelledException e) {
      return build(
          id,
          "CANCELLED",
          Optional.empty(),
          List.of(),
          Optional.of("cancelled; nothing was published"));
    } catch (TowpathException e) {
      return build(
          id,
          "FAILED",
          Optional.empty(),
          e.problems(),
          Optional.ofNullable(
              e.problems().isEmpty() ? e.getMessage() : e.problems().getFirst().message()));
    } catch (RuntimeException e) { // a mistake of ours ends the build, not the server
      return build(
          id,
          "FAILED",
          Optional.empty(),
          List.of(),
          Optional.of("a mistake in towpath itself: " + e));
    }
  }

  /** What is built only on request is left out of everything, as commands do. */
  private static List<TableName> selected(Checked checked, Selector selector) {
    List<TableName> selected = new ArrayList<>(selector.select(checked.graph()));
    List<String> words = checked.project().onRequest().stream().map(Flow.Choice::text).toList();
    if (selector.isEverything() && !words.isEmpty()) {
      selected.removeAll(Selector.parse(words, List.of()).select(checked.graph()));
    }
    return selected;
  }

  private static Site.Build build(
      String id,
      String state,
      Optional<Map<String, @Nullable Object>> result,
      List<Problem> problems,
      Optional<String> message) {
    return new Site.Build(id, state, result, problems, message);
  }

  synchronized Optional<Site.Build> build(String id) {
    return Optional.ofNullable(known.get(id));
  }

  synchronized void cancel(String id) {
    Thread thread = running.get(id);
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Stops what runs. */
  synchronized void stop() {
    running.values().forEach(Thread::interrupt);
  }

  /** Stops what runs, and waits for it a while. */
  @Override
  public synchronized void close() {
    stop();
    long until = System.nanoTime() + GRACE.toNanos();
    boolean interrupted = Thread.interrupted();
    try {
      while (!running.isEmpty() && System.nanoTime() < until) {
        wait(100);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
