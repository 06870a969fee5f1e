package dev.towpath.core.release;

import dev.towpath.core.store.Release;
import java.util.List;

/**
 * What was rebuilt from the lake.
 *
 * @param heads the newest release of every environment, by name
 * @param releases number of releases that are known again
 * @param problems what could not be used, one line each
 */
public record Restoration(List<Release> heads, int releases, List<String> problems) {
  public Restoration {
    heads = List.copyOf(heads);
    problems = List.copyOf(problems);
  }
}
