package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.spi.DataType;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/** Values in PostgreSQL's binary format. */
final class Binary {
  static final long EPOCH_DAYS = LocalDate.of(2000, 1, 1).toEpochDay();
  static final long EPOCH_MICROS = EPOCH_DAYS * TimeText.DAY;

  private Binary() {}

  static Encoder encoder(DataType type, PgType wire) {
    return switch (wire) {
      case BOOL -> (out, values, row) -> out.int8(values.truth(row) ? 1 : 0);
      case INT2 -> (out, values, row) -> out.int16((int) values.whole(row));
      case INT4, OID -> (out, values, row) -> out.int32((int) values.whole(row));
      case INT8 -> (out, values, row) -> out.int64(values.whole(row));
      case FLOAT4 ->
          (out, values, row) -> out.int32(Float.floatToIntBits((float) values.real(row)));
      case FLOAT8 -> (out, values, row) -> out.int64(Double.doubleToLongBits(values.real(row)));
      case NUMERIC ->
          Numeric.isShort(type)
              ? scaled(((DataType.Decimal) type).scale())
              : (out, values, row) -> Numeric.write(out, values.decimal(row));
      case DATE -> (out, values, row) -> out.int32(date(values.whole(row)));
      case TIME -> (out, values, row) -> out.int64(values.whole(row));
      case TIMESTAMP, TIMESTAMPTZ -> (out, values, row) -> out.int64(timestamp(values.whole(row)));
      case INTERVAL -> (out, values, row) -> interval(out, Span.parse(Text.shown(values, row)));
      case TIMETZ -> (out, values, row) -> timetz(out, Text.shown(values, row));
      case BYTEA -> (out, values, row) -> out.bytes(values.bytes(row));
      case UUID -> (out, values, row) -> uuid(out, Text.shown(values, row));
      case JSON -> Text.json(type);
      case JSONB -> {
        Encoder json = Text.json(type);
        yield (out, values, row) -> json.write(out.int8(1), values, row);
      }
      case TEXT, CHAR, NAME, BPCHAR, VARCHAR, UNKNOWN -> Text.plain();
    };
  }

  private static Encoder scaled(int scale) {
    return (out, values, row) -> Numeric.write(out, values.unscaled(row, scale), scale);
  }

  private static int date(long days) {
    if (Math.abs(days) >= TimeText.DATE_INFINITY) {
      return days < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }
    return Math.toIntExact(days - EPOCH_DAYS);
  }

  private static long timestamp(long micros) {
    if (Math.abs(micros) == TimeText.TIME_INFINITY) {
      return micros < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return micros - EPOCH_MICROS;
  }

  private static void interval(Outbox out, Span span) {
    out.int64(span.micros()).int32(span.days()).int32(span.months());
  }

  /** DuckDB's text: a time and an offset from Greenwich, whose sign PostgreSQL turns round. */
  private static void timetz(Outbox out, String text) {
    int at = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
    LocalTime time = LocalTime.parse(text.substring(0, at));
    out.int64(time.toNanoOfDay() / 1000);
    out.int32(-ZoneOffset.of(text.substring(at)).getTotalSeconds());
  }

  private static void uuid(Outbox out, String text) {
    java.util.UUID uuid = java.util.UUID.fromString(text);
    out.int64(uuid.getMostSignificantBits()).int64(uuid.getLeastSignificantBits());
  }
}
