package dev.towpath.lake.iceberg;

import dev.towpath.spi.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Iceberg's binary form of one value, to and from the text that DuckDB prints. Types are stored
 * ones ({@link dev.towpath.spi.StoredType}).
 */
public final class SingleValue {
  /** Longer texts are cut in bounds, so that metadata stays small. */
  public static final int BOUND_CODE_POINTS = 64;

  private SingleValue() {}

  /** The value's bytes, or empty when the text is no value of the type ({@code infinity}). */
  public static Optional<byte[]> encode(DataType type, String text) {
    try {
      return Optional.ofNullable(bytes(type, text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional
          .empty(); // a value that Iceberg cannot say has no bound, which is always right
    }
  }

  private static byte @Nullable [] bytes(DataType type, String text) {
    if (type instanceof DataType.Decimal decimal) {
      BigDecimal value = new BigDecimal(text).setScale(decimal.scale(), RoundingMode.UNNECESSARY);
      return value.precision() > decimal.precision() ? null : value.unscaledValue().toByteArray();
    }
    return switch (type.sql()) {
      case "BOOLEAN" ->
          switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> new byte[] {1};
            case "false", "0" -> new byte[] {0};
            default -> null;
          };
      case "INTEGER" -> little(4).putInt(Integer.parseInt(text)).array();
      case "BIGINT" -> little(8).putLong(Long.parseLong(text)).array();
      case "FLOAT" ->
          little(4).putFloat(Float.parseFloat(DuckText.javaFloating(text)) + 0.0f).array();
      case "DOUBLE" ->
          little(8).putDouble(Double.parseDouble(DuckText.javaFloating(text)) + 0.0).array();
      case "VARCHAR" -> text.getBytes(StandardCharsets.UTF_8);
      case "DATE" -> little(4).putInt(DuckText.date(text)).array();
      case "TIME" -> little(8).putLong(DuckText.time(text)).array();
      case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" ->
          little(8).putLong(DuckText.timestamp(text)).array();
      case "UUID" -> {
        UUID uuid = UUID.fromString(text);
        yield ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
      }
      default -> null;
    };
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The text of a value; one that was written before its type was widened reads as well. */
  public static String decode(DataType type, byte[] bytes) {
    if (type instanceof DataType.Decimal decimal) {
      return new BigDecimal(new BigInteger(bytes), decimal.scale()).toPlainString();
    }
    return switch (type.sql()) {
      case "BOOLEAN" -> bytes[0] == 0 ? "false" : "true";
      case "INTEGER", "BIGINT" -> String.valueOf(whole(bytes));
      case "FLOAT", "DOUBLE" -> {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        yield DuckText.floating(
            bytes.length == 4
                ? Float.toString(buffer.getFloat())
                : Double.toString(buffer.getDouble()));
      }
      case "VARCHAR" -> new String(bytes, StandardCharsets.UTF_8);
      case "DATE" -> DuckText.date(whole(bytes));
      case "TIME" -> DuckText.time(whole(bytes));
      case "TIMESTAMP" -> DuckText.timestamp(whole(bytes));
      case "TIMESTAMP WITH TIME ZONE" -> DuckText.timestamp(whole(bytes)) + "+00";
      case "UUID" -> {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        yield new UUID(buffer.getLong(), buffer.getLong()).toString();
      }
      default -> HexFormat.of().formatHex(bytes);
    };
  }

  /** The number of a value of 4 or 8 bytes. */
  static long whole(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.length == 4 ? buffer.getInt() : buffer.getLong();
  }

  private static double floating(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.length == 4 ? buffer.getFloat() : buffer.getDouble();
  }

  /** The order of a type's values. */
  static Comparator<byte[]> order(DataType type) {
    if (type instanceof DataType.Decimal) {
      return Comparator.comparing(BigInteger::new);
    }
    return switch (type.sql()) {
      case "INTEGER", "BIGINT", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" ->
          Comparator.comparingLong(SingleValue::whole);
      case "FLOAT", "DOUBLE" -> Comparator.comparingDouble(SingleValue::floating);
      default -> Arrays::compareUnsigned; // UTF-8 sorts as its code points do
    };
  }

  /** Whether a value is NaN. */
  static boolean isNan(DataType type, byte[] bytes) {
    return isFloating(type) && Double.isNaN(floating(bytes));
  }

  /** Whether the type has NaNs. */
  public static boolean isFloating(DataType type) {
    return type.sql().equals("FLOAT") || type.sql().equals("DOUBLE");
  }

  /** The bytes of a lower bound: at most the value. */
  public static Optional<byte[]> lower(DataType type, String text) {
    if (type.sql().equals("VARCHAR") && isLong(text)) {
      return encode(type, text.substring(0, text.offsetByCodePoints(0, BOUND_CODE_POINTS)));
    }
    return encode(type, text).map(bytes -> zero(type, bytes, -0.0));
  }

  /** The bytes of an upper bound: at least the value; empty when there is none. */
  public static Optional<byte[]> upper(DataType type, String text) {
    if (type.sql().equals("VARCHAR") && isLong(text)) {
      return roundedUp(text.codePoints().limit(BOUND_CODE_POINTS).toArray())
          .flatMap(t -> encode(type, t));
    }
    return encode(type, text);
  }

  private static boolean isLong(String text) {
    return text.length() > BOUND_CODE_POINTS
        && text.codePointCount(0, text.length()) > BOUND_CODE_POINTS;
  }

  /** DuckDB holds both zeros equal; Iceberg sorts the negative one first. */
  private static byte[] zero(DataType type, byte[] bytes, double zero) {
    if (!isFloating(type) || floating(bytes) != 0) {
      return bytes;
    }
    return bytes.length == 4
        ? little(4).putFloat((float) zero).array()
        : little(8).putDouble(zero).array();
  }

  private static Optional<String> roundedUp(int[] codePoints) {
    for (int last = codePoints.length - 1; last >= 0; last--) {
      int next = codePoints[last] + 1;
      if (next == Character.MIN_SURROGATE) {
        next = Character.MAX_SURROGATE + 1;
      }
      if (next <= Character.MAX_CODE_POINT) {
        codePoints[last] = next;
        return Optional.of(new String(codePoints, 0, last + 1));
      }
    }
    return Optional.empty();
  }
}
