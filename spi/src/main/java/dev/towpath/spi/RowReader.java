package dev.towpath.spi;

/** Rows from outside, read once, in order. Not thread-safe; several readers may run in parallel. */
public interface RowReader extends AutoCloseable {
  /**
   * The next row, or null at the end. The array may be reused by the next call.
   *
   * <p>Values by column: Boolean, Long (all integers), Double, BigDecimal, BigInteger, String (also
   * for JSON, UUID, ENUM and times), byte[], LocalDate, LocalTime, LocalDateTime, OffsetDateTime,
   * or null.
   */
  @org.jspecify.annotations.Nullable
  Object @org.jspecify.annotations.Nullable [] next();

  @Override
  void close();
}
