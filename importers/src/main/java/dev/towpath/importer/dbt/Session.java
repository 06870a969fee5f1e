package dev.towpath.importer.dbt;

import dev.towpath.importer.jinja.Arguments;
import dev.towpath.importer.jinja.Expression;
import dev.towpath.importer.jinja.Interpreter;
import dev.towpath.importer.jinja.Listener;
import dev.towpath.importer.jinja.Node;
import dev.towpath.importer.jinja.Scope;
import dev.towpath.spi.Location;
import dev.towpath.spi.TableName;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** One rendering of one resource, and what was seen on the way. */
final class Session implements Listener {
  /** How blocks that ask {@code is_incremental()} are rendered. */
  enum Mode {
    /** As in a first run of dbt. */
    FULL,
    /** As intervals of time, where that can be said. */
    INTERVALS
  }

  private final Resource resource;
  private final Mode mode;
  private final boolean execute;
  private final Scope scope;
  private final Map<String, Object> config = new LinkedHashMap<>();
  private final Set<TableName> reads = new LinkedHashSet<>();
  private final Map<String, Location> fixed = new LinkedHashMap<>();
  private final Map<String, Object> marked = new LinkedHashMap<>();
  private final Map<String, Location> told = new LinkedHashMap<>();
  private final IncrementalFilter filter;
  private String text = "";
  private boolean firstUse;

  Session(Resource resource, Mode mode, boolean execute, Scope scope) {
    this.resource = resource;
    this.mode = mode;
    this.execute = execute;
    this.scope = scope;
    this.filter = new IncrementalFilter();
  }

  Resource resource() {
    return resource;
  }

  Mode mode() {
    return mode;
  }

  boolean execute() {
    return execute;
  }

  Scope scope() {
    return scope;
  }

  /** What {@code config(...)} said. */
  Map<String, Object> config() {
    return config;
  }

  /** The tables that it refers to, in order. */
  Set<TableName> reads() {
    return reads;
  }

  /** Variables whose value was used, and is fixed in what was rendered. */
  Map<String, Location> fixed() {
    return fixed;
  }

  /** Variables that stand in the text as marks. */
  Map<String, Object> marked() {
    return marked;
  }

  /** What else a person should know, and where. */
  Map<String, Location> told() {
    return told;
  }

  void tell(String what, Location at) {
    told.putIfAbsent(what, at);
  }

  IncrementalFilter filter() {
    return filter;
  }

  /** Renders the resource's body. */
  String render() {
    return new Interpreter(resource.template().orElseThrow(), scope, this).render(resource.body());
  }

  /** Keeps what was rendered. */
  void text(String rendered) {
    text = rendered;
  }

  /** What was rendered, with marks in it. */
  String text() {
    return text;
  }

  /** Notes that a variable's value is used. */
  Object use(Vars vars, Arguments arguments) {
    Object value = vars.get(arguments);
    firstUse = fixed.putIfAbsent(arguments.text(0, "var_name"), arguments.at()) == null;
    return value;
  }

  @Override
  public Optional<String> output(Expression value, Object result, Location at) {
    if (value.isCallOf("var")
        && value instanceof Expression.Call call
        && !call.passed().positional().isEmpty()
        && call.passed().positional().getFirst() instanceof Expression.Literal literal
        && literal.value() instanceof String name
        && Vars.canStay(name, result)
        && (!marked.containsKey(name) || result.equals(marked.get(name)))) {
      marked.put(name, result);
      if (firstUse) {
        fixed.remove(name); // it stays a variable here
      }
      return Optional.of(Parameters.mark(name));
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> branch(Node.If block, Supplier<String> body, Location at) {
    Optional<Expression> test = block.branches().getFirst().test();
    if (mode == Mode.FULL || test.filter(t -> t.isCallOf("is_incremental")).isEmpty()) {
      return Optional.empty();
    }
    if (block.branches().size() > 1) {
      filter.give("it has an else");
      return Optional.of("");
    }
    return Optional.of(filter.translate(body.get()));
  }

  @Override
  public boolean keepsComments() {
    return true;
  }
}
