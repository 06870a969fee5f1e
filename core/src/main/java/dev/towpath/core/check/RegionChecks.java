package dev.towpath.core.check;

import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Regions;
import dev.towpath.spi.Problem;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks that maps have the regions that they are drawn of. Each file is read once. */
final class RegionChecks {
  private static final int MOST_PROBLEMS = 5;

  private final Project project;
  private final Problems problems;
  private final Map<String, Optional<Regions>> files = new HashMap<>();

  RegionChecks(Project project, Problems problems) {
    this.project = project;
    this.problems = problems;
  }

  /** The content of the file that a map's regions come from, as a hash; empty when it is wrong. */
  Optional<String> check(Dashboard.Geo geo) {
    String file = geo.file().column();
    Path path = project.files().resolve(file).normalize();
    boolean inside =
        file.startsWith(Regions.FOLDER)
            && path.startsWith(project.files().resolve(Regions.FOLDER).normalize());
    if (!inside) {
      problems.error(
          geo.file().location(),
          "the regions of a map stand in a file below " + Regions.FOLDER,
          "move it there: geo: " + Regions.FOLDER + "regions.geojson");
      return Optional.empty();
    }
    if (!Files.isRegularFile(path)) {
      problems.error(
          geo.file().location(),
          "there is no file \"" + file + "\"",
          Problems.didYouMean(file, known())
              .or(() -> Optional.of("its path is that from the project's folder")));
      return Optional.empty();
    }
    Optional<Regions> regions = files.computeIfAbsent(file, f -> read(f, path));
    return regions.filter(r -> hasKey(r, geo)).map(Regions::hash);
  }

  private List<String> known() {
    Path folder = project.files().resolve(Regions.FOLDER);
    try (Stream<Path> all = Files.walk(folder, 4)) {
      return all.filter(p -> p.toString().endsWith("json"))
          .map(p -> project.files().relativize(p).toString().replace('\\', '/'))
          .toList();
    } catch (IOException e) {
      return List.of(); // there is nothing near, then
    }
  }

  private Optional<Regions> read(String file, Path path) {
    try {
      long size = Files.size(path);
      if (size > Regions.MOST) {
        problems.error(
            dev.towpath.spi.Location.of(file),
            "the file is "
                + size / 1_000_000
                + " MB, larger than the "
                + Regions.MOST / 1_000_000
                + " MB that a page loads",
            "make its shapes simpler, as with mapshaper -simplify 10%");
        return Optional.empty();
      }
      Regions regions = Regions.read(file, path);
      List<Problem> wrong = new ArrayList<>();
      for (Regions.Feature feature : regions.features()) {
        feature
            .mistake()
            .ifPresent(mistake ->
                wrong.add(Problem.error(feature.at(), "the feature " + mistake, hint(mistake))));
      }
      wrong.stream().limit(MOST_PROBLEMS).forEach(problems::add);
      return wrong.isEmpty() ? Optional.of(regions) : Optional.empty();
    } catch (TowpathException e) {
      e.problems().forEach(problems::add);
    } catch (IOException e) {
      problems.error(
          dev.towpath.spi.Location.of(file),
          "cannot be read: " + e.getMessage(),
          Optional.<String>empty());
    }
    return Optional.empty();
  }

  private static String hint(String mistake) {
    if (mistake.endsWith("degrees")) {
      return "convert the file to WGS 84, as with ogr2ogr -t_srs EPSG:4326";
    }
    return mistake.endsWith("polygon")
        ? "a map colours Polygon and MultiPolygon"
        : "a ring is a list of [longitude, latitude], the last the same as the first";
  }

  private boolean hasKey(Regions regions, Dashboard.Geo geo) {
    String key = geo.key().column();
    if (regions.features().isEmpty()) {
      problems.error(
          geo.file().location(), geo.file().column() + " has no features", Optional.empty());
      return false;
    }
    for (Regions.Feature feature : regions.features()) {
      if (feature.value(key) == null) {
        List<String> paths = feature.paths();
        problems.error(
            geo.key().location(),
            "the feature at " + feature.at() + " has no \"" + key + "\", by which rows name it",
            Problems.didYouMean(key, paths)
                .or(() -> Problems.didYouMean("properties." + key, paths))
                .or(() ->
                    Optional.of(
                        paths.isEmpty()
                            ? "give it an \"id\""
                            : "write key: and one of " + String.join(", ", paths))));
        return false;
      }
    }
    return true;
  }
}
