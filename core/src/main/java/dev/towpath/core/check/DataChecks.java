package dev.towpath.core.check;

import dev.towpath.core.graph.Asset.BoundCheck;
import dev.towpath.core.project.Check;
import dev.towpath.spi.Column;
import dev.towpath.spi.Location;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Bound;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Parsed;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.TableUse;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Types the checks on data: columns exist, expressions are boolean, queries bind. */
final class DataChecks {
  private static final String BEFORE = "SELECT (";

  private final Analysis analysis;
  private final Map<TableName, Node> nodes;
  private final Problems problems;

  DataChecks(Analysis analysis, Map<TableName, Node> nodes, Problems problems) {
    this.analysis = analysis;
    this.nodes = nodes;
    this.problems = problems;
  }

  /** The query that types a rule, when it has SQL of its own. */
  static Optional<String> sql(TableName table, Check.Rule rule) {
    return switch (rule) {
      case Check.Expression e -> Optional.of(BEFORE + e.sql() + "\n) FROM " + table.quoted());
      case Check.BadRows b -> Optional.of(b.sql());
      case Check.NotNull _,
          Check.Unique _,
          Check.Accepted _,
          Check.Relationship _,
          Check.Range _,
          Check.RowCount _,
          Check.Fresh _ ->
          Optional.empty();
    };
  }

  /** Types all checks of tables whose columns are known; broken ones are left out. */
  Map<TableName, List<BoundCheck>> bindAll(Map<String, Parsed> parsed, ExecutorService pool) {
    Map<TableName, List<BoundCheck>> all = new ConcurrentHashMap<>();
    List<Future<?>> waiting = new ArrayList<>();
    for (Node node : nodes.values()) {
      Optional<Check> delete = node.model().flatMap(m -> m.changes().deleteWhen());
      if (node.schema != null && (!node.checks.isEmpty() || delete.isPresent())) {
        waiting.add(
            pool.submit(() -> {
              List<BoundCheck> bound = new ArrayList<>();
              for (Check check : node.checks) {
                bind(node, check, parsed).ifPresent(bound::add);
              }
              all.put(node.name, bound);
              delete.ifPresent(expression -> bindDelete(node, expression, parsed));
            }));
      }
    }
    Waiting.all(waiting);
    return all;
  }

  private Optional<BoundCheck> bind(Node node, Check check, Map<String, Parsed> parsed) {
    return switch (check.rule()) {
      case Check.NotNull r -> columns(node, check, List.of(r.column()));
      case Check.Unique r -> columns(node, check, r.columns());
      case Check.Accepted r -> columns(node, check, List.of(r.column()));
      case Check.Range r -> columns(node, check, List.of(r.column()));
      case Check.Fresh r -> columns(node, check, List.of(r.column()));
      case Check.RowCount _ -> Optional.of(new BoundCheck(check, List.of()));
      case Check.Relationship r -> relationship(node, check, r);
      case Check.Expression _, Check.BadRows _ -> query(node, check, parsed);
    };
  }

  /** An expression that says which rows go; it may look at its own row only. */
  private void bindDelete(Node node, Check expression, Map<String, Parsed> parsed) {
    query(node, expression, parsed)
        .filter(b -> !b.reads().isEmpty())
        .ifPresent(b ->
            problems.error(
                expression.location(),
                "delete_when reads " + b.reads().getFirst() + ", and may only look at its own row",
                "select what it needs as a column"));
  }

  private Optional<BoundCheck> columns(Node node, Check check, List<String> names) {
    boolean good = true;
    for (String name : names) {
      good &= column(node, name, check.location()).isPresent();
    }
    return good ? Optional.of(new BoundCheck(check, List.of())) : Optional.empty();
  }

  private Optional<Column> column(Node node, String name, Location at) {
    Schema schema = Objects.requireNonNull(node.schema);
    Optional<Column> column = schema.column(name);
    if (column.isEmpty()) {
      problems.error(
          at,
          "unknown column \"" + name + "\" in " + node.name,
          Problems.didYouMean(name, schema.names()));
    }
    return column;
  }

  private Optional<BoundCheck> relationship(Node node, Check check, Check.Relationship rule) {
    Optional<Column> column = column(node, rule.column(), check.location());
    Node other = nodes.get(rule.table());
    if (other == null) {
      problems.error(
          check.location(),
          "unknown table \"" + rule.table() + "\"",
          Problems.didYouMean(
              rule.table().toString(), nodes.keySet().stream().map(TableName::toString).toList()));
      return Optional.empty();
    }
    if (other.schema == null
        || column.isEmpty()
        || column(other, rule.referenced(), check.location()).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new BoundCheck(check, other == node ? List.of() : List.of(other.name)));
  }

  private Optional<BoundCheck> query(Node node, Check check, Map<String, Parsed> parsed) {
    String sql = sql(node.name, check.rule()).orElseThrow();
    Parsed result = parsed.get(sql);
    if (result instanceof Mistake mistake) {
      mistake(check, mistake);
      return Optional.empty();
    }
    Query query = (Query) Objects.requireNonNull(result);
    TreeSet<TableName> reads = new TreeSet<>();
    List<Node> inputs = new ArrayList<>();
    for (TableUse use : query.reads()) {
      Node input = use.schema().map(s -> nodes.get(new TableName(s, use.table()))).orElse(null);
      if (input == null) {
        String name = use.schema().map(s -> s + ".").orElse("") + use.table();
        problems.error(
            at(check, use.offset()),
            "unknown table \"" + name + "\"",
            Problems.didYouMean(name, nodes.keySet().stream().map(TableName::toString).toList()));
        return Optional.empty();
      }
      if (input.schema == null) {
        return Optional.empty();
      }
      if (reads.add(input.name)) {
        inputs.add(input);
      }
    }
    inputs.sort(java.util.Comparator.comparing(n -> n.name));
    Bound bound = analysis.bind(sql, query.canonical(), inputs, Map.of());
    switch (bound) {
      case Mistake mistake -> {
        mistake(check, mistake);
        return Optional.empty();
      }
      case Typed typed -> {
        String type = typed.columns().columns().getFirst().type().sql();
        if (check.rule() instanceof Check.Expression && !type.equals("BOOLEAN")) {
          problems.error(
              check.location(),
              (check.name().equals("delete_when") ? "delete_when" : "this check")
                  + " is "
                  + type
                  + ", not true or false",
              "write a comparison, such as " + node.name.table() + " >= 0");
          return Optional.empty();
        }
      }
    }
    reads.remove(node.name);
    return Optional.of(new BoundCheck(check, List.copyOf(reads)));
  }

  private void mistake(Check check, Mistake mistake) {
    problems.error(at(check, mistake.offset()), mistake.message(), mistake.hint());
  }

  /** The place in the file of an offset in the check's query. */
  private static Location at(Check check, int offset) {
    Location start = check.location();
    String own =
        switch (check.rule()) {
          case Check.Expression e -> e.sql();
          case Check.BadRows b -> b.sql();
          default -> "";
        };
    int inside = check.rule() instanceof Check.Expression ? offset - BEFORE.length() : offset;
    if (start.line() == 0 || own.contains("\n")) {
      return start;
    }
    int clipped = Math.clamp(inside, 0, own.length());
    return new Location(
        start.file(), start.line(), start.column() + own.codePointCount(0, clipped));
  }
}
