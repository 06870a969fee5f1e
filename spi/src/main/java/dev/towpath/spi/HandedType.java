package dev.towpath.spi;

/** The type that other programs get a value as: Parquet has it, and every reader of it knows it. */
public final class HandedType {
  private HandedType() {}

  /** What a type is handed over as; itself when that needs no change. */
  public static DataType of(DataType type) {
    return switch (type) {
      case DataType.Decimal decimal -> decimal;
      case DataType.EnumOf _, DataType.Union _ -> new DataType.Simple("VARCHAR");
      case DataType.ListOf list -> new DataType.ListOf(of(list.element()));
      case DataType.ArrayOf array -> new DataType.ListOf(of(array.element()));
      case DataType.MapOf map -> new DataType.MapOf(of(map.key()), of(map.value()));
      case DataType.Struct struct ->
          new DataType.Struct(
              struct.members().stream().map(m -> new Column(m.name(), of(m.type()))).toList());
      case DataType.Simple simple ->
          switch (simple.name()) {
            case "HUGEINT", "UHUGEINT" -> new DataType.Decimal(38, 0);
            case "TIMESTAMP_S", "TIMESTAMP_MS" -> new DataType.Simple("TIMESTAMP");
            case "TIME_NS" -> new DataType.Simple("TIME");
            case "JSON",
                "UUID",
                "BIT",
                "INTERVAL",
                "TIME WITH TIME ZONE",
                "BIGNUM",
                "VARIANT",
                "GEOMETRY" ->
                new DataType.Simple("VARCHAR");
            default -> simple;
          };
    };
  }
}
