package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.server.Site;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The newest version of a project without errors. Once it is started it looks at the files each
 * second, on a thread of its own, so that checking a large project holds nobody up; an edit that
 * breaks the project leaves the version before in force. Thread-safe.
 */
final class ProjectWatch implements AutoCloseable {
  private static final long PAUSE_MILLIS = 1_000;

  private final Options options;
  private final ProjectVersions versions;
  private final Consumer<String> say;
  private volatile Site.Current state;
  private volatile ProjectVersions.Pinned pinned;
  private final Thread thread;
  private long stamp; // this and the next used by that thread only
  private String told = "";
  private long wanted; // looks that were asked for, and those that were had
  private long looked;

  /**
   * Watches a project.
   *
   * @param first a version without errors
   * @param versions makes others
   * @param say hears of changes and problems
   */
  ProjectWatch(
      Options options,
      ProjectVersions versions,
      ProjectVersions.Pinned first,
      Consumer<String> say) {
    this.options = options;
    this.versions = versions;
    this.pinned = first;
    this.state = new Site.Current(first.checked(), List.of(), Instant.now());
    this.say = say;
    this.stamp = versions.stamp();
    // Not a virtual one: checking goes on in native code for long.
    this.thread = Thread.ofPlatform().daemon().name("towpath-watch").unstarted(this::watch);
  }

  /** Begins to look at the files, until it is closed. */
  ProjectWatch start() {
    thread.start();
    return this;
  }

  private void watch() {
    try {
      while (true) {
        long asked = pause();
        look();
        looked(asked);
      }
    } catch (InterruptedException | CancelledException _) {
      return; // it was closed
    }
  }

  /** Waits until it is time to look again; for how many who asked the look is. */
  private synchronized long pause() throws InterruptedException {
    long until = now() + PAUSE_MILLIS;
    for (long left = PAUSE_MILLIS; wanted == looked && left > 0; ) {
      wait(left);
      left = until - now();
    }
    return wanted;
  }

  /** Milliseconds of a clock that never goes back. */
  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  private synchronized void looked(long asked) {
    looked = asked;
    notifyAll();
  }

  /** The state after a look that begins now; that of before when nobody looks any more. */
  synchronized Site.Current lookedAgain() {
    wanted++;
    long own = wanted;
    notifyAll();
    try {
      while (looked < own && thread.isAlive()) {
        wait(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
    return state;
  }

  /** The version in force, and what is wrong with the files as they were when it last looked. */
  Site.Current state() {
    return state;
  }

  /** Where versions of the project are laid out. */
  ProjectVersions versions() {
    return versions;
  }

  /** The version in force now. */
  ProjectVersions.Pinned current() {
    return pinned;
  }

  private void look() {
    try {
      long before = stamp;
      stamp = versions.stamp();
      if (stamp != before) {
        told = "";
        reload();
      }
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      tell("runs keep the version before: " + e.getMessage(), e.hint());
    } catch (RuntimeException e) { // a mistake of ours, which shall not end the watch
      tell(
          "runs keep the version before: this is a mistake in towpath itself: " + e,
          Optional.empty());
    }
  }

  private void tell(String why, Optional<String> hint) {
    if (!why.equals(told)) {
      told = why; // once, not each second
      say.accept(why);
      hint.ifPresent(text -> say.accept("hint: " + text));
    }
  }

  private void reload() {
    try {
      ProjectVersions.Pinned found = versions.now(options);
      Checked checked = found.checked();
      if (checked.passed()) {
        pinned = found;
        state = new Site.Current(checked, List.of(), Instant.now());
        say.accept("the project has changed; runs that start now use it");
      } else {
        keep(checked.problems().stream().filter(Problem::isError).toList());
        say.accept("the project has problems; the version before stays in force");
      }
    } catch (CancelledException e) {
      throw e;
    } catch (TowpathException e) {
      keep(
          e.problems().isEmpty()
              ? List.of(
                  new Problem(
                      Problem.Severity.ERROR,
                      Location.of("towpath.yml"),
                      String.valueOf(e.getMessage()),
                      e.hint()))
              : e.problems());
      say.accept("the project cannot be read; the version before stays in force");
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void keep(List<Problem> problems) {
    problems.forEach(p -> say.accept(p.toString()));
    state = new Site.Current(state.checked(), problems, state.since());
  }
}
