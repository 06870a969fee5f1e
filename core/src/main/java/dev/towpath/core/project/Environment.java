package dev.towpath.core.project;

import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import java.util.List;
import java.util.Optional;

/**
 * An environment as {@code towpath.yml} declares it.
 *
 * @param engine the engine's name, {@code duckdb} by default
 * @param lake where the lake lies; empty means {@code .towpath/lake} in the project
 * @param metadata the metadata store's address; empty means SQLite at {@code .towpath/metadata.db}
 * @param memory bytes the engine may use; empty means by the machine
 * @param threads of the engine; empty means all processors
 * @param keep number of releases that gc keeps; empty means the default
 * @param problems what is wrong only when this environment is used: variables that are not set
 */
public record Environment(
    String name,
    String engine,
    Optional<String> lake,
    Optional<String> metadata,
    Optional<Long> memory,
    Optional<Integer> threads,
    Optional<Integer> keep,
    Location location,
    List<Problem> problems) {
  public Environment {
    problems = List.copyOf(problems);
  }
}
