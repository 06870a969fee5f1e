package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.core.yaml.YamlValue;
import dev.towpath.spi.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Names what a dbt project can have and Towpath does not take over. */
final class Leftovers {
  private static final Map<String, String> KINDS =
      Map.of(
          "exposures", "an exposure",
          "metrics", "a metric",
          "semantic_models", "a semantic model",
          "saved_queries", "a saved query");

  private final Path root;
  private final Notes notes;

  Leftovers(Path root, Notes notes) {
    this.root = root;
    this.notes = notes;
  }

  /** Notes all of it. */
  void note(YamlMap project, Properties properties, DbtFiles files, List<String> installed) {
    KINDS.forEach((key, words) ->
        properties
            .all(key)
            .forEach(map ->
                notes.missing(
                    map.value().location(),
                    "\""
                        + Plain.text(map, "name").orElse("?")
                        + "\" is "
                        + words
                        + ", which was left out",
                    key.equals("exposures") ? "keep it as documentation" : "write it as a model")));
    for (String key : List.of("on-run-start", "on-run-end")) {
      Plain.value(project, key)
          .ifPresent(v ->
              notes.missing(
                  v.location(),
                  "the hooks of " + key + " were left out",
                  "do their work in a model, or outside"));
    }
    packages(installed);
    for (DbtFiles.Found file : files.find(files.folders("analysis-paths", "analyses"), ".sql")) {
      notes.missing(
          Location.of(file.file()),
          "the analysis " + file.stem() + " was left out",
          "it runs as \"towpath query @FILE\" once its references are tables");
    }
  }

  private void packages(List<String> installed) {
    for (String file : List.of("packages.yml", "dependencies.yml")) {
      if (!Files.isRegularFile(root.resolve(file))) {
        continue;
      }
      Plain.map(file, root.resolve(file), notes)
          .ifPresent(map ->
              Plain.items(Plain.value(map, "packages")).forEach(p -> onePackage(p, installed)));
    }
  }

  private void onePackage(YamlValue value, List<String> installed) {
    if (value.kind() != YamlValue.Kind.MAP) {
      return;
    }
    YamlMap map = value.asMap().orElseThrow();
    String id =
        Plain.text(map, "package")
            .or(() -> Plain.text(map, "git"))
            .or(() -> Plain.text(map, "local"))
            .orElse("?");
    String name = id.substring(id.lastIndexOf('/') + 1).replaceAll("\\.git$", "").replace('-', '_');
    if (name.equals("dbt_utils") || installed.contains(name)) {
      notes.different(
          value.location(),
          "of the package " + name + " the macros that were used are written out",
          "models of a package are not imported");
    } else {
      notes.missing(
          value.location(),
          "the package " + name + " was left out",
          "run \"dbt deps\" first, and its macros are written out where they can be");
    }
  }
}
