package dev.towpath.core.check;

import dev.towpath.core.graph.JobSelector;
import dev.towpath.core.graph.Selector;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Source;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that flows choose and wait for tables that exist, and that no flows set each other off.
 */
final class FlowChecks {
  private final Project project;
  private final Map<TableName, Node> nodes;
  private final Map<TableName, Source> sources;
  private final Problems problems;
  private final List<Selector.Candidate> candidates;

  FlowChecks(
      Project project,
      Map<TableName, Node> nodes,
      Map<TableName, Source> sources,
      Problems problems) {
    this.project = project;
    this.nodes = nodes;
    this.problems = problems;
    this.sources = sources;
    this.candidates = nodes.values().stream().map(this::candidate).toList();
  }

  private Selector.Candidate candidate(Node node) {
    Set<String> tags = new LinkedHashSet<>(node.tags());
    Optional.ofNullable(sources.get(node.name)).map(Source::tags).ifPresent(tags::addAll);
    return new Selector.Candidate(
        node.name, node.kind(), node.file, List.copyOf(tags), List.copyOf(node.reads));
  }

  void run() {
    for (Flow.Choice choice : project.onRequest()) {
      try {
        var _ = Selector.parse(List.of(choice.text()), List.of()).select(candidates);
      } catch (TowpathException e) {
        problems.error(choice.location(), String.valueOf(e.getMessage()), e.hint());
      }
    }
    Map<String, Set<TableName>> runs = new LinkedHashMap<>();
    for (Flow flow : project.flows()) {
      runs.put(flow.name(), chosen(flow));
      flow.last().forEach(this::exists);
      parameters(flow);
      if (flow.trigger() instanceof Flow.After after) {
        after.tables().forEach(table -> exists(flow, table));
      }
    }
    cycles(runs);
  }

  private Set<TableName> chosen(Flow flow) {
    Set<TableName> chosen = new LinkedHashSet<>();
    List<String> leftOut = new ArrayList<>();
    for (Flow.Choice choice : flow.select()) {
      try {
        if (JobSelector.isJob(choice.text())) {
          var _ =
              JobSelector.jobs(
                  List.of(choice.text()), project.jobs().stream().map(Job::name).toList());
          continue;
        }
        // each alone, so that a mistake has its place
        boolean leavesOut = choice.text().startsWith("-") || choice.text().startsWith("!");
        String text = leavesOut ? choice.text().substring(1) : choice.text();
        List<TableName> met = Selector.parse(List.of(text), List.of()).select(candidates);
        if (leavesOut) {
          leftOut.add(choice.text());
        } else {
          chosen.addAll(met);
        }
      } catch (TowpathException e) {
        problems.error(choice.location(), String.valueOf(e.getMessage()), e.hint());
      }
    }
    if (!leftOut.isEmpty()) {
      List<String> all = JobSelector.tables(flow.select().stream().map(Flow.Choice::text).toList());
      try {
        chosen.retainAll(Selector.parse(all, List.of()).select(candidates));
      } catch (TowpathException _) {
        // one of them alone was wrong, too, and has been named
      }
    }
    return chosen;
  }

  private void exists(Flow.Choice last) {
    try {
      var _ =
          JobSelector.jobs(List.of(last.text()), project.jobs().stream().map(Job::name).toList());
    } catch (TowpathException e) {
      problems.error(last.location(), String.valueOf(e.getMessage()), e.hint());
    }
  }

  /** A flow that is set off by no person has nobody who gives its parameters values. */
  private void parameters(Flow flow) {
    boolean alone =
        !(flow.trigger() instanceof Flow.Manual || flow.trigger() instanceof Flow.Webhook);
    for (Parameter parameter : flow.parameters()) {
      ParameterChecks.fits(parameter, problems);
      if (alone && parameter.fallback().isEmpty()) {
        problems.error(
            parameter.location(),
            "parameter \""
                + parameter.name()
                + "\" has no default, and nobody gives it a value"
                + " when the flow sets itself off",
            "write {type: " + parameter.type().sql().toLowerCase(Locale.ROOT) + ", default: ...}");
      }
    }
  }

  private void exists(Flow flow, TableName table) {
    if (!nodes.containsKey(table)) {
      problems.error(
          flow.at("after"),
          "unknown table \"" + table + "\"",
          Problems.didYouMean(
              table.toString(), nodes.keySet().stream().map(TableName::toString).toList()));
    }
  }

  /** Flows that would set each other off for ever, each cycle shown once, as a path. */
  private void cycles(Map<String, Set<TableName>> runs) {
    Map<String, List<Flow>> next = new HashMap<>();
    for (Flow flow : project.flows()) {
      if (flow.trigger() instanceof Flow.After after) {
        runs.forEach((name, tables) -> {
          if (after.tables().stream().anyMatch(tables::contains)) {
            next.computeIfAbsent(name, _ -> new ArrayList<>()).add(flow);
          }
        });
      }
    }
    Set<String> done = new HashSet<>();
    for (Flow flow : project.flows()) {
      walk(flow, next, new ArrayList<>(), done);
    }
  }

  private void walk(Flow flow, Map<String, List<Flow>> next, List<String> path, Set<String> done) {
    int seen = path.indexOf(flow.name());
    if (seen >= 0) {
      List<String> cycle = new ArrayList<>(path.subList(seen, path.size()));
      cycle.add(flow.name());
      problems.error(
          flow.at("after"),
          "flows set each other off without end: " + String.join(" -> ", cycle),
          "take a table out of after: or out of run:");
      return;
    }
    if (!done.add(flow.name())) {
      return;
    }
    path.add(flow.name());
    next.getOrDefault(flow.name(), List.of()).forEach(f -> walk(f, next, path, done));
    path.removeLast();
  }
}
