package dev.towpath.pgwire;

import dev.towpath.core.access.Principal;
import dev.towpath.core.query.QueryText;
import dev.towpath.pgwire.type.ObjectVector;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Serving;
import dev.towpath.spi.SqlException;
import dev.towpath.spi.Statement;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.duckdb.DuckDBConnection;

/** A lake in memory, so that what is tried here is the protocol: tables of a bare DuckDB. */
final class TestLake implements Lakehouse, AutoCloseable {
  private static final int BATCH = 1_000;

  private final DuckDBConnection root;
  private final AtomicLong release = new AtomicLong(1);

  /** Snapshots, queries and results that are open. */
  final AtomicInteger open = new AtomicInteger();

  /** The release that each query was asked of, in their order; its rows are those of now. */
  final List<Long> asked = new CopyOnWriteArrayList<>();

  TestLake(String... statements) throws SQLException {
    root = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    execute("SET TimeZone = 'UTC'");
    for (String sql : statements) {
      execute(sql);
    }
  }

  /** Changes the lake, which makes a new release. */
  void publish(String... statements) throws SQLException {
    for (String sql : statements) {
      execute(sql);
    }
    release.incrementAndGet();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = root.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public long head() {
    return release.get();
  }

  @Override
  public <T> T compare(Principal who, Comparison asked, Function<Difference, T> use) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path scratch() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Serving.Computing computing(Runnable stop) {
    return () -> {};
  }

  @Override
  public Load load() {
    return new Load(0, 0, open.get(), new Serving.Hot(0, 0, 0));
  }

  @Override
  public Snapshot open(Principal who, Optional<Long> wanted) {
    open.incrementAndGet();
    return new Opened(who, wanted.orElse(release.get()));
  }

  private final class Opened implements Snapshot {
    private final Principal who;
    private final long number;

    Opened(Principal who, long number) {
      this.who = who;
      this.number = number;
    }

    @Override
    public long release() {
      return number;
    }

    @Override
    public Map<TableName, Schema> tables() {
      Map<TableName, Schema> tables = new LinkedHashMap<>();
      try (Connection connection = root.duplicate();
          var statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT table_schema, table_name, column_name, data_type FROM"
                      + " information_schema.columns WHERE table_schema <> 'main' ORDER BY"
                      + " ordinal_position")) {
        while (rows.next()) {
          TableName name = new TableName(rows.getString(1), rows.getString(2));
          if (who.grants().reads(name)) {
            List<Column> columns =
                new ArrayList<>(tables.containsKey(name) ? tables.get(name).columns() : List.of());
            columns.add(new Column(rows.getString(3), DataType.parse(rows.getString(4))));
            tables.put(name, new Schema(columns));
          }
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return tables;
    }

    @Override
    public Optional<String> version(TableName table) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Query prepare(QueryText text, Map<String, DataType> types) {
      asked.add(number);
      String sql = text.sql();
      String lower = Names.identity(sql);
      if (!lower.matches("(?s)\\s*\\(*(select|with|from|values|table|describe|summarize).*")) {
        throw new TowpathException("only SELECT is answered");
      }
      try {
        return new Prepared(sql, types);
      } catch (SQLException e) {
        throw new SqlException(String.valueOf(e.getMessage()), null, -1, e);
      }
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private final class Prepared implements Query {
    private final Connection connection = root.duplicate();
    private final PreparedStatement statement;
    private final Schema columns;
    private final List<Parameter> parameters = new ArrayList<>();

    Prepared(String sql, Map<String, DataType> types) throws SQLException {
      PreparedStatement first = connection.prepareStatement(typed(sql, types));
      Map<String, DataType> inferred = new LinkedHashMap<>(types);
      for (int i = 1; i <= first.getParameterMetaData().getParameterCount(); i++) {
        String type = first.getParameterMetaData().getParameterTypeName(i);
        inferred.putIfAbsent(
            String.valueOf(i),
            DataType.parse(List.of("UNKNOWN", "INVALID").contains(type) ? "VARCHAR" : type));
      }
      first.close();
      statement = connection.prepareStatement(typed(sql, inferred));
      try (PreparedStatement described =
          connection.prepareStatement(typed(sql, inferred).replaceAll("\\$[0-9]+", "NULL"))) {
        columns = columns(described.getMetaData());
      }
      for (int i = 1; i <= statement.getParameterMetaData().getParameterCount(); i++) {
        parameters.add(new Parameter(String.valueOf(i), inferred.get(String.valueOf(i))));
      }
      open.incrementAndGet();
    }

    private static String typed(String sql, Map<String, DataType> types) {
      String typed = sql;
      for (Map.Entry<String, DataType> type : types.entrySet()) {
        typed =
            typed.replaceAll(
                "\\$" + type.getKey() + "\\b",
                "CAST(\\$" + type.getKey() + " AS " + type.getValue().sql() + ")");
      }
      return typed;
    }

    private static Schema columns(ResultSetMetaData meta) throws SQLException {
      List<Column> found = new ArrayList<>();
      for (int i = 1; i <= meta.getColumnCount(); i++) {
        found.add(new Column(meta.getColumnName(i), DataType.parse(meta.getColumnTypeName(i))));
      }
      return new Schema(found);
    }

    @Override
    public Schema columns() {
      return columns;
    }

    @Override
    public Cursor handOver(Map<String, Optional<Statement.Bound>> values, Most most) {
      throw new UnsupportedOperationException("PostgreSQL's clients ask for no Arrow");
    }

    @Override
    public Cursor plan(Map<String, Optional<Statement.Bound>> values, boolean analyze) {
      List<List<Object>> rows = List.of(List.of("physical_plan", "PLAN\nanalyzed " + analyze));
      return new Cursor() {
        private boolean read;

        @Override
        public Batch next() {
          Batch next = read ? null : new Rows(rows);
          read = true;
          return next;
        }

        @Override
        public Batch.Writer arrow(OutputStream out) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void cancel() {
          throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
          read = true;
        }
      };
    }

    @Override
    public List<Parameter> parameters() {
      return parameters;
    }

    @Override
    public Set<TableName> reads() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean steady() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Cursor run(Map<String, Optional<Statement.Bound>> values, Most most) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Cursor planTree(Map<String, Optional<Statement.Bound>> values) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path parquet(Map<String, Optional<Statement.Bound>> values, Most most) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Cursor run(Map<String, Optional<Statement.Bound>> values) {
      try {
        for (int i = 1; i <= parameters.size(); i++) {
          Optional<Statement.Bound> value = values.get(String.valueOf(i));
          statement.setObject(i, value.map(Statement.Bound::text).orElse(null));
        }
        ResultSet rows = interruptibly();
        open.incrementAndGet();
        return new Result(rows, columns.columns().size());
      } catch (SQLException e) {
        throw new SqlException(String.valueOf(e.getMessage()), null, -1, e);
      }
    }

    private ResultSet interruptibly() throws SQLException {
      FutureTask<ResultSet> task = new FutureTask<>(statement::executeQuery);
      Thread.ofPlatform().daemon().start(task);
      try {
        return task.get();
      } catch (InterruptedException e) {
        statement.cancel();
        throw new CancelledException(e);
      } catch (ExecutionException e) {
        throw (SQLException) e.getCause();
      }
    }

    @Override
    public void close() {
      open.decrementAndGet();
      try {
        statement.close();
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final class Result implements Cursor {
    private final ResultSet rows;
    private final int columns;
    private boolean closed;

    Result(ResultSet rows, int columns) {
      this.rows = rows;
      this.columns = columns;
    }

    @Override
    public Batch next() {
      List<List<Object>> batch = new ArrayList<>();
      try {
        while (batch.size() < BATCH && rows.next()) {
          List<Object> row = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            row.add(plain(rows.getObject(i)));
          }
          batch.add(row);
        }
      } catch (SQLException e) {
        throw new SqlException(String.valueOf(e.getMessage()), null, -1, e);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException();
      }
      return batch.isEmpty() ? null : new Rows(batch);
    }

    @Override
    public Batch.Writer arrow(OutputStream out) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void cancel() {
      throw new UnsupportedOperationException("the tests interrupt");
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
        try {
          rows.close();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static Object plain(Object value) throws SQLException {
    return switch (value) {
      case null -> null;
      case java.sql.Array array -> {
        List<Object> list = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
          list.add(plain(element));
        }
        yield list;
      }
      case org.duckdb.DuckDBStruct struct -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, Object> member : struct.getMap().entrySet()) {
          map.put(member.getKey(), plain(member.getValue()));
        }
        yield map;
      }
      case java.sql.Blob blob -> blob.getBytes(1, (int) blob.length());
      case java.sql.Timestamp time -> time.toLocalDateTime();
      case java.sql.Date date -> date.toLocalDate();
      default -> value;
    };
  }

  private record Rows(List<List<Object>> all) implements Batch {
    @Override
    public int rows() {
      return all.size();
    }

    @Override
    public Vector column(int index) {
      List<Object> values = new ArrayList<>(all.size());
      all.forEach(row -> values.add(row.get(index)));
      return new ObjectVector(values);
    }
  }

  @Override
  public void close() throws SQLException {
    root.close();
  }
}
