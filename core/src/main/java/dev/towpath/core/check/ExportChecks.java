package dev.towpath.core.check;

import dev.towpath.core.project.Environment;
import dev.towpath.core.project.Export;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.spi.ExportTarget.Mode;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Checks all of an export that can be told without looking outside, since what is wrong with one
 * would else be told only when a release is out.
 */
final class ExportChecks {
  private final Project project;
  private final Collection<Node> nodes;
  private final Set<String> schemes;
  private final Problems problems;

  ExportChecks(Project project, Collection<Node> nodes, Set<String> schemes, Problems problems) {
    this.project = project;
    this.nodes = nodes;
    this.schemes = schemes;
    this.problems = problems;
  }

  void run() {
    for (Node node : nodes) {
      node.model()
          .ifPresent(model ->
              model
                  .exports()
                  .forEach(export -> {
                    place(model, export);
                    key(node, export);
                    environments(export);
                  }));
    }
  }

  private void place(Model model, Export export) {
    String to = export.to();
    int scheme = to.indexOf("://");
    if (scheme < 0 && to.startsWith("${") && to.indexOf('/') < 0) {
      return; // a variable may hold any place
    }
    if (scheme < 0) {
      file(export);
    } else if (!to.startsWith("${")) {
      String name = to.substring(0, scheme).toLowerCase(Locale.ROOT);
      if (!schemes.contains(name)) {
        problems.error(
            export.location(),
            "nothing can be exported to " + name + "://",
            "there are files, and "
                + new TreeSet<>(schemes)
                    .stream().map(s -> s + "://").collect(Collectors.joining(", ")));
      }
    }
    if (export.mode() == Mode.APPEND && model.kind() == Model.Kind.VIEW) {
      problems.error(
          export.location(),
          "a view cannot be exported by mode: append, since nobody knows which of its rows are new",
          "use mode: replace or upsert, or make it a table");
    }
  }

  private void file(Export export) {
    if (export.mode() != Mode.REPLACE) {
      problems.error(
          export.location(),
          "a file is written whole, so mode: "
              + export.mode().name().toLowerCase(Locale.ROOT)
              + " means nothing to it",
          "use mode: replace, or a database");
    }
    if (export.table().isPresent()) {
      problems.error(
          export.location(), "\"table\" means nothing to a file", "remove it, or name a database");
    }
    if (Export.format(export.to()).isEmpty() && !export.to().endsWith("}")) {
      problems.error(
          export.location(), "the ending of " + export.to() + " says no format", Export.FORMATS);
    }
  }

  private void key(Node node, Export export) {
    if (node.schema == null) {
      return; // what is wrong with the model has been told
    }
    for (String key : export.key()) {
      if (node.schema.column(key).isEmpty()) {
        List<String> names = node.schema.names();
        problems.error(
            export.location(),
            "the key of an export is column \"" + key + "\", which " + node.name + " has not",
            Problems.didYouMean(key, names)
                .or(() -> Optional.of("it has " + String.join(", ", names))));
      }
    }
  }

  private void environments(Export export) {
    List<String> names = project.environments().stream().map(Environment::name).toList();
    for (String name : export.environments()) {
      if (!names.contains(name)) {
        problems.error(
            export.location(),
            "unknown environment \"" + name + "\"",
            Problems.didYouMean(name, names)
                .or(() -> Optional.of("there are " + String.join(", ", names))));
      }
    }
  }
}
