package dev.towpath.spi;

import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a result, by columns, for those who must read many of them quickly. Valid until the
 * next batch is asked for; read by one thread.
 */
public interface Batch {
  /** How many rows; at least 1. */
  int rows();

  /** A column by its position, from 0. */
  Vector column(int index);

  /** Writes batches to a stream, in some form. */
  interface Writer {
    /** Writes all rows of a batch. */
    void write(Batch batch) throws IOException;

    /** Writes what comes after the last batch; the stream stays open. */
    void end() throws IOException;
  }

  /** The values of one column. A value that is read as what its type is not is an error of ours. */
  interface Vector {
    boolean isNull(int row);

    /** Whether any value may be null; false spares the readers of many rows their questions. */
    default boolean mayBeNull() {
      return true;
    }

    /** BOOLEAN. */
    boolean truth(int row);

    /**
     * Integers of up to 64 bits, DATE as days since 1970, TIME as microseconds, TIMESTAMP with and
     * without zone as microseconds since 1970 in UTC; infinite dates and times as DuckDB keeps
     * them.
     */
    long whole(int row);

    /** FLOAT and DOUBLE. */
    double real(int row);

    /** DECIMAL, HUGEINT, UBIGINT, UHUGEINT. */
    BigDecimal decimal(int row);

    /**
     * DECIMAL of at most 18 digits, without its point.
     *
     * @param scale of the type
     */
    default long unscaled(int row, int scale) {
      return decimal(row).setScale(scale).unscaledValue().longValueExact();
    }

    /** VARCHAR, JSON, ENUM, UUID, INTERVAL, BIT and all others as UTF-8; BLOB as it is. */
    byte[] bytes(int row);

    /** Any type, as Java has it: see {@link RowReader#next}; nested values as List and Map. */
    @Nullable Object value(int row);
  }
}
