package dev.towpath.cli;

import dev.towpath.server.DashboardFormat;
import dev.towpath.spi.DashboardRenderer;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code towpath export} takes for a dashboard. */
final class PageOptions {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Of a dashboard: html, pdf or png for the page (pdf and png need a Chromium); xlsx, csv,"
              + " ndjson or parquet for the rows behind it (default: by the ending of --output, else"
              + " html).")
  private @Nullable String format;

  @Option(
      names = "--filter",
      paramLabel = "NAME=VALUE",
      description =
          "Of a dashboard: what a filter is; NAME.from and NAME.to of a range. May be given several"
              + " times, also for one filter that takes several values.")
  private List<String> filters = new ArrayList<>();

  @Option(
      names = "--block",
      paramLabel = "ID",
      description =
          "Of a dashboard: only the rows of this block; without it, csv, ndjson and parquet of"
              + " several blocks come as a zip.")
  private @Nullable String block;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Of a dashboard: the file (default: its name here, with the filters' values).")
  private @Nullable Path output;

  /** Whether any of these is given. */
  boolean isGiven() {
    return format != null || !filters.isEmpty() || block != null || output != null;
  }

  int export(
      Platform platform, String dashboard, @Nullable Long release, boolean json, Console console) {
    DashboardRenderer.Order order =
        new DashboardRenderer.Order(dashboard, format(), Optional.ofNullable(block), filters());
    DashboardFiles.render(
        platform,
        order,
        Optional.ofNullable(release),
        made -> {
          Path target = target(made);
          move(made.file(), target);
          if (json) {
            console
                .out()
                .println(
                    Json.write(
                        Json.object(
                            "dashboard",
                            dashboard,
                            "file",
                            target.toString(),
                            "release",
                            made.release(),
                            "filters",
                            made.filters())));
          } else {
            console
                .out()
                .println(
                    "exported " + dashboard + " of release " + made.release() + " to " + target);
            made.filters()
                .forEach((name, value) ->
                    console.out().println("  " + name + ": " + (value.isEmpty() ? "all" : value)));
          }
        });
    return Main.OK;
  }

  private String format() {
    if (format != null) {
      return format;
    }
    String name = output == null ? "" : output.toString().toLowerCase(Locale.ROOT);
    return DashboardFormat.words().stream()
        .filter(word -> name.endsWith("." + word))
        .findFirst()
        .orElse(DashboardFormat.HTML.word());
  }

  private Map<String, List<String>> filters() {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String filter : filters) {
      int equals = filter.indexOf('=');
      if (equals < 1) {
        throw new UsageException(
            "--filter cannot be \"" + filter + "\"", "write it as --filter origin=JFK");
      }
      all.computeIfAbsent(filter.substring(0, equals), _ -> new ArrayList<>())
          .add(filter.substring(equals + 1));
    }
    return all;
  }

  private Path target(DashboardRenderer.Made made) {
    if (output == null) {
      return Path.of(made.name());
    }
    boolean zip = made.name().endsWith(".zip");
    if (zip && !output.toString().toLowerCase(Locale.ROOT).endsWith(".zip")) {
      throw new UsageException(
          "the dashboard has several blocks, whose rows come as a zip",
          "name one by --block ID, or the file by an ending .zip");
    }
    return output;
  }

  private static void move(Path file, Path target) {
    Path part = target.resolveSibling("." + UUID.randomUUID() + ".part");
    try {
      Path parent = target.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.copy(file, part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new TowpathException(
          "cannot write " + target + ": " + e.getMessage(), "see its folder and its disk", e);
    }
  }
}
