package dev.towpath.core.project;

import dev.towpath.core.yaml.Problems;
import dev.towpath.core.yaml.YamlMap;
import dev.towpath.spi.Location;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What every table can say about itself, in its own file or in a sidecar.
 *
 * @param at where it is said
 */
record Described(
    Optional<String> description,
    List<ColumnDeclaration> columns,
    List<Check> checks,
    List<String> tags,
    Location at) {
  static final Set<String> KEYS = Set.of("description", "columns", "checks", "tags");

  Described {
    columns = List.copyOf(columns);
    checks = List.copyOf(checks);
    tags = List.copyOf(tags);
  }

  /** Says nothing. */
  static Described nothing(String file) {
    return new Described(
        Optional.empty(), List.of(), List.of(), List.of(), new Location(file, 1, 1));
  }

  /** Reads the four keys; any others are left to the caller. */
  static Described read(YamlMap map, Location at) {
    return new Described(
        map.text("description"),
        map.get("columns").map(ColumnReader::read).orElse(List.of()),
        map.get("checks").map(CheckReader::read).orElse(List.of()),
        List.copyOf(new LinkedHashSet<>(map.texts("tags"))),
        at);
  }

  /** This and what a sidecar adds; what both say is noted. */
  Described with(Optional<Described> sidecar, Problems problems) {
    if (sidecar.isEmpty()) {
      return new Described(description, columns, CheckReader.distinct(checks, problems), tags, at);
    }
    Described other = sidecar.get();
    if (description.isPresent() && other.description.isPresent()) {
      twice("description", other.at, problems);
    }
    if (!columns.isEmpty() && !other.columns.isEmpty()) {
      twice("columns", other.columns.getFirst().location(), problems);
    }
    return new Described(
        description.or(other::description),
        columns.isEmpty() ? other.columns : columns,
        CheckReader.distinct(
            Stream.concat(checks.stream(), other.checks.stream()).toList(), problems),
        Stream.concat(tags.stream(), other.tags.stream()).distinct().toList(),
        at);
  }

  private void twice(String key, Location where, Problems problems) {
    problems.error(
        where,
        "\"" + key + "\" is also in " + at.file(),
        "keep one: the table's file or the sidecar");
  }

  /** Whether the columns are the complete list, each with its type. */
  boolean isContract() {
    return !columns.isEmpty() && columns.stream().allMatch(c -> c.type().isPresent());
  }
}
