package dev.towpath.cli;

import dev.towpath.core.check.Checked;
import dev.towpath.core.graph.Asset;
import dev.towpath.spi.Location;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Reaches out to every source and compares what it finds with what the check assumed. */
final class Connections {
  private final Platform platform;

  Connections(Platform platform) {
    this.platform = platform;
  }

  /** The check's outcome with what the sources said added to it. */
  Checked tryAll(Checked checked) {
    List<Problem> problems = new ArrayList<>(checked.problems());
    for (Asset asset : checked.graph().assets()) {
      if (asset.definition() instanceof Asset.FromSource source) {
        SourceTable table = source.table().declaration();
        try {
          compare(asset, table, platform.contacts().contact(table), problems);
        } catch (TowpathException e) {
          Problem problem =
              new Problem(
                  Problem.Severity.ERROR,
                  table.location(),
                  Objects.requireNonNull(e.getMessage()),
                  e.hint());
          problems.addAll(e.problems().isEmpty() ? List.of(problem) : e.problems());
        }
      }
    }
    return new Checked(
        checked.project(),
        checked.graph(),
        checked.endpointReads(),
        problems.stream().distinct().sorted().toList(),
        checked.cached(),
        checked.bound());
  }

  private static void compare(Asset asset, SourceTable table, Schema now, List<Problem> problems) {
    Location at = table.location();
    String hint = "if that is meant, delete its lines in schemas.lock and check again";
    for (String name : asset.columns().names()) {
      if (now.column(name).isEmpty()) {
        problems.add(
            Problem.error(at, asset.name() + " has lost its column \"" + name + "\"", hint));
      }
    }
    for (String name : now.names()) {
      if (asset.columns().column(name).isEmpty()) {
        problems.add(
            Problem.warning(at, asset.name() + " has a new column \"" + name + "\"", hint));
      }
    }
  }
}
