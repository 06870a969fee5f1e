package dev.towpath.core.check;

import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Dashboard.Filter;
import dev.towpath.spi.Location;
import dev.towpath.spi.Schema;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks what filters offer: each option has a value, and none waits for itself. */
final class FilterChecks {
  private final Dashboard dashboard;
  private final Problems problems;

  FilterChecks(Dashboard dashboard, Problems problems) {
    this.dashboard = dashboard;
    this.problems = problems;
  }

  /** Whether the rows of a query can be options. */
  void options(Filter filter, CheckedDashboard.@Nullable Bound bound) {
    if (bound == null || filter.options().isEmpty()) {
      return;
    }
    Schema columns = bound.columns();
    Location at = filter.options().get().start();
    if (columns.column("value").isEmpty()) {
      problems.error(
          at,
          "the options of " + filter.name() + " have no column \"value\"",
          "write SELECT DISTINCT ... AS value, and maybe ... AS label");
    }
    for (String name : columns.names()) {
      if (!name.equalsIgnoreCase("value") && !name.equalsIgnoreCase("label")) {
        problems.error(
            at,
            "nobody reads the column \"" + name + "\" of the options of " + filter.name(),
            "options have the columns value and label");
      }
    }
  }

  /** Filters whose options depend on what the filter itself is. */
  void cycles(Map<String, CheckedDashboard.Bound> options) {
    for (Filter filter : dashboard.filters()) {
      Set<String> seen = new HashSet<>();
      if (reaches(filter.name(), filter.name(), options, seen)) {
        problems.error(
            filter.options().map(Dashboard.Query::start).orElse(filter.location()),
            "the options of " + filter.name() + " depend on what " + filter.name() + " is",
            seen.size() > 1
                ? "by way of "
                    + seen.stream()
                        .filter(name -> !name.equals(filter.name()))
                        .sorted()
                        .collect(Collectors.joining(", "))
                : "take $" + filter.name() + " out");
      }
    }
  }

  private boolean reaches(
      String from, String to, Map<String, CheckedDashboard.Bound> options, Set<String> seen) {
    for (String other : uses(dashboard, options.get(from))) {
      if (other.equals(to) || (seen.add(other) && reaches(other, to, options, seen))) {
        seen.add(from);
        return true;
      }
    }
    return false;
  }

  /** The filters whose values a query takes, in the order of the file. */
  static List<String> uses(Dashboard dashboard, CheckedDashboard.@Nullable Bound bound) {
    return Optional.ofNullable(bound).map(b -> b.uses(dashboard)).orElse(List.of());
  }
}
