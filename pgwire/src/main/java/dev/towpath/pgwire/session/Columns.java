package dev.towpath.pgwire.session;

import dev.towpath.pgwire.type.Encoder;
import dev.towpath.pgwire.type.WireType;
import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.pgwire.wire.PgError;
import dev.towpath.spi.Column;
import dev.towpath.spi.Schema;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The columns of a result and the format of each.
 *
 * @param binary whether each is sent in binary
 */
record Columns(Schema schema, List<Boolean> binary) {
  Columns {
    binary = List.copyOf(binary);
  }

  /** All as text. */
  static Columns text(Schema schema) {
    return same(schema, false);
  }

  static Columns same(Schema schema, boolean binary) {
    return new Columns(schema, Collections.nCopies(schema.columns().size(), binary));
  }

  /**
   * With formats as Bind gives them: none for text, one for all, or one for each.
   *
   * @param formats 0 for text, 1 for binary
   */
  static Columns of(Schema schema, List<Integer> formats) {
    int columns = schema.columns().size();
    if (formats.size() > 1 && formats.size() != columns) {
      throw PgError.protocol(
          "bind message has "
              + formats.size()
              + " result formats but query has "
              + columns
              + " columns");
    }
    List<Boolean> binary = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      int format = formats.isEmpty() ? 0 : formats.get(formats.size() == 1 ? 0 : i);
      binary.add(format == 1);
    }
    return new Columns(schema, binary);
  }

  /** A RowDescription. */
  void describe(Outbox out) {
    out.begin('T').int16(schema.columns().size());
    for (int i = 0; i < schema.columns().size(); i++) {
      Column column = schema.columns().get(i);
      WireType type = WireType.of(column.type());
      out.text(shown(column.name())).int32(0).int16(0);
      out.int32(type.oid()).int16(type.size()).int32(type.modifier());
      out.int16(binary.get(i) ? 1 : 0);
    }
    out.end();
  }

  /** PostgreSQL's name for what counts rows, which people read results by. */
  private static String shown(String name) {
    return name.equals("count_star()") ? "count" : name;
  }

  /** One for each column. */
  Encoder[] encoders(ZoneId zone) {
    Encoder[] encoders = new Encoder[binary.size()];
    for (int i = 0; i < encoders.length; i++) {
      encoders[i] = Encoder.of(schema.columns().get(i).type(), binary.get(i), zone);
    }
    return encoders;
  }
}
