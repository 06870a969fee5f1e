package dev.towpath.pgwire.type;

import dev.towpath.spi.Batch;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values that are Java objects already, such as the elements of a list. */
public final class ObjectVector implements Batch.Vector {
  private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);

  private final List<? extends @Nullable Object> values;

  public ObjectVector(List<? extends @Nullable Object> values) {
    this.values = values;
  }

  @Override
  public boolean isNull(int row) {
    return values.get(row) == null;
  }

  @Override
  public boolean truth(int row) {
    return (Boolean) some(row);
  }

  @Override
  public long whole(int row) {
    return switch (some(row)) {
      case LocalDate date -> date.toEpochDay();
      case LocalTime time -> time.toNanoOfDay() / 1000;
      case LocalDateTime time -> ChronoUnit.MICROS.between(EPOCH, time);
      case OffsetDateTime time ->
          ChronoUnit.MICROS.between(
              EPOCH, time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime());
      case Number number -> number.longValue();
      case String text -> far(text);
      case Object other -> throw new IllegalStateException("no number: " + other.getClass());
    };
  }

  /** Times that Java has no value for come as text. */
  private static long far(String text) {
    return switch (text) {
      case "infinity" -> TimeText.TIME_INFINITY;
      case "-infinity" -> -TimeText.TIME_INFINITY;
      case "24:00:00" -> TimeText.DAY;
      default -> throw new IllegalStateException("no time: " + text);
    };
  }

  @Override
  public double real(int row) {
    return ((Number) some(row)).doubleValue();
  }

  @Override
  public BigDecimal decimal(int row) {
    return switch (some(row)) {
      case BigDecimal decimal -> decimal;
      case BigInteger whole -> new BigDecimal(whole);
      case Object other -> BigDecimal.valueOf(((Number) other).longValue());
    };
  }

  @Override
  public byte[] bytes(int row) {
    return some(row) instanceof byte[] bytes
        ? bytes
        : some(row).toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public @Nullable Object value(int row) {
    return values.get(row);
  }

  private Object some(int row) {
    return Objects.requireNonNull(values.get(row));
  }
}
