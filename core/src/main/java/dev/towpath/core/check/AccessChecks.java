package dev.towpath.core.check;

import dev.towpath.core.access.Grants;
import dev.towpath.core.project.Dashboard;
import dev.towpath.core.project.Endpoint;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Project;
import dev.towpath.spi.TableName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Checks that {@code access:} names tables, endpoints and dashboards that there are. */
final class AccessChecks {
  private static final String ANY = "*";

  private final Project project;
  private final Set<TableName> tables;
  private final Problems problems;

  AccessChecks(Project project, Set<TableName> tables, Problems problems) {
    this.project = project;
    this.tables = tables;
    this.problems = problems;
  }

  void run() {
    for (Flow.Choice choice : project.accessRules().tables()) {
      if (!Grants.means(choice.text(), tables)) {
        boolean schema = choice.text().endsWith("." + ANY);
        List<String> known =
            tables.stream()
                .flatMap(t -> schema ? Stream.of(t.schema() + "." + ANY) : Stream.of(t.toString()))
                .distinct()
                .sorted()
                .toList();
        problems.error(
            choice.location(),
            schema
                ? "there is no table in \"" + choice.text() + "\""
                : "unknown table \"" + choice.text() + "\"",
            Problems.didYouMean(choice.text(), known)
                .or(() -> Optional.of("towpath ls lists the tables")));
      }
    }
    named(
        project.accessRules().endpoints(),
        project.endpoints().stream().map(Endpoint::name).toList(),
        "unknown endpoint",
        "an endpoint's name is its file's in apis/, without ending");
    named(
        project.accessRules().dashboards(),
        project.dashboards().stream().map(Dashboard::name).toList(),
        "unknown dashboard",
        "a dashboard's name is its file's in dashboards/, without ending");
  }

  private void named(List<Flow.Choice> choices, List<String> names, String what, String hint) {
    for (Flow.Choice choice : choices) {
      if (!choice.text().equals(ANY) && !names.contains(choice.text())) {
        problems.error(
            choice.location(),
            what + " \"" + choice.text() + "\"",
            Problems.didYouMean(choice.text(), names).or(() -> Optional.of(hint)));
      }
    }
  }
}
