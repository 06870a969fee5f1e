package dev.towpath.importer.dbt;

import dev.towpath.core.yaml.YamlMap;
import dev.towpath.spi.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What matters of the target in profiles.yml; passwords are never read.
 *
 * @param target its name
 * @param type of the warehouse
 * @param schema where models without a schema go
 */
record Profile(String target, String type, String schema, Optional<String> threads) {

  /** Reads the profile beside the project; without one, a target {@code dev} in DuckDB. */
  static Profile read(Path root, String name, String project, Notes notes) {
    Path path = root.resolve("profiles.yml");
    Optional<YamlMap> profile =
        Files.isRegularFile(path)
            ? Plain.map("profiles.yml", path, notes).flatMap(m -> Plain.map(m, name))
            : Optional.empty();
    if (profile.isEmpty()) {
      notes.different(
          Location.of("dbt_project.yml"),
          "there is no profile \"" + name + "\" in a profiles.yml beside dbt_project.yml",
          "models without a schema of their own went to \"" + project + "\"");
      return new Profile("dev", "duckdb", project, Optional.empty());
    }
    Optional<YamlMap> outputs = Plain.map(profile.get(), "outputs");
    String target =
        Plain.text(profile.get(), "target")
            .filter(t -> !t.contains("{"))
            .or(() ->
                outputs.flatMap(o -> o.entries().stream().map(YamlMap.Entry::key).findFirst()))
            .orElse("dev");
    Optional<YamlMap> output = outputs.flatMap(o -> Plain.map(o, target));
    String type = output.flatMap(o -> Plain.text(o, "type")).orElse("duckdb");
    String schema =
        output
            .flatMap(o -> Plain.text(o, "schema").or(() -> Plain.text(o, "dataset")))
            .filter(s -> !s.contains("{"))
            .orElse(type.equals("duckdb") ? "main" : project);
    if (!type.equals("duckdb")) {
      notes.different(
          Location.of("profiles.yml"),
          "the project's SQL is written for " + type + "; Towpath's is DuckDB's",
          "\"towpath check\" names what DuckDB does not know");
    }
    return new Profile(target, type, schema, output.flatMap(o -> Plain.text(o, "threads")));
  }
}
