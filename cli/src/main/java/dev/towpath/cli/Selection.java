package dev.towpath.cli;

import dev.towpath.core.graph.Graph;
import dev.towpath.core.graph.Selector;
import dev.towpath.spi.TableName;
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
          "What to select: marts.daily, marts.*, +marts.daily (with what it reads), marts.daily+"
              + " (with what reads it), tag:finance, source:*, path:models/marts, kind:view."
              + " Several are united, a comma intersects. Default: everything.")
  private List<String> include = new ArrayList<>();

  @Option(names = "--exclude", paramLabel = "SELECTOR", description = "What to leave out.")
  private List<String> exclude = new ArrayList<>();

  boolean isAll() {
    return include.isEmpty() && exclude.isEmpty();
  }

  List<String> words() {
    return include;
  }

  List<TableName> of(Graph graph) {
    return Selector.parse(include, exclude)
        .select(
            graph.assets().stream()
                .map(a -> new Selector.Candidate(a.name(), a.kind(), a.file(), a.tags(), a.reads()))
                .toList());
  }
}
