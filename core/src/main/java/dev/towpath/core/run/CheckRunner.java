package dev.towpath.core.run;

import dev.towpath.core.graph.Asset;
import dev.towpath.core.interval.Intervals;
import dev.towpath.core.interval.TimeValues;
import dev.towpath.core.project.Check;
import dev.towpath.core.project.Model;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.EngineSession;
import dev.towpath.spi.Names;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TowpathException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs checks on data: all row-wise ones of a table in one pass over it, the others one by one. */
public final class CheckRunner {
  private static final int SAMPLE = 5;
  private static final Rows NO_ROWS = new Rows(new Schema(List.of()), List.of());

  private final EngineSession session;
  private final Instant logicalTime;

  /** Checks over what a session exposes. */
  public CheckRunner(EngineSession session, Instant logicalTime) {
    this.session = session;
    this.logicalTime = logicalTime;
  }

  /**
   * Runs checks of one table.
   *
   * @param touched row-wise checks look only at rows of these times, when the table is incremental
   */
  public List<CheckOutcome> run(Asset asset, List<Check> checks, Optional<Intervals> touched) {
    List<Check> perRow = new ArrayList<>();
    List<CheckOutcome> outcomes = new ArrayList<>();
    for (Check check : checks) {
      switch (check.rule()) {
        case Check.NotNull _, Check.Accepted _, Check.Range _, Check.Expression _ ->
            perRow.add(check);
        case Check.RowCount rule ->
            outcomes.add(guard(asset, check, () -> count(asset, check, rule)));
        case Check.Fresh rule -> outcomes.add(guard(asset, check, () -> fresh(asset, check, rule)));
        case Check.Unique _, Check.Relationship _, Check.BadRows _ ->
            outcomes.add(guard(asset, check, () -> badRows(asset, check)));
      }
    }
    if (!perRow.isEmpty()) {
      outcomes.addAll(rowWise(asset, perRow, scope(asset, touched)));
    }
    return outcomes;
  }

  /** A check that cannot run has not passed; its message says why. */
  private static CheckOutcome guard(
      Asset asset, Check check, java.util.function.Supplier<CheckOutcome> run) {
    try {
      return run.get();
    } catch (dev.towpath.spi.SqlException e) {
      return new CheckOutcome(
          asset.name(), check, false, -1, NO_ROWS, "could not run: " + e.getMessage());
    }
  }

  private List<CheckOutcome> rowWise(Asset asset, List<Check> checks, String scope) {
    List<String> counts = new ArrayList<>();
    for (Check check : checks) {
      String bad = CheckSql.badRow(check.rule(), asset.columns()).orElseThrow();
      counts.add("count(*) FILTER (WHERE " + bad + ")");
    }
    String from = " FROM " + asset.name().quoted() + " WHERE " + scope;
    try {
      Rows rows = session.query(Statement.of("SELECT " + String.join(", ", counts) + from), 1);
      List<CheckOutcome> outcomes = new ArrayList<>();
      for (int i = 0; i < checks.size(); i++) {
        outcomes.add(
            rowOutcome(asset, checks.get(i), Staging.number(rows.rows().getFirst().get(i)), scope));
      }
      return outcomes;
    } catch (dev.towpath.spi.SqlException e) {
      if (checks.size() == 1) {
        return List.of(
            new CheckOutcome(
                asset.name(),
                checks.getFirst(),
                false,
                -1,
                NO_ROWS,
                "could not run: " + e.getMessage()));
      }
      List<CheckOutcome> outcomes = new ArrayList<>(); // find out which of them it was
      checks.forEach(c -> outcomes.addAll(rowWise(asset, List.of(c), scope)));
      return outcomes;
    }
  }

  private CheckOutcome rowOutcome(Asset asset, Check check, long failures, String scope) {
    if (failures == 0) {
      return passed(asset, check);
    }
    String bad = CheckSql.badRow(check.rule(), asset.columns()).orElseThrow();
    Rows sample =
        session.query(
            Statement.of(
                "SELECT * FROM " + asset.name().quoted() + " WHERE (" + bad + ") AND " + scope),
            SAMPLE);
    return new CheckOutcome(asset.name(), check, false, failures, sample, rows(failures));
  }

  private CheckOutcome badRows(Asset asset, Check check) {
    String sql = CheckSql.badRows(check.rule(), asset.name());
    Rows sample = session.query(Statement.of(sql), SAMPLE);
    if (sample.rows().isEmpty()) {
      return passed(asset, check);
    }
    Rows counted = session.query(Statement.of("SELECT count(*) FROM (" + sql + "\n)"), 1);
    long failures = Staging.number(counted.rows().getFirst().getFirst());
    String message =
        check.rule() instanceof Check.Unique
            ? failures + (failures == 1 ? " value appears" : " values appear") + " more than once"
            : rows(failures);
    return new CheckOutcome(asset.name(), check, false, failures, sample, message);
  }

  private CheckOutcome count(Asset asset, Check check, Check.RowCount rule) {
    Rows rows =
        session.query(Statement.of("SELECT count(*) AS \"rows\" FROM " + asset.name().quoted()), 1);
    long count = Staging.number(rows.rows().getFirst().getFirst());
    boolean low = rule.low().filter(l -> count < l).isPresent();
    boolean high = rule.high().filter(h -> count > h).isPresent();
    if (!low && !high) {
      return passed(asset, check);
    }
    String wanted = low ? "at least " + rule.low().get() : "at most " + rule.high().orElseThrow();
    return new CheckOutcome(
        asset.name(),
        check,
        false,
        1,
        NO_ROWS,
        (count == 1 ? "1 row" : count + " rows") + ", should be " + wanted);
  }

  private CheckOutcome fresh(Asset asset, Check check, Check.Fresh rule) {
    DataType type = asset.columns().column(rule.column()).map(Column::type).orElseThrow();
    String limit = TimeValues.text(logicalTime.minus(rule.age()), type, java.time.ZoneOffset.UTC);
    String max = "max(" + Names.quote(rule.column()) + ")";
    Rows rows =
        session.query(
            Statement.of(
                "SELECT "
                    + max
                    + " AS newest, coalesce("
                    + max
                    + " >= CAST("
                    + Names.literal(limit)
                    + " AS "
                    + type.sql()
                    + "), false) AS fresh FROM "
                    + asset.name().quoted()),
            1);
    boolean fresh = String.valueOf(rows.rows().getFirst().get(1)).equals("true");
    return fresh
        ? passed(asset, check)
        : new CheckOutcome(
            asset.name(),
            check,
            false,
            1,
            NO_ROWS,
            "newest is " + rows.rows().getFirst().getFirst() + ", should be after " + limit);
  }

  private static CheckOutcome passed(Asset asset, Check check) {
    return new CheckOutcome(asset.name(), check, true, 0, NO_ROWS, "");
  }

  private static String rows(long failures) {
    return failures == 1 ? "1 row fails" : failures + " rows fail";
  }

  private static String scope(Asset asset, Optional<Intervals> touched) {
    if (touched.isEmpty()
        || !(asset.definition() instanceof Asset.FromModel definition)
        || definition.model().time().isEmpty()) {
      return "true";
    }
    Model.Time time = definition.model().time().get();
    Column column = asset.columns().column(time.column()).orElseThrow();
    String name = Names.quote(column.name());
    return touched.get().ranges().stream()
        .map(r ->
            name
                + " >= "
                + bound(r.start(), column.type(), time)
                + " AND "
                + name
                + " < "
                + bound(r.end(), column.type(), time))
        .collect(
            Collectors.collectingAndThen(
                Collectors.toList(), l -> l.isEmpty() ? "false" : "(" + CheckSql.any(l) + ")"));
  }

  private static String bound(Instant instant, DataType type, Model.Time time) {
    return "CAST("
        + Names.literal(TimeValues.text(instant, type, time.zone()))
        + " AS "
        + type.sql()
        + ")";
  }

  /** The failure of a check as the exception that ends a task. */
  static TowpathException failure(List<CheckOutcome> stopping) {
    return new TowpathException(
        stopping.stream()
            .map(o ->
                dev.towpath.spi.Problem.error(
                    o.check().location(),
                    "check " + o.check().name() + " failed on " + o.table() + ": " + o.message()))
            .toList());
  }
}
