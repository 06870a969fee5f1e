package dev.towpath.spi;

/** Tells whether what was written as one type can be read as another. */
public final class Widening {
  private Widening() {}

  /** Whether every stored value of one type reads as the other, members of nested ones too. */
  public static boolean reads(DataType from, DataType to) {
    return switch (to) {
      case DataType.Struct after when from instanceof DataType.Struct before ->
          after.members().stream()
              .allMatch(now ->
                  before.members().stream()
                      .filter(m -> Names.identity(m.name()).equals(Names.identity(now.name())))
                      .allMatch(then -> reads(then.type(), now.type())));
      case DataType.ListOf after when from instanceof DataType.ListOf before ->
          reads(before.element(), after.element());
      case DataType.ListOf after when from instanceof DataType.ArrayOf before ->
          reads(before.element(), after.element());
      case DataType.ArrayOf after when from instanceof DataType.ArrayOf before ->
          before.length() == after.length() && reads(before.element(), after.element());
      case DataType.MapOf after when from instanceof DataType.MapOf before ->
          before.key().equals(after.key()) && reads(before.value(), after.value());
      default -> widens(from, to);
    };
  }

  /** Whether every stored value of one type that is not nested reads as the other. */
  public static boolean widens(DataType from, DataType to) {
    if (from.equals(to)) {
      return true;
    }
    if (from instanceof DataType.EnumOf before && to instanceof DataType.EnumOf after) {
      return after.values().containsAll(before.values());
    }
    if (nested(from) || nested(to)) {
      return false;
    }
    DataType stored = StoredType.of(from);
    DataType target = StoredType.of(to);
    if (!stored.equals(target) && !promotes(stored, target)) {
      return false;
    }
    return target.equals(to) || wholeWidens(from, to);
  }

  private static boolean nested(DataType type) {
    return switch (type) {
      case DataType.Struct _, DataType.ListOf _, DataType.ArrayOf _, DataType.MapOf _ -> true;
      default -> false;
    };
  }

  private static boolean promotes(DataType from, DataType to) {
    if (from instanceof DataType.Decimal a && to instanceof DataType.Decimal b) {
      return a.scale() == b.scale() && b.precision() >= a.precision();
    }
    return (from.sql().equals("INTEGER") && to.sql().equals("BIGINT"))
        || (from.sql().equals("FLOAT") && to.sql().equals("DOUBLE"));
  }

  /** Whole types that hold less than what they are stored as, each with what it can take over. */
  private static boolean wholeWidens(DataType from, DataType to) {
    return switch (to.sql()) {
      case "SMALLINT" -> from.sql().equals("TINYINT") || from.sql().equals("UTINYINT");
      case "USMALLINT" -> from.sql().equals("UTINYINT");
      case "UINTEGER" -> from.sql().equals("UTINYINT") || from.sql().equals("USMALLINT");
      case "HUGEINT" -> from instanceof DataType.Decimal || from.sql().equals("UBIGINT");
      default -> false;
    };
  }
}
