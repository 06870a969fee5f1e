package dev.towpath.lake.iceberg;

import dev.towpath.spi.DataType;
import dev.towpath.spi.PartitionField.Transform;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Partition values as text: {@code 2013}, {@code 2013-01}, {@code 2013-01-31}, {@code
 * 2013-01-31-23} for the time transforms, and what DuckDB prints for identity.
 */
final class PartitionText {
  private static final Pattern MONTH = Pattern.compile("(-?\\d{1,6})(?:-(\\d{2}))?");
  private static final Pattern HOUR =
      Pattern.compile("(.*\\S)[- T](\\d{2})(?::00(?::00)?)?(?:\\+00)?");

  private PartitionText() {}

  /** The value's bytes, or empty when the text is no value of the part. */
  static Optional<byte[]> encode(Spec.Part part, String text) {
    try {
      return switch (part.transform()) {
        case IDENTITY -> SingleValue.encode(part.type(), text);
        case YEAR -> Optional.of(number(Math.floorDiv(months(text), 12L)));
        case MONTH -> Optional.of(number(months(text)));
        case DAY ->
            SingleValue.encode(part.type(), text.length() > 10 ? text.substring(0, 10) : text);
        case HOUR -> hour(text);
      };
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> hour(String text) {
    Matcher m = HOUR.matcher(text);
    return m.matches()
        ? Optional.of(number(DuckText.date(m.group(1)) * 24L + Integer.parseInt(m.group(2))))
        : Optional.empty();
  }

  private static long months(String text) {
    Matcher m = MONTH.matcher(text);
    if (m.matches()) {
      int month = m.group(2) == null ? 1 : Integer.parseInt(m.group(2));
      return (Integer.parseInt(m.group(1)) - 1970) * 12L + month - 1;
    }
    java.time.LocalDate day = java.time.LocalDate.ofEpochDay(DuckText.date(text));
    return (day.getYear() - 1970) * 12L + day.getMonthValue() - 1;
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(Math.toIntExact(value))
        .array();
  }

  /** The text of a value. */
  static String decode(Transform transform, DataType type, byte[] bytes) {
    return switch (transform) {
      case IDENTITY, DAY -> SingleValue.decode(type, bytes);
      case YEAR -> String.format(Locale.ROOT, "%04d", 1970 + SingleValue.whole(bytes));
      case MONTH -> {
        long months = SingleValue.whole(bytes);
        yield String.format(
            Locale.ROOT,
            "%04d-%02d",
            1970 + Math.floorDiv(months, 12L),
            Math.floorMod(months, 12L) + 1);
      }
      case HOUR -> {
        long hours = SingleValue.whole(bytes);
        yield DuckText.date(Math.floorDiv(hours, 24L))
            + String.format(Locale.ROOT, "-%02d", Math.floorMod(hours, 24L));
      }
    };
  }
}
