package dev.towpath.core.check;

import dev.towpath.core.project.ColumnDeclaration;
import dev.towpath.core.project.Model;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Names;
import dev.towpath.spi.PartitionField;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.BoundColumn;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.StoredType;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What must hold between a model's header and its query. */
final class ModelRules {
  private final Problems problems;
  private final Map<TableName, Node> nodes;
  private final Functions functions;

  ModelRules(Problems problems, Map<TableName, Node> nodes, Functions functions) {
    this.problems = problems;
    this.nodes = nodes;
    this.functions = functions;
  }

  /** Every parameter is a project variable, or a bound of an incremental model. */
  boolean parameters(Model model, Query query, Set<String> vars) {
    boolean good = true;
    boolean incremental = model.kind() == Model.Kind.INCREMENTAL;
    for (String name : query.parameters()) {
      boolean bound = name.equals("start") || name.equals("end");
      if (bound ? incremental : vars.contains(name)) {
        continue;
      }
      Location at = Location.at(model.file(), model.text(), model.text().indexOf("$" + name));
      good = false;
      if (bound) {
        problems.error(
            at,
            "$" + name + " is only known in an incremental model",
            "add \"kind: incremental\" and \"time:\" to the header");
      } else {
        List<String> candidates = new ArrayList<>(vars);
        if (incremental) {
          candidates.addAll(List.of("start", "end"));
        }
        problems.error(
            at,
            "unknown parameter \"$" + name + "\"",
            Problems.didYouMean(name, candidates)
                .or(() -> Optional.of("declare it under vars: in towpath.yml")));
      }
    }
    if (incremental && !query.parameters().contains("start")) {
      problems.error(
          model.at("kind"),
          "an incremental model must use $start and $end",
          "filter an input, such as WHERE day >= $start AND day < $end");
    }
    return good;
  }

  /** Reports random functions; returns whether the model depends on the time of the run. */
  boolean functions(Model model, Query query) {
    for (String name : query.functions()) {
      Optional<String> random = functions.random(name);
      if (random.isPresent() && !model.isVolatile()) {
        problems.error(
            ModelTyping.top(model),
            (random.get().equals(name)
                    ? name + "() gives"
                    : name + "() calls " + random.get() + "(), which gives")
                + " other rows on every run",
            "add \"volatile: true\" to the header if that is meant");
      }
    }
    return query.functions().stream().anyMatch(functions::readsClock);
  }

  /**
   * Finds the inputs whose columns drive the intervals: those bounded by one column at every place
   * where they stand. When a bound is used in any other way, no input does, since rows outside of
   * an interval may then count in it.
   */
  void drivers(Node node, Query query, List<Node> inputs) {
    if (!query.startEndElsewhere().isEmpty()) {
      return;
    }
    Set<TableUse> bounded = new HashSet<>();
    for (BoundColumn compared : query.comparisons()) {
      List<TableUse> owners =
          compared.candidates().stream()
              .filter(use ->
                  input(use, inputs).filter(n -> cuts(node, n, compared.column())).isPresent())
              .toList();
      if (owners.size() == 1) {
        bounded.add(owners.getFirst());
        node.drivers
            .computeIfAbsent(
                input(owners.getFirst(), inputs).orElseThrow().name, _ -> new HashSet<>())
            .add(Names.identity(compared.column()));
      }
    }
    for (TableUse use : query.reads()) {
      if (!bounded.contains(use)) {
        input(use, inputs).ifPresent(n -> node.drivers.remove(n.name));
      }
    }
  }

  private Optional<Node> input(TableUse use, List<Node> inputs) {
    return use.schema().map(s -> nodes.get(new TableName(s, use.table()))).filter(inputs::contains);
  }

  /** Whether the bounds, cast as they may be, cut the column where they cut the time column. */
  static boolean cuts(Node node, Node input, String name) {
    Optional<Column> column = column(input, name);
    if (column.isEmpty() || !(node.declared instanceof Model model)) {
      return false;
    }
    boolean utc = model.time().filter(t -> t.zone().equals(ZoneOffset.UTC)).isPresent();
    return utc
        || node.parameters.entrySet().stream()
            .filter(p -> p.getKey().equals("start") || p.getKey().equals("end"))
            .allMatch(p -> isInstant(p.getValue()) == isInstant(column.get().type()));
  }

  private static boolean isInstant(DataType type) {
    return type.sql().equals("TIMESTAMP WITH TIME ZONE");
  }

  private static Optional<Column> column(Node node, String name) {
    return Optional.ofNullable(node.schema).flatMap(s -> s.column(name));
  }

  /** The lake must be able to hold every column. */
  void storable(Node node, Model model) {
    if (model.kind() == Model.Kind.VIEW) {
      return;
    }
    OwnNames.check(node, ModelTyping.top(model), problems);
    for (Column column : Objects.requireNonNull(node.schema).columns()) {
      try {
        StoredType.of(column);
      } catch (TowpathException e) {
        problems.error(declared(model, column), Objects.requireNonNull(e.getMessage()), e.hint());
      }
    }
  }

  /** Where a column is declared, else the top of the file. */
  private static Location declared(Model model, Column column) {
    return model.columns().stream()
        .filter(c -> Names.identity(c.name()).equals(Names.identity(column.name())))
        .filter(c -> c.type().isPresent())
        .findFirst()
        .map(ColumnDeclaration::location)
        .orElseGet(() -> ModelTyping.top(model));
  }

  /** The time column exists, and has a type that time can cut. */
  Optional<Column> time(Node node, Model model) {
    if (model.time().isEmpty()) {
      return Optional.empty();
    }
    Model.Time time = model.time().get();
    Schema schema = Objects.requireNonNull(node.schema);
    Optional<Column> column = schema.column(time.column());
    if (column.isEmpty()) {
      problems.error(
          model.at("time"),
          "unknown column \"" + time.column() + "\" in " + node.name,
          Problems.didYouMean(time.column(), schema.names()));
      return column;
    }
    String type = column.get().type().sql();
    if (!isTime(column.get().type())) {
      problems.error(
          model.at("time"),
          "time column \"" + time.column() + "\" is " + type,
          "use a DATE, TIMESTAMP or TIMESTAMP WITH TIME ZONE column");
    } else if (type.equals("DATE") && time.grain() == ChronoUnit.HOURS) {
      problems.error(
          model.at("grain"),
          "hours cannot cut the DATE column \"" + time.column() + "\"",
          "use grain: day, or a TIMESTAMP column");
    }
    return column;
  }

  /** The time column is sound, and the bounds are used as they may. */
  void time(Node node, Model model, Query query) {
    if (time(node, model).isEmpty()) {
      return;
    }
    Model.Time time = model.time().orElseThrow();
    node.parameters.forEach((name, parameterType) -> {
      if ((name.equals("start") || name.equals("end")) && !isTime(parameterType)) {
        problems.error(
            Location.at(model.file(), model.text(), model.text().indexOf("$" + name)),
            "$" + name + " is used as " + parameterType.sql(),
            "compare it with a DATE or TIMESTAMP column, or cast it: $" + name + "::DATE");
      }
    });
    if (time.start().isEmpty() && !query.startEndElsewhere().isEmpty()) {
      problems.error(
          Location.at(model.file(), model.text(), query.startEndElsewhere().getFirst()),
          "$start and $end are used for more than comparisons with a column",
          "add \"start: 2013-01-01\" to the header, so that they are never infinite");
    }
  }

  static boolean isTime(DataType type) {
    return switch (type.sql()) {
      case "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS" -> true;
      default -> false;
    };
  }

  /** Columns that the header names exist. */
  void columns(Node node, Model model) {
    Schema schema = Objects.requireNonNull(node.schema);
    model.key().forEach(c -> exists(node, schema, c, model.at("key")));
    model.sortBy().forEach(c -> sortKey(node, schema, c.column(), model.at("sort_by")));
    Set<String> timed = new HashSet<>();
    for (PartitionField field : model.partitionBy()) {
      if (field.transform() != PartitionField.Transform.IDENTITY
          && !timed.add(Names.identity(field.column()))) {
        problems.error(
            model.at("partition_by"),
            "partition_by names two parts of the time in \"" + field.column() + "\"",
            "keep the finest: a day tells its month");
      }
      if (exists(node, schema, field.column(), model.at("partition_by"))
          && field.transform() != PartitionField.Transform.IDENTITY
          && !isTime(schema.column(field.column()).orElseThrow().type())) {
        problems.error(
            model.at("partition_by"),
            "column \"" + field.column() + "\" is no date or time",
            "partition by the column itself: [" + field.column() + "]");
      }
    }
    for (TableName ignored : model.ignoreChanges()) {
      if (!node.reads.contains(ignored)) {
        problems.error(
            model.at("ignore_changes"),
            node.name + " does not read \"" + ignored + "\"",
            Problems.didYouMean(
                ignored.toString(), node.reads.stream().map(TableName::toString).toList()));
      }
    }
  }

  private void sortKey(Node node, Schema schema, String column, Location at) {
    int space = column.indexOf(' ');
    if (space < 0
        || schema.column(column).isPresent()
        || schema.column(column.substring(0, space)).isEmpty()) {
      exists(node, schema, column, at);
    } else {
      problems.error(
          at,
          "\"" + column + "\" is no key to sort by",
          "behind the column only asc or desc may stand: " + column.substring(0, space) + " desc");
    }
  }

  private boolean exists(Node node, Schema schema, String column, Location at) {
    if (schema.column(column).isPresent()) {
      return true;
    }
    problems.error(
        at,
        "unknown column \"" + column + "\" in " + node.name,
        Problems.didYouMean(column, schema.names()));
    return false;
  }
}
