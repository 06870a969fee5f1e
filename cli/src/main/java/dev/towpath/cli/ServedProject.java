package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.core.lineage.ColumnGraph;
import dev.towpath.core.lineage.Lineages;
import dev.towpath.core.release.Releases;
import dev.towpath.core.schedule.Beginning;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.Release;
import dev.towpath.server.Building;
import dev.towpath.server.Lakehouse;
import dev.towpath.server.Painter;
import dev.towpath.server.Site;
import dev.towpath.server.reading.Limits;
import dev.towpath.server.reading.ReleaseLakehouse;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.TowpathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What {@code towpath serve} serves. */
final class ServedProject implements Site, AutoCloseable {
  private final Platform platform;
  private final ProjectWatch watch;
  private final Heartbeat heartbeat;
  private final Console console;
  private final Building building = new Building();
  private final ReleaseLakehouse lakehouse;
  private final Builds builds;
  private final ServedPython python;
  private final String environment;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable LineageText lineage;
  private @Nullable Checked lineageOf;

  /**
   * Serves a project whose lake has been claimed.
   *
   * @param hot bytes for copies of tables that are read often
   */
  ServedProject(
      Options options,
      Platform platform,
      ProjectWatch watch,
      Heartbeat heartbeat,
      Limits limits,
      long hot,
      Console console) {
    this.platform = platform;
    this.watch = watch;
    this.heartbeat = heartbeat;
    this.console = console;
    this.builds = new Builds(options, console, building);
    this.python = new ServedPython(platform::pool);
    this.environment = platform.environment().name();
    this.lakehouse =
        platform.lakehouse(() -> watch.state().checked().project().macros(), limits, hot);
  }

  @Override
  public String version() {
    return Version.text();
  }

  @Override
  public Current current() {
    return watch.state();
  }

  @Override
  public String environment() {
    return environment;
  }

  @Override
  public MetadataStore store() {
    return platform.store();
  }

  @Override
  public InstantSource clock() {
    return platform.clock();
  }

  @Override
  public String newId() {
    return Ids.next(platform.clock().instant());
  }

  @Override
  public Path logs() {
    return platform.storage().logs();
  }

  @Override
  public Building building() {
    return building;
  }

  @Override
  public Map<String, @Nullable Object> lineage(Asset asset) {
    return lineage().json(asset);
  }

  @Override
  public Map<String, @Nullable Object> lineage(Asset asset, String column) {
    return lineage().json(new Lineage.Input(asset.name(), column), Integer.MAX_VALUE, false);
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the version that the lineage was made of
  private LineageText lineage() {
    lock.lock();
    try {
      Checked checked = current().checked();
      LineageText known = lineage;
      if (known == null || checked != lineageOf) {
        try (Lineages lineages = platform.lineages(checked)) {
          ColumnGraph columns = lineages.columns();
          known = new LineageText(checked.graph(), columns);
        }
        lineage = known;
        lineageOf = checked;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Lakehouse lakehouse() {
    return lakehouse;
  }

  @Override
  public Painter painter() {
    return python;
  }

  @Override
  public Rollback rollback(OptionalLong to, String who) {
    Instant now = platform.clock().instant();
    Checked checked = current().checked();
    Writers writers =
        new Writers(
            checked.project().flows(),
            checked.graph(),
            new Beginning(environment, platform.store()),
            console.err()::println);
    Release release =
        new Releases(platform.store(), platform.lake())
            .rollback(environment, to, moved -> Optional.of(writers.pausing(moved, who, now)), now);
    return new Rollback(release, writers.paused());
  }

  @Override
  public Build startBuild(List<String> select, List<String> exclude, boolean full) {
    Current now = watch.lookedAgain(); // what was saved a moment ago is meant, too
    if (!now.problems().isEmpty()) {
      throw new TowpathException(now.problems()); // as `towpath run` does
    }
    return builds.start(now.checked(), newId(), select, exclude, full);
  }

  @Override
  public Optional<Build> build(String id) {
    return builds.build(id);
  }

  @Override
  public void cancelBuild(String id) {
    builds.cancel(id);
  }

  @Override
  public Pulse pulse() {
    return heartbeat.pulse();
  }

  /** Stops builds, without waiting for them. */
  void stop() {
    builds.stop();
  }

  /** Closes all of it, also on a thread that was told to stop: half closed is not closed. */
  @Override
  public void close() {
    boolean interrupted = Thread.interrupted();
    try {
      builds.close();
      python.close();
      lakehouse.close();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
