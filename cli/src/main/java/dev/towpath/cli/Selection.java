package dev.towpath.cli;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Project;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The selectors of a command. */
final class Selection {
  @Parameters(
      arity = "0..*",
      paramLabel = "SELECTOR",
      description =
          "What to select (default: everything):%n"
              + "  marts.daily, marts.*   by name%n"
              + "  +marts.daily           and all that it reads%n"
              + "  marts.daily+           and all that reads it%n"
              + "  tag:finance, kind:view, source:*,%n"
              + "  path:models/marts      by what it is%n"
              + "  job:report, job:*      jobs, which run only when they are named%n"
              + "Several are united; a comma intersects.")
  private List<String> include = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "SELECTOR",
      description = "What to leave out of the selection; may be given several times.")
  private List<String> exclude = new ArrayList<>();

  boolean isAll() {
    return include.isEmpty() && exclude.isEmpty();
  }

  /** Whether tables are chosen, and not jobs only. */
  boolean hasTables() {
    return include.isEmpty() || !JobSelector.tables(include).isEmpty();
  }

  List<String> words() {
    return include;
  }

  /** Wrong usage when a job is named that is not there. */
  void requireJobs(Project project) {
    try {
      var _ = JobSelector.jobs(include, project.jobs().stream().map(Job::name).toList());
    } catch (TowpathException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e.hint().orElse(""));
    }
  }

  /** The tables that are selected. */
  List<TableName> of(Graph graph) {
    try {
      return hasTables()
          ? Selector.parse(JobSelector.tables(include), exclude).select(graph)
          : List.of();
    } catch (TowpathException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()), e.hint().orElse("\"towpath ls\" shows what there is"));
    }
  }
}
