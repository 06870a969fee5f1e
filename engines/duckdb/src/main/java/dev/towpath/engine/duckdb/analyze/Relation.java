package dev.towpath.engine.duckdb.analyze;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a query or a table offers, as far as its text tells.
 *
 * @param columns in order; a name is empty where DuckDB makes one up
 * @param rest what any further column may depend on; null when there are no others
 * @param exact whether exactly these columns are there; when neither that nor a rest is known, some
 *     of them may be missing in truth
 * @param rows what decides which rows there are
 */
record Relation(List<Column> columns, @Nullable Value rest, boolean exact, BitSet rows) {
  /** DuckDB numbers the second column of a name: {@code id_1}. */
  private static final Pattern NUMBERED = Pattern.compile("(.+)_\\d+");

  Relation {
    columns = List.copyOf(columns);
  }

  /** A column and what it depends on. */
  record Column(String name, Value value) {}

  /**
   * What a name may mean.
   *
   * @param sure whether a column has that very name
   */
  record Found(Value value, boolean sure) {
    /** Of two that cannot both have the name: the sure one, or either. */
    static @Nullable Found surer(@Nullable Found a, @Nullable Found b) {
      if (a == null || b == null || a.sure() != b.sure()) {
        return a == null || (b != null && b.sure() && !a.sure()) ? b : a;
      }
      return new Found(a.value().or(b.value()), a.sure());
    }
  }

  /** Exactly these columns. */
  static Relation of(List<Column> columns, BitSet rows) {
    return new Relation(columns, null, true, rows);
  }

  /** Columns that nothing is known of but what they may depend on. */
  static Relation unknown(Value rest) {
    return new Relation(List.of(), rest, false, rest.all());
  }

  /** The column of a name; null when there is none. */
  @Nullable Found find(String name) {
    Value found = null;
    for (Column column : columns) {
      if (column.name().equalsIgnoreCase(name)) {
        found = found == null ? column.value() : found.or(column.value());
      }
    }
    if (found != null) {
      return new Found(found, isCertain());
    }
    Matcher numbered = NUMBERED.matcher(name);
    String base = numbered.matches() ? numbered.group(1) : "";
    Value maybe = rest;
    for (Column column : columns) {
      if (column.name().isEmpty() || column.name().equalsIgnoreCase(base)) {
        maybe = maybe == null ? column.value() : maybe.or(column.value());
      }
    }
    return maybe == null ? null : new Found(maybe, false);
  }

  /** The column at a place from 0. */
  Value at(int index) {
    return exact && index >= 0 && index < columns.size() ? columns.get(index).value() : any();
  }

  /** What any of the columns may depend on. */
  Value any() {
    Value all = rest == null ? Value.NONE : rest;
    for (Column column : columns) {
      all = all.or(column.value());
    }
    return all;
  }

  /** With other names for the first columns. */
  Relation named(List<String> names) {
    if (names.isEmpty()) {
      return numbered();
    }
    List<Column> renamed = new ArrayList<>();
    if (!exact) {
      names.forEach(n -> renamed.add(new Column(n, any())));
      renamed.addAll(columns);
      return new Relation(renamed, rest, false, rows);
    }
    for (int i = 0; i < Math.max(columns.size(), names.size()); i++) {
      Column column = i < columns.size() ? columns.get(i) : new Column("", any());
      renamed.add(i < names.size() ? new Column(names.get(i), column.value()) : column);
    }
    return new Relation(renamed, rest, true, rows);
  }

  /** With a number behind names that were there before. */
  private Relation numbered() {
    Set<String> seen = new HashSet<>();
    List<Column> numbered = new ArrayList<>();
    for (Column column : columns) {
      String name = column.name();
      for (int i = 1; !name.isEmpty() && !seen.add(Scope.lower(name)); i++) {
        name = column.name() + "_" + i;
      }
      numbered.add(new Column(name, column.value()));
    }
    return new Relation(numbered, rest, exact, rows);
  }

  /** Whether the columns that are listed are there; there may be more. */
  boolean isCertain() {
    return exact || rest != null;
  }

  /** With columns of which some may be missing in truth. */
  Relation uncertain() {
    return rest == null
        ? new Relation(columns, null, false, rows)
        : new Relation(List.of(), any(), false, rows);
  }

  /** Where other columns decide too which rows there are. */
  Relation where(BitSet more) {
    return new Relation(columns, rest, exact, Value.union(rows, more));
  }

  /** Where all that the columns depend on decides which rows there are, as in a DISTINCT. */
  Relation distinct() {
    return where(any().all());
  }
}
