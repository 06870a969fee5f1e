package dev.towpath.cli;

import dev.towpath.core.access.Principal;
import dev.towpath.core.check.Checked;
import dev.towpath.server.DashboardExport;
import dev.towpath.server.DashboardFormat;
import dev.towpath.server.Dashboards;
import dev.towpath.server.FilterValues;
import dev.towpath.server.Refusal;
import dev.towpath.server.reading.Limits;
import dev.towpath.server.reading.ReleaseLakehouse;
import dev.towpath.spi.DashboardRenderer;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Files of dashboards for commands and jobs, as the server makes them. */
final class DashboardFiles implements DashboardRenderer {
  private static final Duration QUERY_TIME = Duration.ofMinutes(30);

  private final Supplier<Platform> opening;

  /**
   * Files of a project's dashboards.
   *
   * @param opening opens a platform of its own for each file
   */
  DashboardFiles(Supplier<Platform> opening) {
    this.opening = opening;
  }

  @Override
  public List<String> formats() {
    return DashboardFormat.words();
  }

  @Override
  public void render(Order order, Taker taker) {
    try (Platform platform = opening.get()) {
      render(platform, order, Optional.empty(), taker);
    }
  }

  /**
   * Makes a file of a release.
   *
   * @param release the newest unless one is given
   */
  static void render(Platform platform, Order order, Optional<Long> release, Taker taker) {
    DashboardFormat format =
        DashboardFormat.of(order.format())
            .orElseThrow(() ->
                new TowpathException(
                    "\"" + order.format() + "\" is no format of a dashboard",
                    "it is one of " + String.join(", ", DashboardFormat.words())));
    Checked checked = platform.check().orThrow();
    Limits limits = Limits.of(QUERY_TIME, Runtime.getRuntime().availableProcessors());
    try (ReleaseLakehouse lakehouse =
        platform.lakehouse(() -> checked.project().macros(), limits, 0)) {
      Dashboards dashboards =
          new Dashboards(
              () -> checked,
              lakehouse,
              QUERY_TIME,
              (_, drawing) -> platform.python().draw(drawing),
              platform.storage().logs());
      Dashboards.Seen seen = dashboards.find(Principal.LOCAL, order.dashboard());
      try (Dashboards.Reading reading = dashboards.open(seen, values(seen, order), release)) {
        DashboardExport.Made made =
            new DashboardExport(reading, lakehouse.scratch(), platform.clock().instant())
                .make(format, order.block());
        try {
          taker.take(
              new Made(
                  made.file(),
                  made.name(),
                  made.type(),
                  seen.dashboard().title(),
                  reading.filters(),
                  reading.release()));
        } finally {
          remove(made.file());
        }
      }
    }
  }

  /** Values of filters; whatever is wrong with them is told at once. */
  private static FilterValues values(Dashboards.Seen seen, Order order) {
    try {
      return seen.values(order.filters());
    } catch (Refusal e) {
      throw new TowpathException(
          String.join("\n", e.details()),
          "filters of " + seen.dashboard().name() + " are declared in " + seen.dashboard().file(),
          e);
    }
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new TowpathException("cannot remove " + file + ": " + e.getMessage(), null, e);
    }
  }
}
