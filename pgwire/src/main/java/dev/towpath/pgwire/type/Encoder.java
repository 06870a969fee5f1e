package dev.towpath.pgwire.type;

import dev.towpath.pgwire.wire.Outbox;
import dev.towpath.spi.Batch;
import dev.towpath.spi.DataType;
import java.time.ZoneId;

/** Writes the values of one column, without their lengths. A value is not null. */
@FunctionalInterface
public interface Encoder {
  void write(Outbox out, Batch.Vector values, int row);

  /**
   * One for a column.
   *
   * @param type of the column in the engine
   * @param binary whether the client asked for the binary format
   * @param zone whose clocks timestamps with time zone are shown by in text
   */
  static Encoder of(DataType type, boolean binary, ZoneId zone) {
    return of(type, WireType.of(type), binary, zone);
  }

  /** One for a column that is sent as some other type than is usual. */
  static Encoder of(DataType type, WireType wire, boolean binary, ZoneId zone) {
    if (!wire.isArray()) {
      return binary ? Binary.encoder(type, wire.type()) : Text.encoder(type, wire.type(), zone);
    }
    DataType element =
        switch (type) {
          case DataType.ListOf list -> list.element();
          case DataType.ArrayOf array -> array.element();
          default -> type;
        };
    Encoder elements = of(element, WireType.plain(wire.type()), binary, zone);
    return binary ? Arrays.binary(wire.type(), elements) : Arrays.text(wire.type(), elements);
  }
}
