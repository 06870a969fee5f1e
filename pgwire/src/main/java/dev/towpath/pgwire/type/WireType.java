package dev.towpath.pgwire.type;

import dev.towpath.spi.DataType;
import java.util.Map;
import java.util.Optional;

/**
 * What values of a type are sent as.
 *
 * @param isArray whether it is an array of the type
 * @param modifier what PostgreSQL keeps beside the type, such as precision and scale; -1 for none
 */
public record WireType(PgType type, boolean isArray, int modifier) {
  /** The names of two types that only the catalog has. */
  public static final String OID = "OID";

  public static final String CHAR = "\"char\"";

  private static final Map<String, PgType> SIMPLE =
      Map.ofEntries(
          Map.entry("BOOLEAN", PgType.BOOL),
          Map.entry("TINYINT", PgType.INT2),
          Map.entry("UTINYINT", PgType.INT2),
          Map.entry("SMALLINT", PgType.INT2),
          Map.entry("USMALLINT", PgType.INT4),
          Map.entry("INTEGER", PgType.INT4),
          Map.entry("UINTEGER", PgType.INT8),
          Map.entry("BIGINT", PgType.INT8),
          Map.entry("UBIGINT", PgType.NUMERIC),
          Map.entry("HUGEINT", PgType.NUMERIC),
          Map.entry("UHUGEINT", PgType.NUMERIC),
          Map.entry("FLOAT", PgType.FLOAT4),
          Map.entry("DOUBLE", PgType.FLOAT8),
          Map.entry("BLOB", PgType.BYTEA),
          Map.entry("DATE", PgType.DATE),
          Map.entry("TIME", PgType.TIME),
          Map.entry("TIME_NS", PgType.TIME),
          Map.entry("TIME WITH TIME ZONE", PgType.TIMETZ),
          Map.entry("TIMESTAMP", PgType.TIMESTAMP),
          Map.entry("TIMESTAMP_S", PgType.TIMESTAMP),
          Map.entry("TIMESTAMP_MS", PgType.TIMESTAMP),
          Map.entry("TIMESTAMP_NS", PgType.TIMESTAMP),
          Map.entry("TIMESTAMP WITH TIME ZONE", PgType.TIMESTAMPTZ),
          Map.entry("INTERVAL", PgType.INTERVAL),
          Map.entry("UUID", PgType.UUID),
          Map.entry("JSON", PgType.JSON),
          Map.entry(OID, PgType.OID),
          Map.entry(CHAR, PgType.CHAR));

  /** What a column of such a type is sent as: text, when PostgreSQL has nothing like it. */
  public static WireType of(DataType type) {
    return switch (type) {
      case DataType.Simple simple -> plain(SIMPLE.getOrDefault(simple.name(), PgType.TEXT));
      case DataType.Decimal decimal ->
          new WireType(PgType.NUMERIC, false, (decimal.precision() << 16 | decimal.scale()) + 4);
      case DataType.EnumOf _ -> plain(PgType.TEXT);
      case DataType.ListOf list -> array(list.element());
      case DataType.ArrayOf array -> array(array.element());
      case DataType.Struct _, DataType.MapOf _, DataType.Union _ -> plain(PgType.JSON);
    };
  }

  /** Arrays of arrays must be rectangular in PostgreSQL, and lists of lists need not be. */
  private static WireType array(DataType element) {
    WireType of = of(element);
    return of.isArray || of.type == PgType.JSON
        ? plain(PgType.JSON)
        : new WireType(of.type, true, of.modifier);
  }

  /** A type without more. */
  public static WireType plain(PgType type) {
    return new WireType(type, false, -1);
  }

  /** The type of that OID, if it is known here. */
  public static Optional<WireType> of(int oid) {
    return PgType.of(oid)
        .map(WireType::plain)
        .or(() -> PgType.elementOf(oid).map(t -> new WireType(t, true, -1)));
  }

  /** The type that SQL calls so, with {@code []} for arrays. */
  public static Optional<WireType> named(String name) {
    boolean array = name.endsWith("[]");
    return PgType.named(array ? name.substring(0, name.length() - 2) : name)
        .map(type -> new WireType(type, array, -1));
  }

  public int oid() {
    return isArray ? type.array() : type.oid();
  }

  public int size() {
    return isArray ? -1 : type.size();
  }

  /** The engine's type for a parameter that a client says is of this type; empty to infer it. */
  public Optional<DataType> engine() {
    Optional<DataType> element =
        switch (type) {
          case BOOL -> simple("BOOLEAN");
          case BYTEA -> simple("BLOB");
          case INT8 -> simple("BIGINT");
          case INT2 -> simple("SMALLINT");
          case INT4 -> simple("INTEGER");
          case OID -> simple("UINTEGER");
          case CHAR, NAME, TEXT, BPCHAR, VARCHAR -> simple("VARCHAR");
          case FLOAT4 -> simple("FLOAT");
          case FLOAT8 -> simple("DOUBLE");
          case DATE -> simple("DATE");
          case TIME -> simple("TIME");
          case TIMESTAMP -> simple("TIMESTAMP");
          case TIMESTAMPTZ -> simple("TIMESTAMP WITH TIME ZONE");
          case INTERVAL -> simple("INTERVAL");
          case TIMETZ -> simple("TIME WITH TIME ZONE");
          // PostgreSQL's has any scale; this leaves room before and after the point.
          case NUMERIC -> Optional.of(new DataType.Decimal(38, 10));
          case UUID -> simple("UUID");
          case JSON, JSONB -> simple("JSON");
          case UNKNOWN -> Optional.empty();
        };
    return isArray ? element.map(DataType.ListOf::new) : element;
  }

  private static Optional<DataType> simple(String name) {
    return Optional.of(new DataType.Simple(name));
  }
}
