package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.session.Batches;
import dev.towpath.pgwire.session.Question;
import dev.towpath.pgwire.type.ObjectVector;
import dev.towpath.pgwire.type.WireType;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.server.Lakehouse;
import dev.towpath.spi.Batch;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Schema;
import dev.towpath.spi.Statement;
import java.sql.Connection;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A query that the catalog answers. Used by one thread at a time. */
final class CatalogQuestion implements Question {
  /** More than this is not a question about a catalog. */
  private static final int MOST_ROWS = 1_000_000;

  /** As Java has them, about. */
  private static final long MOST_BYTES = 64L << 20;

  private static final long VALUE_BYTES = 24;

  /** What the engine says in its several layers. */
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile(
          "out of memory|(could not|failed to) allocate|bad.alloc|allocation failure",
          Pattern.CASE_INSENSITIVE);

  private static final DataType OID = new DataType.Simple(WireType.OID);

  private final Catalogs.Source source;
  private final CatalogText text;
  private final Schema columns;
  private final List<Lakehouse.Parameter> parameters;

  private CatalogQuestion(
      Catalogs.Source source,
      CatalogText text,
      Schema columns,
      List<Lakehouse.Parameter> parameters) {
    this.source = source;
    this.text = text;
    this.columns = columns;
    this.parameters = parameters;
  }

  /**
   * Looks at a query, and keeps nothing open of it: a transaction may ask very many.
   *
   * @param text in DuckDB's dialect
   */
  static CatalogQuestion prepare(Catalogs.Source source, CatalogText text) {
    return work(
        source,
        (catalog, connection, _) -> {
          catalog.check(connection, text.sql());
          // With parameters in it DuckDB does not always tell the columns, with NULLs it does.
          try (PreparedStatement described = connection.prepareStatement(text.described());
              PreparedStatement statement = connection.prepareStatement(text.sql())) {
            return new CatalogQuestion(
                source,
                text,
                columns(described.getMetaData()),
                parameters(statement.getParameterMetaData()));
          }
        });
  }

  /** Something to do with the catalog. */
  @FunctionalInterface
  private interface Step<T> {
    T on(Catalog catalog, Connection connection, CatalogWork work) throws SQLException;
  }

  private static <T> T work(Catalogs.Source source, Step<T> step) {
    Catalogs.Lease lease = source.open();
    boolean lost = false;
    try {
      Connection connection = lease.catalog().take();
      CatalogWork work = new CatalogWork(source.turns());
      try {
        return work.run(_ -> step.on(lease.catalog(), connection, work));
      } finally {
        lost = work.isLost(); // then native code has all of it, and keeps it
        if (!lost) {
          lease.catalog().giveBack(connection);
        }
      }
    } catch (SQLException e) {
      throw failure(e);
    } finally {
      if (!lost) {
        lease.close();
      }
    }
  }

  private static Schema columns(ResultSetMetaData result) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= result.getColumnCount(); i++) {
      columns.add(new Column(result.getColumnName(i), type(result.getColumnTypeName(i))));
    }
    return new Schema(columns);
  }

  /** Unsigned integers stand for OIDs in the catalog, enums for single characters. */
  private static DataType type(String name) {
    return switch (name) {
      case "UINTEGER" -> OID;
      case "UINTEGER[]" -> new DataType.ListOf(OID);
      case "ENUM" -> new DataType.Simple(WireType.CHAR);
      case "\"NULL\"", "UNKNOWN", "INVALID" -> new DataType.Simple("VARCHAR");
      default -> DataType.parse(name);
    };
  }

  private static List<Lakehouse.Parameter> parameters(ParameterMetaData meta) throws SQLException {
    List<Lakehouse.Parameter> parameters = new ArrayList<>();
    for (int i = 1; i <= meta.getParameterCount(); i++) {
      parameters.add(
          new Lakehouse.Parameter(String.valueOf(i), type(meta.getParameterTypeName(i))));
    }
    return parameters;
  }

  @Override
  public Schema columns() {
    return columns;
  }

  @Override
  public List<Lakehouse.Parameter> parameters() {
    return parameters;
  }

  @Override
  public Batches run(Map<String, Optional<Statement.Bound>> values) {
    List<@Nullable Object> given = new ArrayList<>();
    for (int i = 1; i <= parameters.size(); i++) {
      Optional<Statement.Bound> value = values.getOrDefault(String.valueOf(i), Optional.empty());
      given.add(value.isEmpty() ? null : bound(value.get()));
    }
    return batches(
        work(
            source,
            (_, connection, work) -> {
              try (PreparedStatement statement = connection.prepareStatement(text.sql())) {
                for (int i = 0; i < given.size(); i++) {
                  statement.setObject(i + 1, given.get(i));
                }
                return rows(statement, work);
              }
            }));
  }

  private static Object bound(Statement.Bound value) {
    try {
      return value.type().equals(OID) ? (Object) Long.parseLong(value.text()) : value.text();
    } catch (NumberFormatException e) {
      throw PgError.of(
              SqlState.INVALID_TEXT, "invalid input syntax for type oid: \"" + value.text() + "\"")
          .because(e);
    }
  }

  private List<List<@Nullable Object>> rows(PreparedStatement statement, CatalogWork work)
      throws SQLException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    long bytes = 0;
    work.runs(statement);
    try (ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        if (work.isStopped()) {
          throw new CancelledException();
        }
        if (rows.size() == MOST_ROWS || bytes > MOST_BYTES) {
          throw PgError.of(SqlState.PROGRAM_LIMIT, "the answer is too long for the catalog");
        }
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= columns.columns().size(); i++) {
          Object value = value(result.getObject(i));
          bytes += bytes(value);
          row.add(value);
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static long bytes(@Nullable Object value) {
    return VALUE_BYTES
        + switch (value) {
          case String text -> 2L * text.length();
          case List<?> list -> list.stream().mapToLong(CatalogQuestion::bytes).sum();
          case null, default -> 0;
        };
  }

  private static @Nullable Object value(@Nullable Object value) throws SQLException {
    return switch (value) {
      case null -> null;
      case java.sql.Array array -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
          list.add(value(element));
        }
        yield list;
      }
      case java.sql.Timestamp time -> time.toLocalDateTime();
      case java.sql.Date date -> date.toLocalDate();
      default -> value;
    };
  }

  private Batches batches(List<List<@Nullable Object>> rows) {
    return new Batches() {
      private boolean read = rows.isEmpty();

      @Override
      public @Nullable Batch next() {
        if (read) {
          return null;
        }
        read = true;
        return new Rows(rows);
      }

      @Override
      public void close() {
        read = true;
      }
    };
  }

  private record Rows(List<List<@Nullable Object>> all) implements Batch {
    @Override
    public int rows() {
      return all.size();
    }

    @Override
    public Vector column(int index) {
      List<@Nullable Object> values = new ArrayList<>(all.size());
      all.forEach(row -> values.add(row.get(index)));
      return new ObjectVector(values);
    }
  }

  private static RuntimeException failure(SQLException e) {
    if (e instanceof SQLTimeoutException) {
      return new CancelledException(e);
    }
    String message = CatalogFailure.message(e);
    if (OUT_OF_MEMORY.matcher(message).find()) {
      return CatalogWork.outOfMemory().because(e);
    }
    SqlState state =
        message.contains("Table") && message.contains("does not exist")
            ? SqlState.UNDEFINED_TABLE
            : message.contains("Function") ? SqlState.UNDEFINED_FUNCTION : SqlState.SYNTAX_ERROR;
    return PgError.of(state, message).because(e);
  }

  @Override
  public void close() {
    // it holds nothing
  }
}
