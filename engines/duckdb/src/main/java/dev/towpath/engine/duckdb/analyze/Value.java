package dev.towpath.engine.duckdb.analyze;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a value depends on; each bit is a column of the query's inputs. Never changed once made.
 *
 * @param same columns whose value it takes over as it is
 * @param made columns that it is computed from
 * @param rows columns that decide which rows count for it
 * @param fields of a struct, when they are known one by one; their bits are among the others
 */
record Value(BitSet same, BitSet made, BitSet rows, Map<String, Value> fields) {
  static final BitSet NO_BITS = new BitSet();
  static final Value NONE = new Value(NO_BITS, NO_BITS, NO_BITS, Map.of());

  /** The value of an input's column. */
  static Value column(int index) {
    return new Value(bit(index), NO_BITS, NO_BITS, Map.of());
  }

  /** A value that is computed from these columns. */
  static Value madeOf(BitSet columns) {
    return new Value(NO_BITS, columns, NO_BITS, Map.of());
  }

  private static BitSet bit(int index) {
    BitSet bits = new BitSet(index + 1);
    bits.set(index);
    return bits;
  }

  static BitSet union(BitSet a, BitSet b) {
    if (b.isEmpty()) {
      return a;
    }
    if (a.isEmpty()) {
      return b;
    }
    BitSet both = (BitSet) a.clone();
    both.or(b);
    return both;
  }

  private boolean isNothing() {
    return same.isEmpty() && made.isEmpty() && rows.isEmpty();
  }

  /** This value or the other one. */
  Value or(Value other) {
    if (other.isNothing() || other.equals(this)) {
      return this;
    }
    if (isNothing()) {
      return other;
    }
    return new Value(
        union(same, other.same), union(made, other.made), union(rows, other.rows), Map.of());
  }

  /** Something computed from this value. */
  Value derived() {
    return same.isEmpty() && fields.isEmpty()
        ? this
        : new Value(NO_BITS, union(made, same), rows, Map.of());
  }

  /** This value, where other columns decide which rows count. */
  Value where(BitSet more) {
    return more.isEmpty() ? this : new Value(same, made, union(rows, more), fields);
  }

  /** Everything that it depends on in any way. */
  BitSet all() {
    return union(union(same, made), rows);
  }

  /** The same bits as a struct of these fields. */
  Value withFields(Map<String, Value> named) {
    return new Value(same, made, rows, named);
  }

  /** A struct made of these fields. */
  static Value struct(Map<String, Value> fields) {
    Value all = NONE;
    for (Value field : fields.values()) {
      all = all.or(field);
    }
    return all.derived().withFields(new LinkedHashMap<>(fields));
  }

  /** A field of this struct; computed from all of it when its fields are not known. */
  Value field(String name) {
    for (Map.Entry<String, Value> field : fields.entrySet()) {
      if (field.getKey().equalsIgnoreCase(name)) {
        return field.getValue().where(rows);
      }
    }
    return derived();
  }
}
