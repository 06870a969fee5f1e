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
import org.jspecify.annotations.Nullable;

/** A database server, in which a script is one transaction. */
final class Transaction implements SqlPlace {
  private static final long GRACE_SECONDS = 5;
  private static final long AGAIN_MILLIS = 200;
  private static final long COMMIT_SECONDS = 20;

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
    Course course = new Course();
    CompletableFuture<Answer> end = new CompletableFuture<>();
    // Drivers do not listen to interruptions; whoever waits here does, and has the server cancel.
    Thread.ofVirtual()
        .name("sql-job")
        .start(() -> {
          try {
            end.complete(work(parts, values, course));
          } catch (RuntimeException | Error e) {
            end.completeExceptionally(e);
          }
        });
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw failed(e);
    } catch (InterruptedException e) {
      if (!course.stop()) {
        return committed(course, end); // too late: then what it did counts
      }
      cancel(course, end);
      Thread.currentThread().interrupt();
      throw new CancelledException(e);
    }
  }

  private static RuntimeException failed(ExecutionException e) {
    return e.getCause() instanceof RuntimeException failure
        ? failure
        : new TowpathException("it failed: " + e.getCause(), null, e);
  }

  /** What came of a commit that was under way when somebody asked for the end. */
  private Answer committed(Course course, CompletableFuture<Answer> end) {
    Optional<Answer> answer = waited(end, COMMIT_SECONDS);
    if (answer.isPresent()) {
      return answer.get();
    }
    course.abort();
    throw new TowpathException(
        access.redacted(
            dialect.name()
                + " at "
                + access.place()
                + ": it was stopped while it committed, and the server does not answer: it is not"
                + " known whether that took effect"),
        "look there before it is run again");
  }

  /** The answer, whoever asks for the end meanwhile; empty when there is none in that time. */
  private static Optional<Answer> waited(CompletableFuture<Answer> end, long seconds) {
    boolean interrupted = false;
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (true) {
        try {
          return Optional.of(end.get(until - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException _) {
          interrupted = true; // set again below
        } catch (TimeoutException _) {
          return Optional.empty();
        } catch (ExecutionException e) {
          throw failed(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Has the server cancel what it does, again and again, since a request that meets no statement
   * has no effect. Nothing is committed any more, whatever comes of it.
   */
  private static void cancel(Course course, CompletableFuture<Answer> end) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
    boolean hurried = false;
    while (!end.isDone() && !hurried && System.nanoTime() < until) {
      course.cancel();
      hurried = !rested(end);
    }
    course.abort();
  }

  /** Waits a moment for the end; false when somebody asks for it again. */
  private static boolean rested(CompletableFuture<Answer> end) {
    try {
      end.get(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException _) {
      return false; // the caller sets the flag again
    } catch (ExecutionException | TimeoutException _) {
      return true;
    }
  }

  /** How far a transaction has come, for the two threads that have to agree on its end. */
  private static final class Course {
    private @Nullable Connection connection; // this and what follows guarded by this
    private @Nullable Statement statement;
    private boolean stopped;
    private boolean committing;

    /** Notes what may have to be cancelled; throws when it is to end. */
    synchronized void at(Connection open, @Nullable Statement current) {
      connection = open;
      statement = current;
      if (stopped) {
        throw new CancelledException();
      }
    }

    /** Nothing is there to be cancelled until the next statement. */
    synchronized void between() {
      statement = null;
    }

    /** Goes on to the commit, which nothing stops; throws when it is to end before. */
    synchronized void commits() {
      if (stopped) {
        throw new CancelledException();
      }
      committing = true;
    }

    /** Ends it before its commit; false when that has begun. */
    synchronized boolean stop() {
      stopped = !committing;
      return stopped;
    }

    void cancel() {
      try {
        Statement current = current();
        if (current != null) {
          current.cancel();
        }
      } catch (SQLException _) {
        return; // it has ended meanwhile, or the server is gone
      }
    }

    private synchronized @Nullable Statement current() {
      return statement;
    }

    private synchronized @Nullable Connection connection() {
      return connection;
    }

    /** Tears the connection; a server that is cut off in a transaction rolls it back. */
    void abort() {
      try {
        Connection open = connection();
        if (open != null) {
          open.abort(Runnable::run);
        }
      } catch (SQLException _) {
        return; // it was closed
      }
    }
  }

  private Answer work(List<Script.Part> parts, Map<String, Object> values, Course course) {
    int number = 0;
    try (Connection connection = dialect.connect(access)) {
      course.at(connection, null);
      connection.setAutoCommit(false);
      Results results = new Results();
      for (Script.Part part : parts) {
        number++;
        try (PreparedStatement statement = connection.prepareStatement(part.text())) {
          course.at(connection, statement);
          for (int i = 0; i < part.names().size(); i++) {
            bind(statement, i + 1, value(part.names().get(i), values));
          }
          results.take(statement, statement.execute());
        } finally {
          course.between();
        }
      }
      number = 0;
      course.commits();
      connection.commit();
      return results.answer(parts.size());
    } catch (SQLException e) {
      throw failure(e, parts, number);
    }
  }

  private TowpathException failure(SQLException e, List<Script.Part> parts, int number) {
    Dialect.Told told = dialect.told(e, Dialect.Work.STATEMENT);
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
