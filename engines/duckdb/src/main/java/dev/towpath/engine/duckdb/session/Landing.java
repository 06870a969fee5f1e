package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.TowpathException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/**
 * How a column of rows from outside gets into DuckDB: few types that the appender takes as they
 * are, text for all others. The cast to the column's type follows when the rows are copied.
 */
final class Landing {
  private final Column column;
  private final Kind kind;

  private enum Kind {
    BOOLEAN,
    BIGINT,
    HUGEINT,
    DOUBLE,
    DECIMAL,
    VARCHAR,
    BLOB,
    DATE,
    TIMESTAMP,
    TIMESTAMPTZ
  }

  Landing(Column column) {
    this.column = column;
    this.kind = kind(column.type());
  }

  private static Kind kind(DataType type) {
    return switch (type) {
      case DataType.Decimal _ -> Kind.DECIMAL;
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "BOOLEAN" -> Kind.BOOLEAN;
            case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER" ->
                Kind.BIGINT;
            case "HUGEINT", "UBIGINT" -> Kind.HUGEINT;
            case "FLOAT", "DOUBLE" -> Kind.DOUBLE;
            case "BLOB" -> Kind.BLOB;
            case "DATE" -> Kind.DATE;
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS" -> Kind.TIMESTAMP;
            case "TIMESTAMP WITH TIME ZONE" -> Kind.TIMESTAMPTZ;
            default -> Kind.VARCHAR;
          };
      default -> Kind.VARCHAR;
    };
  }

  /** The type of the column that the rows land in. */
  String type() {
    return kind == Kind.DECIMAL ? column.type().sql() : kind.name();
  }

  /** Appends a value. Fails when it is not of the column's type. */
  void append(DuckDBAppender appender, @Nullable Object value) throws SQLException {
    if (value == null) {
      appender.appendNull();
      return;
    }
    boolean done =
        switch (kind) {
          case BOOLEAN -> bool(appender, value);
          case BIGINT -> bigint(appender, value);
          case HUGEINT -> hugeint(appender, value);
          case DOUBLE -> number(appender, value);
          case DECIMAL -> decimal(appender, value);
          case VARCHAR -> text(appender, value);
          case BLOB -> bytes(appender, value);
          case DATE -> date(appender, value);
          case TIMESTAMP -> timestamp(appender, value);
          case TIMESTAMPTZ -> instant(appender, value);
        };
    if (!done) {
      throw new TowpathException(
          "column \""
              + column.name()
              + "\": the value "
              + value
              + " is not of type "
              + column.type().sql(),
          "declare the column with another type, such as varchar");
    }
  }

  private static boolean bool(DuckDBAppender appender, Object value) throws SQLException {
    if (value instanceof Boolean b) {
      appender.append(b.booleanValue());
      return true;
    }
    return false;
  }

  private static boolean bigint(DuckDBAppender appender, Object value) throws SQLException {
    switch (value) {
      case Long l -> appender.append(l.longValue());
      case Integer i -> appender.append(i.longValue());
      case BigInteger b when b.bitLength() < 64 -> appender.append(b.longValue());
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean hugeint(DuckDBAppender appender, Object value) throws SQLException {
    switch (value) {
      case Long l -> appender.append(BigInteger.valueOf(l));
      case BigInteger b when b.bitLength() < 128 -> appender.append(b);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean number(DuckDBAppender appender, Object value) throws SQLException {
    if (value instanceof Number n) {
      appender.append(n.doubleValue());
      return true;
    }
    return false;
  }

  private boolean decimal(DuckDBAppender appender, Object value) throws SQLException {
    BigDecimal number =
        switch (value) {
          case BigDecimal d -> d;
          case Long l -> BigDecimal.valueOf(l);
          case BigInteger i -> new BigDecimal(i);
          case Double d when Double.isFinite(d) -> BigDecimal.valueOf(d);
          default -> null;
        };
    if (number == null || !(column.type() instanceof DataType.Decimal type)) {
      return false;
    }
    BigDecimal scaled = number.setScale(type.scale(), RoundingMode.HALF_UP);
    if (scaled.precision() > type.precision()) {
      return false;
    }
    appender.append(scaled);
    return true;
  }

  private static boolean text(DuckDBAppender appender, Object value) throws SQLException {
    appender.append(value instanceof BigDecimal d ? d.toPlainString() : value.toString());
    return true;
  }

  private static boolean bytes(DuckDBAppender appender, Object value) throws SQLException {
    if (value instanceof byte[] b) {
      appender.append(b);
      return true;
    }
    return false;
  }

  private static boolean date(DuckDBAppender appender, Object value) throws SQLException {
    if (value instanceof LocalDate d) {
      appender.append(d);
      return true;
    }
    return false;
  }

  private static boolean timestamp(DuckDBAppender appender, Object value) throws SQLException {
    if (value instanceof LocalDateTime t) {
      appender.append(t);
      return true;
    }
    return false;
  }

  private static boolean instant(DuckDBAppender appender, Object value) throws SQLException {
    if (value instanceof OffsetDateTime t) {
      appender.append(t.withOffsetSameInstant(ZoneOffset.UTC));
      return true;
    }
    return false;
  }
}
