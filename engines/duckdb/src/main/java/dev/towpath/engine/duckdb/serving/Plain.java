package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Batch;
import java.math.BigDecimal;
import org.apache.arrow.vector.FieldVector;

/** A vector that is read in one way; the others are mistakes of ours. */
interface Plain extends Batch.Vector {
  FieldVector vector();

  @Override
  default boolean isNull(int row) {
    return vector().isNull(row);
  }

  @Override
  default boolean mayBeNull() {
    return vector().getNullCount() > 0;
  }

  @Override
  default boolean truth(int row) {
    throw wrong("a truth value");
  }

  @Override
  default long whole(int row) {
    throw wrong("a whole number");
  }

  @Override
  default double real(int row) {
    throw wrong("a real number");
  }

  @Override
  default BigDecimal decimal(int row) {
    throw wrong("a decimal number");
  }

  @Override
  default byte[] bytes(int row) {
    throw wrong("bytes");
  }

  private IllegalStateException wrong(String as) {
    return new IllegalStateException(vector().getMinorType() + " is not read as " + as);
  }
}
