package dev.towpath.core.lineage;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Model;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a kind adds to the lineage of a query: the columns by which rows take each other's place
 * decide which rows there are, and a history has columns of its own.
 */
final class KindLineage {
  private static final Set<String> OWN = Set.of("valid_from", "valid_to", "is_current");

  private KindLineage() {}

  /** The lineage of a model's table, given that of its query. */
  static Lineage of(Asset asset, Asset.FromModel definition, Lineage query) {
    Model model = definition.model();
    return switch (model.kind()) {
      case MERGE -> deciding(query, merging(asset, model));
      case SCD2 -> history(model, query);
      case TABLE, VIEW, INCREMENTAL, APPEND -> query;
    };
  }

  private static List<String> merging(Asset asset, Model model) {
    List<String> names = new ArrayList<>(model.key());
    model.changes().updatedAt().ifPresent(names::add);
    if (model.changes().deleteWhen().isPresent()) {
      Check.Rule rule = model.changes().deleteWhen().get().rule();
      String sql = ((Check.Expression) rule).sql().toLowerCase(Locale.ROOT);
      boolean all = sql.contains("*") || sql.contains("columns");
      for (String column : asset.columns().names()) { // named in it, or in a text of it
        if (all || sql.contains(column.toLowerCase(Locale.ROOT))) {
          names.add(column);
        }
      }
    }
    return names;
  }

  /** Without a time, every column tells whether there is another version. */
  private static Lineage history(Model model, Lineage query) {
    List<String> names = new ArrayList<>(model.key());
    Map<Lineage.Input, Lineage.Use> from = new LinkedHashMap<>();
    if (model.changes().updatedAt().isPresent()) {
      String time = model.changes().updatedAt().get();
      names.add(time);
      columns(query, List.of(time)).forEach(c -> from.putAll(c.from()));
    } else {
      query.columns().stream()
          .filter(c -> !OWN.contains(Names.identity(c.name())))
          .forEach(c -> {
            names.add(c.name());
            c.from().keySet().forEach(i -> from.put(i, Lineage.Use.DERIVED));
          });
    }
    boolean told = model.changes().updatedAt().isPresent() && !model.changes().closeDeleted();
    Map<Lineage.Input, Lineage.Use> derived = new LinkedHashMap<>();
    from.keySet().forEach(i -> derived.put(i, Lineage.Use.DERIVED));
    List<Lineage.Output> outputs = new ArrayList<>();
    for (Lineage.Output column : query.columns()) {
      String name = Names.identity(column.name());
      boolean time = told && name.equals("valid_from"); // the very value, but of when it came back
      outputs.add(
          OWN.contains(name) ? new Lineage.Output(column.name(), time ? from : derived) : column);
    }
    return deciding(new Lineage(outputs, query.rows()), names);
  }

  private static Lineage deciding(Lineage lineage, List<String> names) {
    Set<Lineage.Input> rows = new LinkedHashSet<>(lineage.rows());
    columns(lineage, names).forEach(c -> rows.addAll(c.from().keySet()));
    return new Lineage(lineage.columns(), rows);
  }

  private static List<Lineage.Output> columns(Lineage lineage, List<String> names) {
    List<String> wanted = names.stream().map(Names::identity).toList();
    return lineage.columns().stream()
        .filter(c -> wanted.contains(Names.identity(c.name())))
        .toList();
  }
}
