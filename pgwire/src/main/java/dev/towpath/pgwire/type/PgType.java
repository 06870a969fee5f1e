package dev.towpath.pgwire.type;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The types of PostgreSQL that values are sent as, and that parameters may have. */
public enum PgType {
  BOOL(16, 1, 1000),
  BYTEA(17, -1, 1001),
  CHAR(18, 1, 1002),
  NAME(19, 64, 1003),
  INT8(20, 8, 1016),
  INT2(21, 2, 1005),
  INT4(23, 4, 1007),
  TEXT(25, -1, 1009),
  OID(26, 4, 1028),
  JSON(114, -1, 199),
  FLOAT4(700, 4, 1021),
  FLOAT8(701, 8, 1022),
  UNKNOWN(705, -2, 1009),
  BPCHAR(1042, -1, 1014),
  VARCHAR(1043, -1, 1015),
  DATE(1082, 4, 1182),
  TIME(1083, 8, 1183),
  TIMESTAMP(1114, 8, 1115),
  TIMESTAMPTZ(1184, 8, 1185),
  INTERVAL(1186, 16, 1187),
  TIMETZ(1266, 12, 1270),
  NUMERIC(1700, -1, 1231),
  UUID(2950, 16, 2951),
  JSONB(3802, -1, 3807);

  private static final Map<Integer, PgType> BY_OID = new HashMap<>();
  private static final Map<Integer, PgType> BY_ARRAY = new HashMap<>();
  private static final Map<String, PgType> BY_NAME = new HashMap<>();

  static {
    for (PgType type : values()) {
      BY_OID.put(type.oid, type);
      BY_ARRAY.putIfAbsent(type.array, type);
      BY_NAME.put(type.name().toLowerCase(Locale.ROOT), type);
    }
    BY_NAME.putAll(
        Map.of(
            "smallint", INT2,
            "integer", INT4,
            "int", INT4,
            "bigint", INT8,
            "real", FLOAT4,
            "double", FLOAT8,
            "boolean", BOOL,
            "decimal", NUMERIC,
            "string", TEXT,
            "blob", BYTEA));
  }

  private final int oid;
  private final int size;
  private final int array;

  PgType(int oid, int size, int array) {
    this.oid = oid;
    this.size = size;
    this.array = array;
  }

  public int oid() {
    return oid;
  }

  /** How many bytes a value takes; negative when that depends on the value. */
  public int size() {
    return size;
  }

  /** The OID of its arrays. */
  public int array() {
    return array;
  }

  /** The type that SQL calls so. */
  static Optional<PgType> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The type of that OID. */
  public static Optional<PgType> of(int oid) {
    return Optional.ofNullable(BY_OID.get(oid));
  }

  /** The type of the elements of arrays with that OID. */
  public static Optional<PgType> elementOf(int oid) {
    return Optional.ofNullable(BY_ARRAY.get(oid));
  }
}
