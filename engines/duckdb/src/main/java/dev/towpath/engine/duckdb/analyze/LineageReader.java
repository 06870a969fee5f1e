package dev.towpath.engine.duckdb.analyze;

import dev.towpath.engine.duckdb.analyze.Relation.Found;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Lineage;
import dev.towpath.spi.Lineage.Input;
import dev.towpath.spi.Lineage.Output;
import dev.towpath.spi.Lineage.Use;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the lineage of one query from its syntax tree.
 *
 * <p>Why this is right: every relation is an upper bound. Its columns depend on nothing but what
 * their values name, its rows on nothing but what {@code rows} names, and each step of a query
 * keeps that true. Where only DuckDB knows what a name means (an expression without a name, the
 * fields of an unknown struct, a function's columns), a name that is looked up means all that it
 * could.
 */
final class LineageReader {
  private final Lineage.Request request;
  private final Functions functions;
  private final List<Input> inputs = new ArrayList<>();
  private final Map<String, Relation> tables = new HashMap<>();
  private final BitSet all = new BitSet();
  private final Expressions expressions;
  private final Queries queries;
  private final Froms froms;
  private final Stars stars;

  LineageReader(Lineage.Request request, Functions functions) {
    this.request = request;
    this.functions = functions;
    this.expressions = new Expressions(this, functions);
    this.queries = new Queries(this);
    this.froms = new Froms(this);
    this.stars = new Stars(expressions);
    new TreeMap<>(request.inputs())
        .forEach((name, schema) -> tables.put(name.identity(), table(name, schema)));
  }

  private Relation table(TableName name, Schema schema) {
    List<Relation.Column> columns = new ArrayList<>();
    for (Column column : schema.columns()) {
      int index = inputs.size();
      inputs.add(new Input(name, column.name()));
      all.set(index);
      columns.add(new Relation.Column(column.name(), typed(Value.column(index), column.type())));
    }
    return Relation.of(columns, Value.NO_BITS);
  }

  /** A struct's fields are parts of its column. */
  private static Value typed(Value column, DataType type) {
    if (!(type instanceof DataType.Struct struct)) {
      return column;
    }
    Map<String, Value> fields = new LinkedHashMap<>();
    Value part = column.derived();
    struct.members().forEach(m -> fields.put(m.name(), typed(part, m.type())));
    return column.withFields(fields);
  }

  Expressions expressions() {
    return expressions;
  }

  Queries queries() {
    return queries;
  }

  Froms froms() {
    return froms;
  }

  Stars stars() {
    return stars;
  }

  Functions functions() {
    return functions;
  }

  /** A table of the project. */
  Relation table(String schema, String name) {
    Relation known = tables.get(new TableName(schema, name).identity());
    return known == null ? Relation.unknown(everything()) : known;
  }

  /** What depends on who knows what. */
  Value everything() {
    return Value.madeOf(all);
  }

  /** Reads the tree of the query. */
  Lineage read(Json statement) {
    Relation result = queries.query(statement.get("node"), null, null);
    List<Output> columns = new ArrayList<>();
    List<String> names = request.columns();
    if (names.isEmpty()) {
      result.columns().forEach(c -> columns.add(output(c.name(), c.value())));
      if (result.rest() != null) {
        columns.add(output("", result.rest()));
      }
    }
    boolean inOrder = result.exact() && result.columns().size() == names.size();
    for (int i = 0; i < names.size(); i++) {
      Found found = inOrder ? new Found(result.at(i), true) : result.find(names.get(i));
      columns.add(output(names.get(i), found == null ? everything() : found.value()));
    }
    return new Lineage(columns, inputs(result.rows()));
  }

  private Output output(String name, Value value) {
    Map<Input, Use> from = new LinkedHashMap<>();
    BitSet computed = value.made();
    value.same().stream()
        .filter(i -> !computed.get(i))
        .forEach(i -> from.put(inputs.get(i), Use.RENAMED));
    computed.stream().forEach(i -> from.put(inputs.get(i), Use.DERIVED));
    value.rows().stream().forEach(i -> from.putIfAbsent(inputs.get(i), Use.FILTER));
    return new Output(name, from);
  }

  private Set<Input> inputs(BitSet bits) {
    Set<Input> named = new LinkedHashSet<>();
    bits.stream().forEach(i -> named.add(inputs.get(i)));
    return named;
  }

  static List<String> texts(Json list) {
    return list.elements().stream().map(Origins::text).toList();
  }
}
