package dev.towpath.export;

import dev.towpath.source.jdbc.Dialect;
import dev.towpath.source.mysql.MysqlDialect;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** MariaDB and MySQL: rows come in by batches of INSERT, since a server need not take files. */
final class MysqlWriter implements TableWriter {
  private static final int BATCH = 1000;

  /** The longest text that a key of one column can have in every row format. */
  private static final String KEY_TEXT = "varchar(190)";

  private final Dialect dialect = new MysqlDialect();

  @Override
  public Dialect dialect() {
    return dialect;
  }

  @Override
  public Optional<String> strict() {
    return Optional.of("SET SESSION sql_mode = 'STRICT_ALL_TABLES'");
  }

  @Override
  public String expression(Column column) {
    String name = Names.quote(column.name());
    return switch (column.type()) {
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "BLOB" -> "hex(" + name + ")";
            case "BOOLEAN" -> name + "::TINYINT";
            case "TIMESTAMP WITH TIME ZONE" -> "(" + name + " AT TIME ZONE 'UTC')";
            default -> name;
          };
      case DataType.Decimal _, DataType.EnumOf _ -> name;
      case DataType _ -> "to_json(" + name + ")::VARCHAR";
    };
  }

  @Override
  public String type(Column column, boolean key) {
    return switch (column.type()) {
      case DataType.Decimal d -> "decimal(" + d.precision() + "," + d.scale() + ")";
      case DataType.EnumOf _ -> key ? KEY_TEXT : "longtext";
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "BOOLEAN" -> "tinyint(1)";
            case "TINYINT" -> "tinyint";
            case "UTINYINT" -> "tinyint unsigned";
            case "SMALLINT" -> "smallint";
            case "USMALLINT" -> "smallint unsigned";
            case "INTEGER" -> "int";
            case "UINTEGER" -> "int unsigned";
            case "BIGINT" -> "bigint";
            case "UBIGINT" -> "bigint unsigned";
            case "HUGEINT", "UHUGEINT" -> "decimal(39,0)";
            case "FLOAT" -> "float";
            case "DOUBLE" -> "double";
            case "BLOB" -> "longblob";
            case "DATE" -> "date";
            case "TIME" -> "time(6)";
            case "TIMESTAMP",
                "TIMESTAMP_S",
                "TIMESTAMP_MS",
                "TIMESTAMP_NS",
                "TIMESTAMP WITH TIME ZONE" ->
                "datetime(6)";
            case "UUID" -> "char(36)";
            case "JSON" -> "json";
            default -> key ? KEY_TEXT : "longtext";
          };
      case DataType _ -> "json";
    };
  }

  @Override
  public Optional<String> createSchema(String table) {
    return Optional.empty(); // schemas are databases there, and one is named in the URL
  }

  /** The table in the URL's database: a schema before its name stays part of the name. */
  @Override
  public String table(String name) {
    return dialect.quote(name);
  }

  @Override
  public String stage(String stage, String table, List<String> columns) {
    return "CREATE TEMPORARY TABLE "
        + stage
        + " AS SELECT "
        + list(columns)
        + " FROM "
        + table
        + " LIMIT 0";
  }

  @Override
  public long load(Connection connection, String stage, Schema columns, Path csv)
      throws SQLException, IOException {
    String values =
        columns.columns().stream()
            .map(c -> c.type().sql().equals("BLOB") ? "UNHEX(?)" : "?")
            .collect(Collectors.joining(", "));
    String sql =
        "INSERT INTO " + stage + " (" + list(columns.names()) + ") VALUES (" + values + ")";
    long rows = 0;
    try (CsvRows reader = CsvRows.open(csv);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      reader.next(); // the header
      for (List<@Nullable String> row = reader.next(); row != null; row = reader.next()) {
        for (int i = 0; i < row.size(); i++) {
          statement.setString(i + 1, row.get(i));
        }
        statement.addBatch();
        if (++rows % BATCH == 0) {
          statement.executeBatch();
        }
      }
      if (rows % BATCH > 0) {
        statement.executeBatch();
      }
    }
    return rows;
  }

  @Override
  public String update(String table, String stage, List<String> key, List<String> values) {
    return "UPDATE "
        + table
        + " t JOIN "
        + stage
        + " s ON "
        + key.stream()
            .map(c -> "t." + dialect.quote(c) + " = s." + dialect.quote(c))
            .collect(Collectors.joining(" AND "))
        + " SET "
        + values.stream()
            .map(c -> "t." + dialect.quote(c) + " = s." + dialect.quote(c))
            .collect(Collectors.joining(", "));
  }

  @Override
  public Optional<String> lock(String table) {
    return Optional.empty(); // LOCK TABLES would end the transaction; the primary key guards
  }

  @Override
  public String ledger(String table) {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (line varchar(64) PRIMARY KEY, state varchar(64) NOT NULL,"
        + " delivered timestamp NOT NULL DEFAULT current_timestamp)";
  }

  @Override
  public String note(String ledger) {
    return "INSERT IGNORE INTO " + ledger + " (line, state) VALUES (?, ?)";
  }

  private String list(List<String> columns) {
    return columns.stream().map(dialect::quote).collect(Collectors.joining(", "));
  }
}
