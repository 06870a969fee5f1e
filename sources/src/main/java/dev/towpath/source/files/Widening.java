package dev.towpath.source.files;

import dev.towpath.spi.DataType;
import dev.towpath.spi.DataType.ArrayOf;
import dev.towpath.spi.DataType.Decimal;
import dev.towpath.spi.DataType.ListOf;
import dev.towpath.spi.DataType.MapOf;
import dev.towpath.spi.DataType.Simple;
import dev.towpath.spi.DataType.Struct;
import java.util.List;
import java.util.Map;

/** Which types hold every value of another one as it is. */
final class Widening {
  /** Whole numbers by the bits they need with their sign. */
  private static final Map<String, Integer> BITS =
      Map.of(
          "TINYINT",
          8,
          "SMALLINT",
          16,
          "INTEGER",
          32,
          "BIGINT",
          64,
          "HUGEINT",
          128,
          "UTINYINT",
          9,
          "USMALLINT",
          17,
          "UINTEGER",
          33,
          "UBIGINT",
          65);

  private static final Map<Integer, Integer> DIGITS =
      Map.of(8, 3, 9, 3, 16, 5, 17, 5, 32, 10, 33, 10, 64, 19, 65, 20);

  /** Each holds all before it. */
  private static final List<String> MOMENTS =
      List.of("DATE", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP");

  private Widening() {}

  /** Whether every value of {@code from} is one of {@code to}. */
  static boolean fits(DataType from, DataType to) {
    if (from.equals(to)) {
      return true;
    }
    return switch (from) {
      case Simple one ->
          to instanceof Simple other ? simple(one.name(), other.name()) : whole(one, to);
      case Decimal one ->
          to instanceof Decimal other
              && other.scale() >= one.scale()
              && other.precision() - other.scale() >= one.precision() - one.scale();
      case ListOf one -> to instanceof ListOf other && fits(one.element(), other.element());
      case ArrayOf one -> to instanceof ListOf other && fits(one.element(), other.element());
      case MapOf one ->
          to instanceof MapOf other
              && fits(one.key(), other.key())
              && fits(one.value(), other.value());
      case Struct one -> to instanceof Struct other && struct(one, other);
      case DataType.EnumOf _ -> to.equals(new Simple("VARCHAR"));
      case DataType.Union _ -> false;
    };
  }

  private static boolean simple(String from, String to) {
    Integer bits = BITS.get(from);
    if (bits != null) {
      Integer room = BITS.get(to);
      boolean signs = !from.startsWith("U") || room == null || room > bits || to.startsWith("U");
      boolean negative = !from.startsWith("U") && to.startsWith("U");
      return room != null
          ? room >= bits && signs && !negative
          : (to.equals("DOUBLE") && bits <= 33) || (to.equals("FLOAT") && bits <= 17);
    }
    if (from.equals("FLOAT")) {
      return to.equals("DOUBLE");
    }
    return switch (from) {
      case "DATE", "TIMESTAMP_S", "TIMESTAMP_MS" -> MOMENTS.indexOf(to) > MOMENTS.indexOf(from);
      case "JSON", "UUID" -> to.equals("VARCHAR");
      default -> false;
    };
  }

  private static boolean whole(Simple from, DataType to) {
    Integer digits = DIGITS.get(BITS.getOrDefault(from.name(), 0));
    return digits != null && to instanceof Decimal d && d.precision() - d.scale() >= digits;
  }

  private static boolean struct(Struct from, Struct to) {
    if (from.members().size() != to.members().size()) {
      return false;
    }
    for (int i = 0; i < from.members().size(); i++) {
      if (!from.members().get(i).name().equals(to.members().get(i).name())
          || !fits(from.members().get(i).type(), to.members().get(i).type())) {
        return false;
      }
    }
    return true;
  }
}
