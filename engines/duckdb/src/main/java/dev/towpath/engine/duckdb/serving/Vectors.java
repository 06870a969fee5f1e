package dev.towpath.engine.duckdb.serving;

import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.TimeStampSecVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Arrow vectors as {@link Batch.Vector} says. */
final class Vectors {
  private static final long MICROS = 1_000_000;

  private Vectors() {}

  /** A vector of values of a type of the query, read as {@link Shown} has it. */
  static Batch.Vector of(FieldVector vector, DataType type) {
    return switch (vector) {
      case NullVector none -> new Nulls(none);
      case BitVector bits -> new Truths(bits);
      case TinyIntVector v -> new Wholes(v, v::get, Long::valueOf);
      case SmallIntVector v -> new Wholes(v, v::get, Long::valueOf);
      case IntVector v -> new Ints(v, Long::valueOf);
      case BigIntVector v -> new Longs(v, Long::valueOf);
      case UInt1Vector v -> new Wholes(v, i -> v.get(i) & 0xFF, Long::valueOf);
      case UInt2Vector v -> new Wholes(v, v::get, Long::valueOf);
      case UInt4Vector v -> new Wholes(v, i -> v.get(i) & 0xFFFF_FFFFL, Long::valueOf);
      case DateDayVector v -> new Ints(v, Vectors::date);
      case TimeMicroVector v -> new Longs(v, Vectors::time);
      case TimeStampMicroTZVector v -> new Longs(v, Vectors::instant);
      case TimeStampMicroVector v -> new Longs(v, Vectors::timestamp);
      case TimeStampSecVector v -> new Wholes(v, i -> scaled(v.get(i), MICROS), Vectors::timestamp);
      case TimeStampMilliVector v -> new Wholes(v, i -> scaled(v.get(i), 1000), Vectors::timestamp);
      case TimeStampNanoVector v -> new Nanos(v);
      case UInt8Vector v -> new Naturals(v);
      case Float4Vector v -> new Reals(v, v::get);
      case Float8Vector v -> new Reals(v, v::get);
      case DecimalVector v -> new Decimals(v);
      case VarCharVector v -> new Texts(v, type);
      case VarBinaryVector v -> new Blobs(v);
      case MapVector v -> Nested.map(v, type);
      case ListVector v -> Nested.list(v, type);
      case FixedSizeListVector v -> Nested.array(v, type);
      case StructVector v -> Nested.struct(v, type);
      default ->
          throw new IllegalStateException(
              "no reader for " + type.sql() + " as " + vector.getMinorType());
    };
  }

  private static boolean isInfinite(long value, long most) {
    return value == most || value == -most;
  }

  private static String infinite(long value) {
    return value > 0 ? "infinity" : "-infinity";
  }

  private static long scaled(long value, long by) {
    return isInfinite(value, Long.MAX_VALUE) ? value : Math.multiplyExact(value, by);
  }

  static Object date(long days) {
    return isInfinite(days, Integer.MAX_VALUE) ? infinite(days) : LocalDate.ofEpochDay(days);
  }

  static Object time(long micros) {
    return micros >= 86_400 * MICROS ? "24:00:00" : LocalTime.ofNanoOfDay(micros * 1000);
  }

  static Object timestamp(long micros) {
    return isInfinite(micros, Long.MAX_VALUE)
        ? infinite(micros)
        : LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, MICROS),
            (int) Math.floorMod(micros, MICROS) * 1000,
            ZoneOffset.UTC);
  }

  static Object instant(long micros) {
    return isInfinite(micros, Long.MAX_VALUE)
        ? infinite(micros)
        : Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1000)
            .atOffset(ZoneOffset.UTC);
  }

  /** What a value is when it is read as Java has it. */
  @FunctionalInterface
  private interface Boxed {
    Object of(long value);
  }

  private record Nulls(FieldVector vector) implements Plain {
    @Override
    public @Nullable Object value(int row) {
      return null;
    }
  }

  private record Truths(BitVector vector) implements Plain {
    @Override
    public boolean truth(int row) {
      return vector.get(row) != 0;
    }

    @Override
    public @Nullable Object value(int row) {
      return isNull(row) ? null : truth(row);
    }
  }

  private interface Whole extends Plain {
    Boxed boxed();

    @Override
    default @Nullable Object value(int row) {
      return isNull(row) ? null : boxed().of(whole(row));
    }
  }

  private record Wholes(FieldVector vector, IntToLongFunction values, Boxed boxed)
      implements Whole {
    @Override
    public long whole(int row) {
      return values.applyAsLong(row);
    }
  }

  /**
   * What most columns are, read where it lies: a call for each value costs as much as to write it.
   */
  private record Ints(FieldVector vector, Boxed boxed) implements Whole {
    @Override
    public long whole(int row) {
      return vector.getDataBuffer().getInt((long) row * Integer.BYTES);
    }
  }

  private record Longs(FieldVector vector, Boxed boxed) implements Whole {
    @Override
    public long whole(int row) {
      return vector.getDataBuffer().getLong((long) row * Long.BYTES);
    }
  }

  private record Nanos(TimeStampNanoVector vector) implements Plain {
    @Override
    public long whole(int row) {
      long nanos = vector.get(row);
      return isInfinite(nanos, Long.MAX_VALUE) ? nanos : Math.floorDiv(nanos, 1000L);
    }

    @Override
    public @Nullable Object value(int row) {
      if (isNull(row)) {
        return null;
      }
      Object micros = timestamp(whole(row));
      return micros instanceof LocalDateTime time
          ? time.plusNanos(Math.floorMod(vector.get(row), 1000L))
          : micros;
    }
  }

  private record Naturals(UInt8Vector vector) implements Plain {
    @Override
    public BigDecimal decimal(int row) {
      return new BigDecimal(Long.toUnsignedString(vector.get(row)));
    }

    @Override
    public @Nullable Object value(int row) {
      if (isNull(row)) {
        return null;
      }
      long value = vector.get(row);
      return value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
    }
  }

  private record Reals(FieldVector vector, IntToDoubleFunction values) implements Plain {
    @Override
    public double real(int row) {
      return values.applyAsDouble(row);
    }

    @Override
    public @Nullable Object value(int row) {
      return isNull(row) ? null : real(row);
    }
  }

  private record Decimals(DecimalVector vector) implements Plain {
    @Override
    public BigDecimal decimal(int row) {
      return vector.getObjectNotNull(row);
    }

    /** Arrow keeps 16 bytes, the lowest first; a number that fits is in the first eight. */
    @Override
    public long unscaled(int row, int scale) {
      return vector.getDataBuffer().getLong((long) row * DecimalVector.TYPE_WIDTH);
    }

    @Override
    public @Nullable Object value(int row) {
      return isNull(row) ? null : decimal(row);
    }
  }

  private record Texts(VarCharVector vector, DataType type) implements Plain {
    @Override
    public byte[] bytes(int row) {
      return vector.get(row);
    }

    @Override
    public BigDecimal decimal(int row) {
      return new BigDecimal(text(row));
    }

    private String text(int row) {
      return new String(vector.get(row), StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable Object value(int row) {
      if (isNull(row)) {
        return null;
      }
      boolean whole = type.sql().equals("HUGEINT") || type.sql().equals("UHUGEINT");
      return whole ? new BigInteger(text(row)) : text(row);
    }
  }

  private record Blobs(VarBinaryVector vector) implements Plain {
    @Override
    public byte[] bytes(int row) {
      return vector.get(row);
    }

    @Override
    public @Nullable Object value(int row) {
      return isNull(row) ? null : bytes(row);
    }
  }
}
