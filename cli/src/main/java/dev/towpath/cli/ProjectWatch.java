package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.server.Site;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * The newest version of a project without errors. It looks at the files when it is asked, at most
 * once a second; an edit that breaks the project leaves the version before in force. One thread
 * asks; any may look at the {@link #state}.
 */
final class ProjectWatch {
  private static final long PAUSE_MILLIS = 1_000;

  private final Options options;
  private final ProjectVersions versions;
  private final Consumer<String> say;
  private volatile Site.Current state;
  private volatile ProjectVersions.Pinned pinned;
  private long stamp;
  private String told = "";
  private Instant looked = Instant.now();

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
    Instant now = Instant.now();
    if (now.isBefore(looked.plusMillis(PAUSE_MILLIS))) {
      return pinned;
    }
    looked = now;
    try {
      long before = stamp;
      stamp = versions.stamp();
      if (stamp != before) {
        told = "";
        reload();
      }
    } catch (TowpathException e) {
      String why = "runs keep the version before: " + e.getMessage();
      if (!why.equals(told)) {
        told = why; // once, not each second
        say.accept(why);
        e.hint().ifPresent(hint -> say.accept("hint: " + hint));
      }
    }
    return pinned;
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

  private void keep(List<Problem> problems) {
    problems.forEach(p -> say.accept(p.toString()));
    state = new Site.Current(state.checked(), problems, state.since());
  }
}
