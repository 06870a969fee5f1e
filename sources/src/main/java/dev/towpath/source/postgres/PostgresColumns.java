package dev.towpath.source.postgres;

import dev.towpath.source.jdbc.DbColumn;
import dev.towpath.source.jdbc.DbColumn.Order;
import dev.towpath.source.jdbc.Relation;
import dev.towpath.spi.CsvColumn.Form;
import dev.towpath.spi.DataType;
import dev.towpath.spi.DataType.Decimal;
import dev.towpath.spi.DataType.Simple;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The columns of a relation, and the types that PostgreSQL's types are read as. */
final class PostgresColumns {
  /** What a number without a declared size is read as; one that does not fit fails the reading. */
  private static final Decimal NUMBER = new Decimal(38, 9);

  private static final int MOST_DIGITS = 38;
  private static final int MOST_SCALE = 19;

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("bool", "BOOLEAN"),
          Map.entry("int2", "SMALLINT"),
          Map.entry("int4", "INTEGER"),
          Map.entry("int8", "BIGINT"),
          Map.entry("oid", "BIGINT"),
          Map.entry("float4", "FLOAT"),
          Map.entry("float8", "DOUBLE"),
          Map.entry("date", "DATE"),
          Map.entry("time", "TIME"),
          Map.entry("timestamp", "TIMESTAMP"),
          Map.entry("timestamptz", "TIMESTAMP WITH TIME ZONE"),
          Map.entry("uuid", "UUID"),
          Map.entry("json", "JSON"),
          Map.entry("jsonb", "JSON"),
          Map.entry("bytea", "BLOB"),
          Map.entry("bit", "BIT"),
          Map.entry("text", "VARCHAR"),
          Map.entry("varchar", "VARCHAR"),
          Map.entry("bpchar", "VARCHAR"));

  private static final Map<String, String> SERIALS =
      Map.of("smallserial", "int2", "serial", "int4", "bigserial", "int8");

  private final PostgresDialect dialect;
  private final Connection connection;

  PostgresColumns(PostgresDialect dialect, Connection connection) {
    this.dialect = dialect;
    this.connection = connection;
  }

  List<DbColumn> of(Relation relation) throws SQLException {
    List<DbColumn> columns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + relation.sql() + " LIMIT 0")) {
      ResultSetMetaData there = rows.getMetaData();
      for (int i = 1; i <= there.getColumnCount(); i++) {
        String type = there.getColumnTypeName(i);
        columns.add(
            column(
                there.getColumnLabel(i),
                there.isNullable(i) != ResultSetMetaData.columnNoNulls,
                SERIALS.getOrDefault(type, type),
                there.getPrecision(i),
                there.getScale(i)));
      }
    }
    return columns;
  }

  private DbColumn column(String name, boolean nullable, String type, int precision, int scale)
      throws SQLException {
    String quoted = dialect.quote(name);
    String finite = "CASE WHEN isfinite(" + quoted + ") THEN " + quoted + " END";
    String known = TYPES.get(type);
    if (known != null) {
      boolean dated = type.equals("date") || type.startsWith("timestamp");
      return new DbColumn(
          name,
          nullable,
          type,
          Optional.of(new Simple(known)),
          type.equals("bytea") ? Form.HEX : Form.PLAIN,
          quoted,
          quoted,
          dated ? finite : quoted,
          order(type));
    }
    return switch (type) {
      case "numeric" ->
          number(name, nullable, type, quoted, sized(precision, scale), precision, scale);
      case "money" ->
          number(name, nullable, type, "CAST(" + quoted + " AS numeric)", new Decimal(19, 2), 0, 0);
      case "interval", "timetz" ->
          new DbColumn(
              name,
              nullable,
              type,
              Optional.empty(),
              Form.PLAIN,
              quoted,
              quoted,
              quoted,
              Order.NONE);
      default -> other(name, nullable, type, quoted, precision, scale);
    };
  }

  private static DbColumn number(
      String name,
      boolean nullable,
      String declared,
      String select,
      Decimal type,
      int precision,
      int scale) {
    boolean fits = type.precision() == precision && type.scale() == scale;
    return new DbColumn(
        name,
        nullable,
        declared,
        Optional.of(type),
        fits ? Form.PLAIN : Form.EXACT,
        select,
        select,
        select,
        Order.NUMBER);
  }

  private static Decimal sized(int precision, int scale) {
    if (precision < 1 || scale < 0 || scale > precision) {
      return NUMBER;
    }
    return precision <= MOST_DIGITS
        ? new Decimal(precision, scale)
        : new Decimal(MOST_DIGITS, Math.min(scale, MOST_SCALE));
  }

  private static Order order(String type) {
    return switch (type) {
      case "int2", "int4", "int8", "oid" -> Order.WHOLE;
      case "float4", "float8" -> Order.NUMBER;
      case "date", "timestamp", "timestamptz" -> Order.TIME;
      case "text", "varchar", "bpchar", "uuid" -> Order.TEXT;
      default -> Order.NONE;
    };
  }

  /** Arrays, and what somebody made in this database: by what the database says of the type. */
  private DbColumn other(
      String name, boolean nullable, String type, String quoted, int precision, int scale)
      throws SQLException {
    String sql =
        """
        SELECT t.typtype, t.typcategory = 'A' AND t.typelem <> 0 AS list, e.typname
        FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem WHERE t.oid = to_regtype(?)
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, type);
      try (ResultSet row = statement.executeQuery()) {
        boolean found = row.next();
        if (found && row.getBoolean("list")) {
          DataType element = element(row.getString("typname"), precision, scale);
          return new DbColumn(
              name,
              nullable,
              type,
              Optional.of(new DataType.ListOf(element)),
              Form.LIST,
              "array_to_json(CAST(" + quoted + " AS text[]))",
              quoted,
              "array_to_json(CAST(" + quoted + " AS text[]))",
              Order.NONE);
        }
        boolean composite = found && row.getString("typtype").equals("c");
        String select = composite ? "to_json(" + quoted + ")" : quoted;
        return new DbColumn(
            name,
            nullable,
            type,
            Optional.of(new Simple(composite ? "JSON" : "VARCHAR")),
            Form.PLAIN,
            select,
            quoted,
            select,
            Order.NONE);
      }
    }
  }

  private static DataType element(String type, int precision, int scale) {
    return switch (type) {
      case "numeric" -> sized(precision, scale);
      case "money" -> new Simple("VARCHAR");
      default -> new Simple(TYPES.getOrDefault(type, "VARCHAR"));
    };
  }
}
