package dev.towpath.engine.duckdb.session;

import dev.towpath.engine.duckdb.session.Connections.Job;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Rows;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a caller's SELECT within one of ours. */
final class Queries {
  private Queries() {}

  /**
   * A statement around a caller's one.
   *
   * @param sql all of it
   * @param start where the caller's text starts
   */
  record Wrapped(BoundSql caller, String sql, int start) {
    static Wrapped of(BoundSql caller, String before, String after) {
      return new Wrapped(caller, before + caller.sql() + after, before.length());
    }

    /** Runs it; errors are told at their place in the caller's text. */
    <T> T run(Job job, Result<T> result) {
      try (PreparedStatement statement = job.prepare(sql)) {
        caller.bind(job.connection(), statement);
        try (ResultSet rows = statement.executeQuery()) {
          return result.of(rows);
        }
      } catch (SQLException e) {
        throw Failures.of(e, caller, sql, start);
      }
    }

    /** Runs it for its effect. */
    void execute(Job job) {
      try (PreparedStatement statement = job.prepare(sql)) {
        caller.bind(job.connection(), statement);
        statement.execute();
      } catch (SQLException e) {
        throw Failures.of(e, caller, sql, start);
      }
    }
  }

  /** Takes what is needed out of a result. */
  @FunctionalInterface
  interface Result<T> {
    T of(ResultSet rows) throws SQLException;
  }

  /** Names and types of a query's result. */
  static Schema describe(Job job, Statement query) {
    // DESCRIBE takes no parameters, and prepared statements do not tell the values of an ENUM.
    BoundSql literals = BoundSql.literals(query);
    return Wrapped.of(literals, "DESCRIBE SELECT * FROM (", "\n)").run(job, Queries::described);
  }

  /** The schema that a DESCRIBE returns. */
  static Schema described(ResultSet rows) throws SQLException {
    List<Column> columns = new ArrayList<>();
    while (rows.next()) {
      columns.add(new Column(rows.getString(1), DataType.parse(rows.getString(2))));
    }
    return new Schema(columns);
  }

  /** The first rows of a query's result. */
  static Rows query(Job job, Statement query, int limit) {
    return Wrapped.of(BoundSql.of(query), "SELECT * FROM (", "\n) LIMIT " + limit)
        .run(
            job,
            rows -> {
              Schema schema = schema(rows.getMetaData(), job, query);
              List<List<@Nullable Object>> out = new ArrayList<>();
              while (rows.next()) {
                List<@Nullable Object> row = new ArrayList<>(schema.columns().size());
                for (int i = 0; i < schema.columns().size(); i++) {
                  row.add(Values.read(rows, i + 1, schema.columns().get(i).type()));
                }
                out.add(row);
              }
              return new Rows(schema, out);
            });
  }

  private static Schema schema(ResultSetMetaData result, Job job, Statement query)
      throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= result.getColumnCount(); i++) {
      String type = result.getColumnTypeName(i);
      if (type.equals("ENUM")) {
        return describe(job, query);
      }
      columns.add(new Column(result.getColumnName(i), DataType.parse(type)));
    }
    return new Schema(columns);
  }
}
