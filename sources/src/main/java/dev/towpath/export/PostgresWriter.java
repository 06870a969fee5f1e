package dev.towpath.export;

import dev.towpath.source.jdbc.Dialect;
import dev.towpath.source.postgres.PostgresDialect;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** PostgreSQL: rows come in by COPY. */
final class PostgresWriter implements TableWriter {
  private static final int BATCH = 1000;

  private final Dialect dialect = new PostgresDialect();

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Optional<String> strict() {
    return Optional.empty();
  }

  @Override
  public String expression(Column column) {
    String name = Names.quote(column.name());
    return switch (column.type()) {
      case DataType.Simple simple when simple.name().equals("BLOB") ->
          "'\\x' || lower(hex(" + name + "))";
      case DataType.Simple _, DataType.Decimal _, DataType.EnumOf _ -> name;
      case DataType _ -> "to_json(" + name + ")::VARCHAR";
    };
  }

  @Override
  public String type(Column column, boolean key) {
    return switch (column.type()) {
      case DataType.Decimal d -> "numeric(" + d.precision() + "," + d.scale() + ")";
      case DataType.EnumOf _ -> "text";
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "BOOLEAN" -> "boolean";
            case "TINYINT", "UTINYINT", "SMALLINT" -> "smallint";
            case "USMALLINT", "INTEGER" -> "integer";
            case "UINTEGER", "BIGINT" -> "bigint";
            case "UBIGINT" -> "numeric(20,0)";
            case "HUGEINT", "UHUGEINT" -> "numeric(39,0)";
            case "FLOAT" -> "real";
            case "DOUBLE" -> "double precision";
            case "BLOB" -> "bytea";
            case "DATE" -> "date";
            case "TIME" -> "time";
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" -> "timestamp";
            case "TIMESTAMP WITH TIME ZONE" -> "timestamptz";
            case "UUID" -> "uuid";
            case "JSON" -> "jsonb";
            default -> "text";
          };
      case DataType _ -> "jsonb";
    };
  }

  @Override
  public Optional<String> createSchema(String table) {
    int dot = table.indexOf('.');
    return dot < 0
        ? Optional.empty()
        : Optional.of("CREATE SCHEMA IF NOT EXISTS " + dialect.quote(table.substring(0, dot)));
  }

  @Override
  public String table(String name) {
    int dot = name.indexOf('.');
    return dot < 0
        ? dialect.quote(name)
        : dialect.quote(name.substring(0, dot)) + "." + dialect.quote(name.substring(dot + 1));
  }

  @Override
  public String stage(String stage, String table, List<String> columns) {
    return "CREATE TEMPORARY TABLE "
        + stage
        + " ON COMMIT DROP AS SELECT "
        + list(columns)
        + " FROM "
        + table
        + " LIMIT 0";
  }

  @Override
  public long load(Connection connection, String stage, Schema columns, Path csv)
      throws SQLException, IOException {
    if (connection.getMetaData().getDatabaseMajorVersion() < 18 && hasEnd(csv)) {
      return insert(connection, stage, columns, csv);
    }
    try (BufferedReader reader = Files.newBufferedReader(csv)) {
      return connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "COPY "
                  + stage
                  + " ("
                  + list(columns.names())
                  + ") FROM STDIN (FORMAT csv, HEADER true, ENCODING 'UTF8')",
              reader);
    }
  }

  /** Whether there is a line that COPY took for the end of the rows before PostgreSQL 18. */
  private static boolean hasEnd(Path csv) throws IOException {
    try (Stream<String> lines = Files.lines(csv)) {
      return lines.anyMatch("\\."::equals);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private long insert(Connection connection, String stage, Schema columns, Path csv)
      throws SQLException, IOException {
    String values = String.join(", ", Collections.nCopies(columns.columns().size(), "?"));
    String sql =
        "INSERT INTO " + stage + " (" + list(columns.names()) + ") VALUES (" + values + ")";
    long rows = 0;
    try (CsvRows reader = CsvRows.open(csv);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      reader.next(); // the header
      for (List<@Nullable String> row = reader.next(); row != null; row = reader.next()) {
        for (int i = 0; i < row.size(); i++) {
          statement.setObject(i + 1, row.get(i), Types.OTHER); // as the column's own type
        }
        statement.addBatch();
        if (++rows % BATCH == 0) {
          statement.executeBatch();
        }
      }
      statement.executeBatch();
    }
    return rows;
  }

  @Override
  public String update(String table, String stage, List<String> key, List<String> values) {
    return "UPDATE "
        + table
        + " t SET "
        + values.stream()
            .map(c -> dialect.quote(c) + " = s." + dialect.quote(c))
            .collect(Collectors.joining(", "))
        + " FROM "
        + stage
        + " s WHERE "
        + key.stream()
            .map(c -> "t." + dialect.quote(c) + " = s." + dialect.quote(c))
            .collect(Collectors.joining(" AND "));
  }

  @Override
  public Optional<String> lock(String table) {
    return Optional.of("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE");
  }

  @Override
  public String ledger(String table) {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (line text PRIMARY KEY, state text NOT NULL,"
        + " delivered timestamptz NOT NULL DEFAULT now())";
  }

  @Override
  public String note(String ledger) {
    return "INSERT INTO " + ledger + " (line, state) VALUES (?, ?) ON CONFLICT DO NOTHING";
  }

  private String list(List<String> columns) {
    return columns.stream().map(dialect::quote).collect(Collectors.joining(", "));
  }
}
