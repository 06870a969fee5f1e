package dev.towpath.server;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.spi.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a server serves: one environment of one project. Thread-safe. */
public interface Site {

  /** Of this program. */
  String version();

  /** The project as it is in force now, and what is wrong with an edit that is not. */
  Current current();

  /** The environment's name. */
  String environment();

  MetadataStore store();

  InstantSource clock();

  /** An id for a new run. */
  String newId();

  /** The folder that holds a folder of logs for each run. */
  Path logs();

  /** Where the columns of a table come from and who reads them, as {@code towpath lineage} says. */
  Map<String, @Nullable Object> lineage(Asset asset);

  /** The same for one of its columns, all the way up and down. */
  Map<String, @Nullable Object> lineage(Asset asset, String column);

  /** What this process builds right now. */
  Building building();

  /** The lake, as people ask it. */
  Lakehouse lakehouse();

  /** Draws figures by the project's Python. */
  Painter painter();

  /** Goes back to a release; the flows that write what was taken back are paused. */
  Rollback rollback(OptionalLong to, String who);

  /**
   * Begins to build a selection, of which an empty one is everything.
   *
   * @param full whether it is built anew, stale or not
   * @throws dev.towpath.spi.TowpathException when the selection names what there is not
   */
  Build startBuild(List<String> select, List<String> exclude, boolean full);

  /** A build that this server does or has done. */
  Optional<Build> build(String id);

  /** Stops a build; nothing of it is published then. */
  void cancelBuild(String id);

  /** When the scheduler looked last, and how long after it was due the newest run began. */
  Pulse pulse();

  /**
   * One version of the project.
   *
   * @param problems why the files as they are now are not in force; empty when they are
   * @param since when this version came into force
   */
  record Current(Checked checked, List<Problem> problems, Instant since) {
    public Current {
      problems = List.copyOf(problems);
    }
  }

  /** What a rollback came to. */
  record Rollback(Release release, List<String> paused) {
    public Rollback {
      paused = List.copyOf(paused);
    }
  }

  /**
   * A run of a selection.
   *
   * @param state RUNNING, SUCCESS, FAILED or CANCELLED
   * @param result as {@code towpath run --json} says it, when it came to anything
   */
  record Build(
      String id,
      String state,
      Optional<Map<String, @Nullable Object>> result,
      List<Problem> problems,
      Optional<String> message) {
    // Spelled out, because a compact constructor loses the annotation in class files.
    public Build(
        String id,
        String state,
        Optional<Map<String, @Nullable Object>> result,
        List<Problem> problems,
        Optional<String> message) {
      this.id = id;
      this.state = state;
      this.result = result;
      this.problems = List.copyOf(problems);
      this.message = message;
    }
  }

  /** How the scheduler is. */
  record Pulse(Optional<Instant> looked, double lagSeconds) {}
}
