package dev.towpath.source.sql;

import dev.towpath.source.jdbc.Access;
import dev.towpath.source.jdbc.Dialect;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Names;
import dev.towpath.spi.SqlPlace;
import dev.towpath.spi.TowpathException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A database server, in which a script is one transaction. */
final class Transaction implements SqlPlace {
  private static final long GRACE_SECONDS = 5;

  private final Dialect dialect;
  private final Access access;
  private final boolean postgres;

  Transaction(Dialect dialect, Access access) {
    this.dialect = dialect;
    this.access = access;
    this.postgres = dialect.type().equals("postgres");
  }

  @Override
  public Answer run(String sql, Map<String, Object> values) {
    List<Script.Part> parts = Script.parts(sql, postgres);
    if (parts.isEmpty()) {
      throw new TowpathException("there is no statement in it", "write one");
    }
    parts.forEach(part -> part.names().forEach(name -> value(name, values)));
    AtomicReference<@Nullable Statement> current = new AtomicReference<>();
    CompletableFuture<Answer> end = new CompletableFuture<>();
    // Drivers do not listen to interruptions; whoever waits here does, and has the server cancel.
    Thread.ofVirtual()
        .name("sql-job")
        .start(() -> {
          try {
            end.complete(work(parts, values, current));
          } catch (RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new TowpathException("it failed: " + e.getCause(), null, e);
    } catch (InterruptedException e) {
      cancel(current, end);
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
  }

  private static void cancel(
      AtomicReference<@Nullable Statement> current, CompletableFuture<Answer> end) {
    try {
      Statement statement = current.get();
      if (statement != null) {
        statement.cancel();
      }
      end.get(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (SQLException | ExecutionException | TimeoutException | InterruptedException _) {
      return; // it is over, or ends when the server notices; nothing of it is committed by us
    }
  }

  private Answer work(
      List<Script.Part> parts,
      Map<String, Object> values,
      AtomicReference<@Nullable Statement> current) {
    int number = 0;
    try (Connection connection = dialect.connect(access)) {
      connection.setAutoCommit(false);
      Results results = new Results();
      for (Script.Part part : parts) {
        number++;
        try (PreparedStatement statement = connection.prepareStatement(part.text())) {
          current.set(statement);
          for (int i = 0; i < part.names().size(); i++) {
            bind(statement, i + 1, value(part.names().get(i), values));
          }
          results.take(statement, statement.execute());
        } finally {
          current.set(null);
        }
      }
      number = 0;
      connection.commit();
      return results.answer(parts.size());
    } catch (SQLException e) {
      throw failure(e, parts, number);
    }
  }

  private TowpathException failure(SQLException e, List<Script.Part> parts, int number) {
    Dialect.Told told = dialect.told(e);
    String which =
        number == 0 || parts.size() == 1
            ? ""
            : "statement " + number + " (line " + parts.get(number - 1).line() + "): ";
    return new TowpathException(
        access.redacted(dialect.name() + " at " + access.place() + ": " + which + told.message()),
        access.redacted(told.hint()),
        e);
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

  private void bind(PreparedStatement statement, int index, Object value) throws SQLException {
    switch (value) {
      case Optional<?> _ -> statement.setNull(index, Types.NULL);
      case Instant moment when postgres ->
          statement.setObject(index, moment.atOffset(ZoneOffset.UTC));
      case Instant moment ->
          statement.setObject(index, LocalDateTime.ofInstant(moment, ZoneOffset.UTC));
      // of the type that the statement needs there: a date given as text is a date
      case String text when postgres -> statement.setObject(index, text, Types.OTHER);
      case Boolean _, Long _, Integer _, Double _, BigDecimal _, String _ ->
          statement.setObject(index, value);
      default -> statement.setString(index, value.toString());
    }
  }

  /** What statements gave so far. */
  private static final class Results {
    private long changed;
    private List<String> columns = List.of();
    private List<List<@Nullable Object>> rows = List.of();
    private boolean more;

    void take(PreparedStatement statement, boolean hasRows) throws SQLException {
      if (!hasRows) {
        changed += Math.max(0, statement.getUpdateCount());
        return;
      }
      try (ResultSet result = statement.getResultSet()) {
        ResultSetMetaData about = result.getMetaData();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= about.getColumnCount(); i++) {
          names.add(about.getColumnLabel(i));
        }
        List<List<@Nullable Object>> found = new ArrayList<>();
        boolean rest = false;
        while (!rest && result.next()) {
          rest = found.size() == MOST_ROWS;
          if (!rest) {
            found.add(row(result, names.size()));
          }
        }
        columns = names;
        rows = found;
        more = rest;
      }
    }

    private static List<@Nullable Object> row(ResultSet result, int width) throws SQLException {
      List<@Nullable Object> row = new ArrayList<>(width);
      for (int i = 1; i <= width; i++) {
        row.add(
            switch (result.getObject(i)) {
              case null -> null;
              case Boolean flag -> flag;
              case BigDecimal number -> number;
              case BigInteger number -> new BigDecimal(number);
              case Double number -> number;
              case Float number -> (double) number;
              case Number number -> number.longValue();
              default -> result.getString(i);
            });
      }
      return row;
    }

    Answer answer(int statements) {
      return new Answer(statements, changed, columns, rows, more);
    }
  }
}
