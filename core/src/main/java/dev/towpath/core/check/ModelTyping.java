package dev.towpath.core.check;

import dev.towpath.core.graph.Hash;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.ColumnDeclaration;
import dev.towpath.core.project.Model;
import dev.towpath.core.project.Project;
import dev.towpath.core.project.Variable;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Location;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SqlAnalyzer.Bound;
import dev.towpath.spi.SqlAnalyzer.Mistake;
import dev.towpath.spi.SqlAnalyzer.Query;
import dev.towpath.spi.SqlAnalyzer.Typed;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Types all models, each once its inputs are typed, as many at a time as the pool has threads. A
 * model whose inputs failed is passed over, unless their contracts say what they would be.
 */
final class ModelTyping {
  private final Project project;
  private final Analysis analysis;
  private final Map<TableName, Node> nodes;
  private final Problems problems;
  private final ExecutorService pool;
  private final ModelRules rules;
  private final History history;
  private final PythonTyping python;
  private final Set<String> macroNames;

  private final Map<Node, List<Node>> readers = new HashMap<>();
  private final Map<Node, AtomicInteger> waiting = new HashMap<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  ModelTyping(
      Project project,
      Analysis analysis,
      Map<TableName, Node> nodes,
      Problems problems,
      ExecutorService pool) {
    this.project = project;
    this.analysis = analysis;
    this.nodes = nodes;
    this.problems = problems;
    this.pool = pool;
    this.rules = new ModelRules(problems, nodes, new Functions(project.macros()));
    this.history = new History(problems, new Functions(project.macros()));
    this.python = new PythonTyping(project, nodes, problems, rules, history);
    this.macroNames =
        project.macros().stream()
            .flatMap(m -> Macros.statements(m).stream())
            .flatMap(s -> Macros.names(s).stream())
            .collect(java.util.stream.Collectors.toSet());
  }

  void run() {
    List<Node> models = nodes.values().stream().filter(Node::isResolved).toList();
    CountDownLatch left = new CountDownLatch(models.size());
    List<Node> ready = new ArrayList<>();
    for (Node node : models) {
      int inputs = 0;
      for (TableName read : node.reads) {
        Node input = Objects.requireNonNull(nodes.get(read));
        if (input.isResolved()) {
          readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(node);
          inputs++;
        }
      }
      waiting.put(node, new AtomicInteger(inputs));
      if (inputs == 0) {
        ready.add(node);
      }
    }
    ready.forEach(node -> start(node, left));
    try {
      left.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.towpath.spi.CancelledException();
    }
    Throwable failure = failures.peek();
    if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
  }

  private void start(Node node, CountDownLatch left) {
    pool.execute(() -> {
      try {
        type(node);
      } catch (RuntimeException | Error e) {
        failures.add(e);
      } finally {
        for (Node reader : readers.getOrDefault(node, List.of())) {
          if (Objects.requireNonNull(waiting.get(reader)).decrementAndGet() == 0) {
            start(reader, left);
          }
        }
        left.countDown();
      }
    });
  }

  private void type(Node node) {
    if (node.python != null) {
      python.type(node);
      return;
    }
    Model model = (Model) node.declared;
    Query query = Objects.requireNonNull(node.query);
    List<Node> inputs = node.reads.stream().map(nodes::get).map(Objects::requireNonNull).toList();
    if (!rules.parameters(model, query, project.vars().keySet())
        || inputs.stream().anyMatch(i -> i.schema == null)) {
      node.schema = contracted(model);
      return;
    }
    Bound bound = analysis.bind(model.text(), query.canonical(), inputs, known(query));
    switch (bound) {
      case Mistake mistake -> {
        problems.mistake(model.file(), model.text(), mistake);
        node.schema = contracted(model);
      }
      case Typed result -> accept(node, model, query, inputs, result);
    }
  }

  private void accept(Node node, Model model, Query query, List<Node> inputs, Typed result) {
    node.schema = History.columns(model, result.columns(), problems);
    node.parameters = result.parameters();
    node.timeDependent =
        rules.functions(model, query)
            || inputs.stream().anyMatch(i -> i.isView() && i.timeDependent);
    rules.drivers(node, query, inputs);
    rules.storable(node, model);
    rules.time(node, model, query);
    rules.columns(node, model);
    node.driver = history.driver(node, model, inputs, query);
    Contract.model(node, model, problems);
    node.fingerprint = fingerprint(node, model, query, inputs);
  }

  /** Types that are known before binding: those of project variables. */
  private Map<String, DataType> known(Query query) {
    Map<String, DataType> known = new HashMap<>();
    for (String name : query.parameters()) {
      Variable variable = project.vars().get(name);
      if (variable != null) {
        known.put(name, variable.type());
      }
    }
    return known;
  }

  /** What a failed model would be by its contract, so that its readers are checked all the same. */
  static @Nullable Schema contracted(Model model) {
    if (!model.contract() || model.columns().stream().anyMatch(c -> c.type().isEmpty())) {
      return null;
    }
    List<Column> columns = new ArrayList<>();
    for (ColumnDeclaration column : model.columns()) {
      columns.add(new Column(column.name(), column.type().orElseThrow()));
    }
    return new Schema(columns);
  }

  private String fingerprint(Node node, Model model, Query query, List<Node> inputs) {
    Hash hash = new Hash().add("1").add(model.kind().name()).add(query.canonical());
    new TreeMap<>(node.parameters)
        .forEach((name, type) -> {
          Variable variable = project.vars().get(name);
          hash.add(name).add(type.sql()).add(variable == null ? "" : variable.text());
        });
    if (query.functions().stream().anyMatch(macroNames::contains)) {
      hash.add("macros").add(analysis.macrosHash());
    }
    options(hash, model, inputs);
    hash.add(node.schemaHash());
    return hash.hex();
  }

  /**
   * Adds what a header says that makes other tables or files, and the views that are seen through.
   */
  static void options(Hash hash, Model model, List<Node> inputs) {
    model
        .time()
        .ifPresent(t ->
            hash.add(t.column())
                .add(t.grain().name())
                .add(t.zone().getId())
                .add(t.start().map(Object::toString).orElse("")));
    if (model.kind() == Model.Kind.MERGE || model.kind() == Model.Kind.SCD2) {
      model.key().forEach(k -> hash.add("key").add(k)); // elsewhere it is a check
    }
    model
        .changes()
        .deleteWhen()
        .ifPresent(c -> hash.add("delete").add(((Check.Expression) c.rule()).sql()));
    model.changes().updatedAt().ifPresent(c -> hash.add("updated").add(c));
    model.changes().batch().ifPresent(b -> hash.add("batch").add(b.name()));
    if (model.changes().closeDeleted()) {
      hash.add("close");
    }
    model.partitionBy().forEach(p -> hash.add("partition").add(p.name()));
    model.sortBy().forEach(s -> hash.add("sort").add(s.toString()));
    for (Node input : inputs) {
      if (input.isView()) {
        hash.add(input.name.identity()).add(input.fingerprint);
      }
    }
  }

  /** The place of a model's first line, for problems that concern the whole of it. */
  static Location top(Model model) {
    return new Location(model.file(), 1, 1);
  }
}
