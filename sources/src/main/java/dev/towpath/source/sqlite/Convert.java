package dev.towpath.source.sqlite;

import dev.towpath.spi.DataType;
import dev.towpath.spi.DataType.Decimal;
import dev.towpath.spi.DataType.Simple;
import dev.towpath.spi.WholeType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a stored value into one of a column's type without losing anything of it. A value is an
 * Integer, Long, Double, String or byte array.
 */
@FunctionalInterface
interface Convert {
  /** The value for the table; null when the stored one is not of the type. */
  @Nullable Object apply(Object stored);

  /** For a type; empty for those that SQLite has nothing like. */
  static Optional<Convert> to(DataType type) {
    return switch (type) {
      case Decimal decimal -> Optional.of(stored -> decimal(stored, decimal));
      case DataType.EnumOf _ -> Optional.of(Convert::text);
      case Simple simple ->
          switch (simple.name()) {
            case "BOOLEAN" -> Optional.of(Convert::truth);
            case "BIGINT" -> Optional.of(Convert::whole);
            case "FLOAT", "DOUBLE" -> Optional.of(Convert::real);
            case "VARCHAR", "JSON", "UUID" -> Optional.of(Convert::text);
            case "BLOB" -> Optional.of(Convert::bytes);
            case "DATE" -> Optional.of(temporal(Convert::date));
            case "TIME" -> Optional.of(temporal(LocalTime::parse));
            case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" ->
                Optional.of(temporal(Convert::timestamp));
            case "TIMESTAMP WITH TIME ZONE" -> Optional.of(temporal(Convert::instant));
            default ->
                WholeType.of(simple)
                    .filter(whole -> whole != WholeType.UHUGEINT)
                    .map(whole -> stored -> within(stored, whole));
          };
      case DataType.ListOf _,
          DataType.ArrayOf _,
          DataType.Struct _,
          DataType.MapOf _,
          DataType.Union _ ->
          Optional.empty();
    };
  }

  private static @Nullable Object truth(Object stored) {
    if (stored instanceof Integer number && (number == 0 || number == 1)) {
      return number == 1;
    }
    if (stored instanceof String text) {
      return switch (text.strip().toLowerCase(Locale.ROOT)) {
        case "true", "t", "1" -> true;
        case "false", "f", "0" -> false;
        default -> null;
      };
    }
    return null;
  }

  private static @Nullable Object whole(Object stored) {
    return switch (stored) {
      case Integer number -> number.longValue();
      case Long number -> number;
      case Double number ->
          number == Math.rint(number) && Math.abs(number) < 0x1p63 ? number.longValue() : null;
      case String text -> {
        BigInteger number = integer(text);
        yield number != null && number.bitLength() < 64 ? number.longValue() : null;
      }
      default -> null;
    };
  }

  private static @Nullable Object within(Object stored, WholeType type) {
    BigInteger number =
        stored instanceof String text
            ? integer(text)
            : whole(stored) instanceof Long small ? BigInteger.valueOf(small) : null;
    if (number == null || !type.holds(number)) {
      return null;
    }
    return number.bitLength() < 64 ? (Object) number.longValue() : number;
  }

  private static @Nullable BigInteger integer(String text) {
    String digits = text.strip();
    return digits.length() <= 40 && digits.matches("[+-]?[0-9]+") ? new BigInteger(digits) : null;
  }

  private static @Nullable Object real(Object stored) {
    return switch (stored) {
      case Double number -> number;
      case Integer number -> number.doubleValue();
      case Long number ->
          (long) (double) number == number && Math.abs(number) <= 1L << 53 ? (double) number : null;
      case String text -> {
        BigDecimal number = number(text);
        yield number == null ? null : number.doubleValue();
      }
      default -> null;
    };
  }

  private static @Nullable Object decimal(Object stored, Decimal type) {
    BigDecimal number =
        switch (stored) {
          case Integer whole -> BigDecimal.valueOf(whole);
          case Long whole -> BigDecimal.valueOf(whole);
          case Double real -> Double.isFinite(real) ? BigDecimal.valueOf(real) : null;
          case String text -> number(text);
          default -> null;
        };
    if (number == null || number.stripTrailingZeros().scale() > type.scale()) {
      return null;
    }
    BigDecimal scaled = number.setScale(type.scale(), RoundingMode.UNNECESSARY);
    return scaled.precision() <= type.precision() ? scaled : null;
  }

  private static @Nullable BigDecimal number(String text) {
    try {
      return text.length() > 100 ? null : new BigDecimal(text.strip());
    } catch (NumberFormatException _) {
      return null;
    }
  }

  private static @Nullable Object text(Object stored) {
    return stored instanceof byte[] ? null : stored.toString();
  }

  private static @Nullable Object bytes(Object stored) {
    return switch (stored) {
      case byte[] bytes -> bytes;
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      default -> null;
    };
  }

  /** Dates and times stand as text; a number could mean seconds, days or anything. */
  private static Convert temporal(Temporal parser) {
    return stored -> {
      try {
        return stored instanceof String text ? parser.parse(text.strip()) : null;
      } catch (DateTimeException _) {
        return null;
      }
    };
  }

  /** Reads a text. */
  @FunctionalInterface
  interface Temporal {
    /** The date or time. Throws DateTimeException when it is none; null likewise. */
    @Nullable Object parse(String text);
  }

  private static @Nullable Object date(String text) {
    if (text.length() <= 10) {
      return LocalDate.parse(text);
    }
    LocalDateTime time = LocalDateTime.parse(text.replace(' ', 'T'));
    return time.toLocalTime().equals(LocalTime.MIDNIGHT) ? time.toLocalDate() : null;
  }

  private static Object timestamp(String text) {
    if (text.length() <= 10) {
      return LocalDate.parse(text).atStartOfDay();
    }
    String plain = text.replaceFirst("(Z|[+-]00:?00)$", "");
    return LocalDateTime.parse(plain.strip().replace(' ', 'T'));
  }

  private static Object instant(String text) {
    String tidy = text.replaceFirst("\\s*([+-]\\d\\d):?(\\d\\d)$", "$1:$2").replace(' ', 'T');
    return tidy.matches(".*T.*(Z|[+-]\\d\\d:\\d\\d)")
        ? OffsetDateTime.parse(tidy)
        : ((LocalDateTime) timestamp(text)).atOffset(ZoneOffset.UTC);
  }
}
