package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.Payload;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.pgwire.wire.SqlState;
import dev.towpath.spi.Names;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads values of parameters into texts that the engine casts to the parameter's type. */
public final class Decoder {
  /** Seconds from Greenwich that PostgreSQL takes less than. */
  private static final int MOST_OFFSET = 16 * 3600;

  private Decoder() {}

  /**
   * One value.
   *
   * @param type as the client or the server said it is sent
   */
  public static String decode(WireType type, byte[] value, boolean binary) {
    if (!binary) {
      return text(type, Payload.utf8(value));
    }
    Payload in = new Payload(value);
    String text = type.isArray() ? array(type.type(), in) : scalar(type.type(), in);
    if (in.remaining() > 0) {
      throw wrong(type.type());
    }
    return text;
  }

  private static String text(WireType type, String text) {
    if (type.isArray()) {
      List<Optional<String>> elements =
          Arrays.parse(text)
              .orElseThrow(() ->
                  PgError.of(
                      SqlState.INVALID_TEXT,
                      "malformed array literal: \"" + text + "\"",
                      "arrays have one dimension and are written {a,b}"));
      return list(
          elements.stream().map(e -> e.map(t -> text(WireType.plain(type.type()), t))).toList());
    }
    return switch (type.type()) {
      case BYTEA -> text.startsWith("\\x") ? blob(hex(text.substring(2))) : escaped(text);
      case BOOL -> truth(text);
      default -> text;
    };
  }

  private static String truth(String text) {
    return switch (text.strip().toLowerCase(java.util.Locale.ROOT)) {
      case "t", "true", "y", "yes", "on", "1" -> "true";
      case "f", "false", "n", "no", "off", "0" -> "false";
      default ->
          throw PgError.of(
              SqlState.INVALID_TEXT, "invalid input syntax for type boolean: \"" + text + "\"");
    };
  }

  private static String array(PgType type, Payload in) {
    int dimensions = in.int32();
    in.int32(); // whether there are nulls, which each element says, too
    in.int32(); // the elements' type, which the parameter's type says, too
    if (dimensions == 0) {
      return "[]";
    }
    if (dimensions != 1) {
      throw PgError.of(
          SqlState.FEATURE_NOT_SUPPORTED, "arrays of several dimensions are not taken");
    }
    int count = in.int32();
    in.int32(); // the index of the first one
    if (count < 0 || count > in.remaining() / 4) {
      throw wrong(type);
    }
    List<Optional<String>> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = in.int32();
      if (length < 0) {
        elements.add(Optional.empty());
      } else {
        elements.add(Optional.of(decode(WireType.plain(type), in.bytes(length), true)));
      }
    }
    return list(elements);
  }

  /** As the engine reads a list in text. */
  private static String list(List<Optional<String>> elements) {
    return elements.stream()
        .map(e -> e.map(Decoder::quoted).orElse("NULL"))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quoted(String element) {
    return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String scalar(PgType type, Payload in) {
    return switch (type) {
      case BOOL -> in.int8() == 0 ? "false" : "true";
      case INT2 -> String.valueOf(in.int16());
      case INT4 -> String.valueOf(in.int32());
      case OID -> String.valueOf(in.int32() & 0xffff_ffffL);
      case INT8 -> String.valueOf(in.int64());
      case FLOAT4 -> Reals.text(Float.intBitsToFloat(in.int32()));
      case FLOAT8 -> Reals.text(Double.longBitsToDouble(in.int64()));
      case NUMERIC -> Numeric.read(in);
      case DATE -> date(in.int32());
      case TIME -> time(in.int64());
      case TIMETZ -> timetz(in.int64(), in.int32());
      case TIMESTAMP -> timestamp(in.int64());
      case TIMESTAMPTZ -> zoned(timestamp(in.int64()));
      case INTERVAL -> interval(in.int64(), in.int32(), in.int32()).engine();
      case UUID -> new java.util.UUID(in.int64(), in.int64()).toString();
      case BYTEA -> blob(in.bytes(in.remaining()));
      case JSONB -> {
        if (in.int8() != 1) {
          throw wrong(type);
        }
        yield rest(in);
      }
      case JSON, TEXT, CHAR, NAME, BPCHAR, VARCHAR, UNKNOWN -> rest(in);
    };
  }

  private static String rest(Payload in) {
    return Payload.utf8(in.bytes(in.remaining()));
  }

  private static Span interval(long micros, int days, int months) {
    return new Span(months, days, micros);
  }

  private static String date(int days) {
    if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
      return days < 0 ? "-infinity" : "infinity";
    }
    Outbox out = Outbox.scratch();
    TimeText.date(out, days + Binary.EPOCH_DAYS);
    return engineEra(out);
  }

  private static String time(long micros) {
    if (micros < 0 || micros > TimeText.DAY) {
      throw wrong(PgType.TIME);
    }
    Outbox out = Outbox.scratch();
    TimeText.time(out, micros);
    return taken(out);
  }

  private static String timetz(long micros, int west) {
    if (west <= -MOST_OFFSET || west >= MOST_OFFSET) {
      throw PgError.of(SqlState.OUT_OF_RANGE, "time zone displacement out of range");
    }
    Outbox out = Outbox.scratch().chars(time(micros));
    TimeText.offset(out, -west);
    return taken(out);
  }

  private static String timestamp(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros < 0 ? "-infinity" : "infinity";
    }
    Outbox out = Outbox.scratch();
    try {
      TimeText.timestamp(out, Math.addExact(micros, Binary.EPOCH_MICROS));
    } catch (ArithmeticException e) {
      throw PgError.of(SqlState.OUT_OF_RANGE, "timestamp out of range").because(e);
    }
    return engineEra(out);
  }

  private static String zoned(String timestamp) {
    boolean infinite = timestamp.endsWith("infinity");
    if (infinite) {
      return timestamp;
    }
    return timestamp.endsWith(" (BC)")
        ? timestamp.substring(0, timestamp.length() - 5) + "+00 (BC)"
        : timestamp + "+00";
  }

  /** Years before the first are written in brackets by the engine. */
  private static String engineEra(Outbox out) {
    String text = taken(out);
    return text.endsWith(" BC") ? text.substring(0, text.length() - 3) + " (BC)" : text;
  }

  private static String taken(Outbox out) {
    return new String(out.take(), StandardCharsets.UTF_8);
  }

  private static byte[] hex(String digits) {
    try {
      return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw PgError.of(SqlState.INVALID_TEXT, "invalid hexadecimal data for type bytea").because(e);
    }
  }

  /** PostgreSQL's older form: backslashes are doubled, other bytes have three octal digits. */
  private static String escaped(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Outbox out = Outbox.scratch();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '\\') {
        out.int8(bytes[i]);
      } else if (i + 1 < bytes.length && bytes[i + 1] == '\\') {
        out.int8(bytes[++i]);
      } else if (i + 3 < bytes.length && text(bytes, i + 1).matches("[0-3][0-7]{2}")) {
        out.int8(Integer.parseInt(text(bytes, i + 1), 8));
        i += 3;
      } else {
        throw PgError.of(SqlState.INVALID_TEXT, "invalid input syntax for type bytea");
      }
    }
    return blob(out.take());
  }

  private static String text(byte[] bytes, int from) {
    return new String(bytes, from, 3, StandardCharsets.ISO_8859_1);
  }

  /** As the engine reads bytes in text. */
  private static String blob(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length * 4);
    HexFormat format = HexFormat.of().withUpperCase();
    for (byte b : bytes) {
      text.append("\\x").append(format.toHexDigits(b));
    }
    return text.toString();
  }

  private static PgError wrong(PgType type) {
    return PgError.of(
        SqlState.INVALID_BINARY, "invalid binary value for type " + Names.identity(type.name()));
  }
}
