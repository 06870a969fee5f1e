package dev.towpath.source.mysql;

import dev.towpath.source.jdbc.DbColumn;
import dev.towpath.source.jdbc.DbColumn.Order;
import dev.towpath.source.jdbc.Relation;
import dev.towpath.spi.CsvColumn.Form;
import dev.towpath.spi.DataType;
import dev.towpath.spi.DataType.Decimal;
import dev.towpath.spi.DataType.Simple;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The columns of a relation, and the types that MariaDB's types are read as. */
final class MysqlColumns {
  private static final int MOST_DIGITS = 38;
  private static final int MOST_SCALE = 19;

  private static final Map<String, String> WHOLE =
      Map.ofEntries(
          Map.entry("TINYINT", "TINYINT"),
          Map.entry("SMALLINT", "SMALLINT"),
          Map.entry("MEDIUMINT", "INTEGER"),
          Map.entry("INTEGER", "INTEGER"),
          Map.entry("INT", "INTEGER"),
          Map.entry("BIGINT", "BIGINT"),
          Map.entry("TINYINT UNSIGNED", "UTINYINT"),
          Map.entry("SMALLINT UNSIGNED", "USMALLINT"),
          Map.entry("MEDIUMINT UNSIGNED", "UINTEGER"),
          Map.entry("INTEGER UNSIGNED", "UINTEGER"),
          Map.entry("INT UNSIGNED", "UINTEGER"),
          Map.entry("BIGINT UNSIGNED", "UBIGINT"),
          Map.entry("YEAR", "SMALLINT"));

  private final MysqlDialect dialect;
  private final Connection connection;

  MysqlColumns(MysqlDialect dialect, Connection connection) {
    this.dialect = dialect;
    this.connection = connection;
  }

  List<DbColumn> of(Relation relation) throws SQLException {
    List<DbColumn> columns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + relation.sql() + " LIMIT 0")) {
      ResultSetMetaData there = rows.getMetaData();
      for (int i = 1; i <= there.getColumnCount(); i++) {
        columns.add(
            new Named(
                    dialect.quote(there.getColumnLabel(i)),
                    there.getColumnLabel(i),
                    there.isNullable(i) != ResultSetMetaData.columnNoNulls,
                    there.getColumnTypeName(i).toUpperCase(Locale.ROOT))
                .column(there.getPrecision(i), there.getScale(i)));
      }
    }
    return columns;
  }

  /** A column as the driver describes it. */
  private record Named(String quoted, String name, boolean nullable, String type) {

    DbColumn column(int precision, int scale) {
      String text = "CAST(" + quoted + " AS CHAR)";
      String whole = WHOLE.get(type);
      if (whole != null) {
        return as(new Simple(whole), text, Order.WHOLE);
      }
      return switch (type) {
        case "DECIMAL", "DECIMAL UNSIGNED" -> number(precision, scale, text);
        // A FLOAT is written with six digits, which is less than it holds.
        case "FLOAT", "FLOAT UNSIGNED" ->
            as(new Simple("FLOAT"), "CAST(CAST(" + quoted + " AS DOUBLE) AS CHAR)", Order.NUMBER);
        case "DOUBLE", "DOUBLE UNSIGNED" -> as(new Simple("DOUBLE"), text, Order.NUMBER);
        case "DATE" -> time("DATE", text, text);
        case "DATETIME" -> time("TIMESTAMP", text, text);
        case "TIMESTAMP" -> time("TIMESTAMP WITH TIME ZONE", "CONCAT(" + quoted + ", '+00')", text);
        case "TIME" -> as(new Simple("TIME"), text, Order.NONE);
        case "BIT" ->
            as(
                new Simple("BIT"),
                "LPAD(BIN(" + quoted + " + 0), " + Math.max(1, precision) + ", '0')",
                Order.NONE);
        case "JSON" -> as(new Simple("JSON"), text, Order.NONE);
        case "UUID" -> as(new Simple("UUID"), text, Order.TEXT);
        case "BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB" ->
            new DbColumn(
                name,
                nullable,
                type,
                Optional.of(new Simple("BLOB")),
                Form.HEX,
                "HEX(" + quoted + ")",
                "HEX(" + quoted + ")",
                "HEX(" + quoted + ")",
                Order.NONE);
        case "GEOMETRY",
            "POINT",
            "LINESTRING",
            "POLYGON",
            "MULTIPOINT",
            "MULTILINESTRING",
            "MULTIPOLYGON",
            "GEOMETRYCOLLECTION" ->
            as(new Simple("VARCHAR"), "ST_AsText(" + quoted + ")", Order.NONE);
        case "CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT" ->
            as(new Simple("VARCHAR"), quoted, Order.TEXT);
        default -> as(new Simple("VARCHAR"), text, Order.NONE);
      };
    }

    private DbColumn as(DataType type, String select, Order order) {
      return new DbColumn(
          name, nullable, this.type, Optional.of(type), Form.PLAIN, select, select, select, order);
    }

    /** A date may have zeros in it, which no calendar has. */
    private DbColumn time(String as, String select, String text) {
      String finite =
          "IF(MONTH(%s) = 0 OR DAYOFMONTH(%s) = 0, NULL, %s)".formatted(quoted, quoted, select);
      return new DbColumn(
          name,
          nullable,
          type,
          Optional.of(new Simple(as)),
          Form.PLAIN,
          select,
          text,
          finite,
          Order.TIME);
    }

    private DbColumn number(int precision, int scale, String text) {
      boolean fits = precision <= MOST_DIGITS;
      Decimal decimal =
          fits
              ? new Decimal(Math.max(1, precision), scale)
              : new Decimal(MOST_DIGITS, Math.min(scale, MOST_SCALE));
      return new DbColumn(
          name,
          nullable,
          type,
          Optional.of(decimal),
          fits ? Form.PLAIN : Form.EXACT,
          text,
          text,
          text,
          Order.NUMBER);
    }
  }
}
