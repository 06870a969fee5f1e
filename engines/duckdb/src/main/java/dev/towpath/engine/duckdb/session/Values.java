package dev.towpath.engine.duckdb.session;

import dev.towpath.spi.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;

/** Values of a result as {@link dev.towpath.spi.Rows} says. */
final class Values {
  private Values() {}

  /** One value; infinite dates and times without a Java value are text. */
  static @Nullable Object read(ResultSet row, int column, DataType type) throws SQLException {
    try {
      return of(row.getObject(column), type);
    } catch (DateTimeException unrepresentable) { // 24:00:00
      return row.getString(column);
    }
  }

  private static @Nullable Object of(@Nullable Object value, DataType type) throws SQLException {
    return switch (value) {
      case null -> null;
      case Boolean b -> b;
      case String s -> s;
      case Byte b -> b.longValue();
      case Short s -> s.longValue();
      case Integer i -> i.longValue();
      case Long l -> l;
      case Float f -> (double) f;
      case Double d -> d;
      case BigInteger i -> integer(i, type);
      case BigDecimal d -> d;
      case byte[] bytes -> bytes;
      case Blob blob -> bytes(blob);
      case LocalDate d -> d;
      case LocalTime t -> t;
      case LocalDateTime t -> t;
      case OffsetDateTime t -> t;
      case Date d -> d.toLocalDate();
      case Timestamp t -> t.toLocalDateTime();
      case Array array -> list((Object[]) array.getArray(), element(type));
      case DuckDBStruct struct -> struct(struct, type);
      case Struct struct -> list(struct.getAttributes(), type);
      case Map<?, ?> map -> map(map, type);
      default -> value.toString();
    };
  }

  private static Object integer(BigInteger value, DataType type) {
    return type.sql().equals("UBIGINT") && value.bitLength() < 64 ? value.longValue() : value;
  }

  private static byte[] bytes(Blob blob) throws SQLException {
    try (var in = blob.getBinaryStream()) {
      return in.readAllBytes();
    } catch (IOException e) { // it is in memory
      throw new UncheckedIOException(e);
    }
  }

  private static DataType element(DataType type) {
    return switch (type) {
      case DataType.ListOf list -> list.element();
      case DataType.ArrayOf array -> array.element();
      default -> type;
    };
  }

  private static List<@Nullable Object> list(@Nullable Object[] values, DataType type)
      throws SQLException {
    List<@Nullable Object> list = new ArrayList<>(values.length);
    for (Object value : values) {
      list.add(of(value, type));
    }
    return list;
  }

  private static Map<String, @Nullable Object> struct(DuckDBStruct struct, DataType type)
      throws SQLException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (Map.Entry<String, Object> member : struct.getMap().entrySet()) {
      members.put(member.getKey(), of(member.getValue(), member(type, member.getKey())));
    }
    return members;
  }

  private static DataType member(DataType type, String name) {
    return type instanceof DataType.Struct struct
        ? struct.members().stream()
            .filter(m -> m.name().equals(name))
            .findFirst()
            .map(dev.towpath.spi.Column::type)
            .orElse(type)
        : type;
  }

  private static Map<@Nullable Object, @Nullable Object> map(Map<?, ?> map, DataType type)
      throws SQLException {
    DataType key = type instanceof DataType.MapOf m ? m.key() : type;
    DataType value = type instanceof DataType.MapOf m ? m.value() : type;
    Map<@Nullable Object, @Nullable Object> out = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.put(of(entry.getKey(), key), of(entry.getValue(), value));
    }
    return out;
  }
}
