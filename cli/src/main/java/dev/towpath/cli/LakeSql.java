package dev.towpath.cli;

import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.query.Gate;
import dev.towpath.core.query.QueryText;
import dev.towpath.core.store.LakeView;
import dev.towpath.core.store.MetadataStore;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.JobRunner;
import dev.towpath.spi.Names;
import dev.towpath.spi.Problem;
import dev.towpath.spi.Rows;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.SqlPlace;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The current release, as a job asks it: by one SELECT, through the same gate as {@code towpath
 * query}. What it opens is closed with the answer, since a sensor asks again and again.
 */
final class LakeSql implements SqlPlace {
  private final Supplier<Platform> opening;
  private final JobRunner.Job job;

  /**
   * A place for the SQL under a job's key {@code sql}.
   *
   * @param opening opens a platform of its own for each answer
   */
  LakeSql(Supplier<Platform> opening, JobRunner.Job job) {
    this.opening = opening;
    this.job = job;
  }

  @Override
  public Answer run(String sql, Map<String, Object> values) {
    try (Platform platform = opening.get()) {
      return answer(platform, new QueryText(job.file(), sql), values);
    } catch (TowpathException e) {
      throw e.problems().isEmpty()
          ? e
          : new TowpathException(e.problems().stream().map(this::placed).toList());
    }
  }

  private Problem placed(Problem problem) {
    return problem.location().file().equals(job.file())
        ? new Problem(
            problem.severity(),
            job.at("sql", problem.location().line(), problem.location().column()),
            problem.message(),
            problem.hint())
        : problem;
  }

  private static Answer answer(Platform platform, QueryText query, Map<String, Object> values) {
    Map<String, Object> given = new HashMap<>();
    platform
        .project()
        .vars()
        .forEach((name, v) -> given.put(name, new Statement.Bound(v.text(), v.type())));
    given.putAll(values);
    MetadataStore store = platform.store();
    String environment = platform.environment().name();
    long number = store.head(environment).number();
    try (MetadataStore.Hold _ = store.read(environment, number);
        EngineSession session = platform.session(RunWork.logicalTime(platform))) {
      LakeView view = store.view(environment, number);
      Gate.Found found = platform.look(view, query, types(given));
      Map<String, Object> bound = new HashMap<>();
      found.parameters().forEach((name, type) -> bound.put(name, bound(value(name, given), type)));
      new Reading(platform, view, session).expose(found.reads()::contains);
      return answer(session.query(new Statement(query.sql(), bound), MOST_ROWS + 1));
    } catch (SqlException e) {
      throw query.located(e);
    }
  }

  private static Map<String, DataType> types(Map<String, Object> values) {
    Map<String, DataType> types = new HashMap<>();
    values.forEach((name, value) -> {
      if (value instanceof Statement.Bound bound) {
        types.put(name, bound.type());
      }
    });
    return types;
  }

  private static Object value(String name, Map<String, Object> values) {
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        return entry.getValue();
      }
    }
    throw new TowpathException(
        "parameter $" + name + " has no value",
        Names.nearest(name, values.keySet())
            .map(near -> "did you mean $" + near + "?")
            .orElse("give it one under params:"));
  }

  /** A value of the type that the query uses it as. */
  private static Object bound(Object value, DataType type) {
    return switch (value) {
      case Statement.Bound bound -> bound;
      case Optional<?> none -> none;
      case Instant moment ->
          new Statement.Bound(TimeValues.text(moment, type, ZoneOffset.UTC), type);
      case BigDecimal number -> new Statement.Bound(number.toPlainString(), type);
      default -> new Statement.Bound(value.toString(), type);
    };
  }

  private static Answer answer(Rows rows) {
    boolean more = rows.rows().size() > MOST_ROWS;
    List<List<@Nullable Object>> shown = new ArrayList<>();
    for (List<@Nullable Object> row :
        rows.rows().subList(0, Math.min(MOST_ROWS, rows.rows().size()))) {
      List<@Nullable Object> plain = new ArrayList<>();
      row.forEach(value -> plain.add(plain(value)));
      shown.add(plain);
    }
    return new Answer(1, 0, rows.schema().names(), shown, more);
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Boolean flag -> flag;
      case Double number -> number;
      case Float number -> (double) number;
      case BigDecimal number -> number;
      case java.math.BigInteger number -> new BigDecimal(number);
      case Number number -> number.longValue();
      default -> value.toString();
    };
  }
}
