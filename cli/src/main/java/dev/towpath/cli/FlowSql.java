package dev.towpath.cli;

import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.project.Flow;
import dev.towpath.core.project.Job;
import dev.towpath.core.project.Parameter;
import dev.towpath.core.project.Variable;
import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.store.JsonText;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Rows;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The SQL of a job's {@code when:} and {@code for_each:}, over what is published now. */
final class FlowSql {
  private final Platform platform;
  private final Flow flow;
  private final Map<String, Object> values;

  /**
   * SQL in a run of a flow.
   *
   * @param values that it may use as {@code $name}; the project's variables come on top
   */
  FlowSql(Platform platform, Flow flow, Map<String, Object> values) {
    this.platform = platform;
    this.flow = flow;
    this.values = values;
  }

  /** Whether an expression is true; not when it is false or NULL. */
  boolean isTrue(Job.Sql expression) {
    Rows rows = rows("when", "SELECT (" + expression.text() + "\n)", expression, 1);
    return !rows.rows().isEmpty() && Boolean.TRUE.equals(rows.rows().getFirst().getFirst());
  }

  /**
   * The rows of a query, as JSON objects.
   *
   * @throws TowpathException when there are more than that
   */
  List<String> items(Job.Sql query, int most) {
    Rows rows = rows("for_each", query.text(), query, most + 1);
    if (rows.rows().size() > most) {
      throw new TowpathException(
          "for_each: has more than " + most + " rows",
          "select fewer, or raise for_each_limit: (10000 at most)");
    }
    return Results.objects(rows).stream().map(JsonText::write).toList();
  }

  private Rows rows(String key, String sql, Job.Sql written, int most) {
    QueryText query = new QueryText(key, sql);
    MetadataStore store = platform.store();
    String environment = platform.environment().name();
    long number = store.head(environment).number();
    try (MetadataStore.Hold _ = store.read(environment, number);
        Platform own = platform.at(platform.project()); // frees the session's files at once
        EngineSession session = own.session(RunWork.logicalTime(platform))) {
      LakeView view = store.view(environment, number);
      Gate.Found found = platform.look(view, query, types());
      new Reading(platform, view, session).expose(found.reads()::contains);
      return session.query(new Statement(sql, bound(found.parameters())), most);
    } catch (SqlException e) {
      throw new TowpathException(
          written.location() + ": " + key + ": " + e.getMessage(), e.hint().orElse(null), e);
    }
  }

  private Map<String, DataType> types() {
    Map<String, DataType> types = new HashMap<>();
    platform.project().vars().forEach((name, variable) -> types.put(name, variable.type()));
    for (Parameter parameter : flow.parameters()) {
      types.put(
          parameter.name(),
          parameter.list() ? new DataType.ListOf(parameter.type()) : parameter.type());
    }
    return types;
  }

  private Map<String, Object> bound(Map<String, DataType> used) {
    Map<String, Object> bound = new HashMap<>();
    used.forEach((name, type) -> bound.put(name, bound(name, type)));
    return bound;
  }

  private Object bound(String name, DataType type) {
    Object value = values.get(name);
    if (value == null) {
      Variable variable = platform.project().vars().get(name);
      return variable == null
          ? Optional.empty()
          : new Statement.Bound(variable.text(), variable.type());
    }
    return switch (value) {
      case Instant instant ->
          new Statement.Bound(TimeValues.text(instant, time(type), flow.zone()), time(type));
      case List<?> list -> list;
      default -> new Statement.Bound(value.toString(), type);
    };
  }

  /** A moment that nothing is compared with stays one. */
  private static DataType time(DataType type) {
    return type.sql().equals("VARCHAR") ? new DataType.Simple("TIMESTAMP WITH TIME ZONE") : type;
  }
}
