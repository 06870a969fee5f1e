package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.server.Json;
import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;

/** Values in PostgreSQL's text format. */
final class Text {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Text() {}

  static Encoder encoder(DataType type, PgType wire, ZoneId zone) {
    return switch (wire) {
      case BOOL -> (out, values, row) -> out.int8(values.truth(row) ? 't' : 'f');
      case INT2, INT4, INT8, OID -> (out, values, row) -> out.digits(values.whole(row));
      case FLOAT4 -> (out, values, row) -> Reals.write(out, (float) values.real(row));
      case FLOAT8 -> (out, values, row) -> Reals.write(out, values.real(row));
      case NUMERIC ->
          Numeric.isShort(type)
              ? scaled(((DataType.Decimal) type).scale())
              : (out, values, row) -> out.digits(values.decimal(row));
      case DATE -> (out, values, row) -> TimeText.date(out, values.whole(row));
      case TIME -> (out, values, row) -> TimeText.time(out, values.whole(row));
      case TIMESTAMP -> (out, values, row) -> TimeText.timestamp(out, values.whole(row));
      case TIMESTAMPTZ -> (out, values, row) -> TimeText.timestamp(out, values.whole(row), zone);
      case INTERVAL -> (out, values, row) -> Span.parse(shown(values, row)).write(out);
      case BYTEA -> (out, values, row) -> hex(out, values.bytes(row));
      case JSON, JSONB -> json(type);
      case UUID, TIMETZ, TEXT, CHAR, NAME, BPCHAR, VARCHAR, UNKNOWN -> plain();
    };
  }

  private static Encoder scaled(int scale) {
    return (out, values, row) -> out.scaled(values.unscaled(row, scale), scale);
  }

  /** What is text in the engine, or what the engine makes text of. */
  static Encoder plain() {
    return (out, values, row) -> out.bytes(values.bytes(row));
  }

  /** JSON comes as text, lists and structs as Java has them. */
  static Encoder json(DataType type) {
    return type instanceof DataType.Simple
        ? (out, values, row) -> out.bytes(values.bytes(row))
        : (out, values, row) -> out.chars(Json.write(values.value(row)));
  }

  static String shown(Batch.Vector values, int row) {
    return new String(values.bytes(row), StandardCharsets.UTF_8);
  }

  private static void hex(Outbox out, byte[] bytes) {
    out.int8('\\').int8('x');
    for (byte b : bytes) {
      out.int8(HEX[b >> 4 & 15]).int8(HEX[b & 15]);
    }
  }
}
