package dev.towpath.source.jdbc;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.spi.Column;
import dev.towpath.spi.CsvColumn;
import dev.towpath.spi.CsvColumn.Form;
import dev.towpath.spi.DataType;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.util.Optional;
import java.util.Set;

/**
 * How one column is read: what to select, and how its text becomes a value.
 *
 * @param select SQL for the text
 */
record Reads(String select, CsvColumn column) {
  private static final Set<String> WHOLE =
      Set.of(
          "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT");
  private static final Set<String> REAL = Set.of("FLOAT", "DOUBLE");

  /** A column that the table has and the database lacks. */
  static Reads nothing(Column asked) {
    return new Reads("NULL", new CsvColumn(asked, Form.PLAIN));
  }

  /**
   * A column read as the type that is asked for.
   *
   * @param finite whether dates that no calendar has become NULL
   */
  static Reads of(SourceTable table, DbColumn there, Column asked, boolean finite) {
    String select = finite ? there.finite() : there.select();
    if (there.type().filter(asked.type()::equals).isPresent()) {
      return new Reads(select, new CsvColumn(asked, there.form()));
    }
    if (name(asked.type()).equals("VARCHAR")) {
      return new Reads(there.text(), new CsvColumn(asked, Form.PLAIN));
    }
    if (there.type().isEmpty()) {
      throw refused(table, there);
    }
    Optional<Form> form = form(there, there.type().get(), asked.type());
    return new Reads(
        select, new CsvColumn(asked, form.orElseThrow(() -> mismatch(table, there, asked))));
  }

  /** How a value is read as another type than its own without losing anything of it. */
  private static Optional<Form> form(DbColumn there, DataType from, DataType to) {
    String own = name(from);
    String wanted = name(to);
    boolean text = own.equals("VARCHAR") || own.equals("BIT");
    boolean number = WHOLE.contains(own) || REAL.contains(own) || from instanceof DataType.Decimal;
    if (to instanceof DataType.Decimal || WHOLE.contains(wanted)) {
      return number || text ? Optional.of(Form.EXACT) : Optional.empty();
    }
    if (REAL.contains(wanted)) {
      return number || text ? Optional.of(Form.PLAIN) : Optional.empty();
    }
    if (wanted.equals("BOOLEAN")) {
      return number || text ? Optional.of(Form.PLAIN) : Optional.empty();
    }
    if (own.equals("DATE") && wanted.startsWith("TIMESTAMP")) {
      return Optional.of(Form.PLAIN);
    }
    if (from instanceof DataType.ListOf && to instanceof DataType.ListOf) {
      return Optional.of(there.form());
    }
    return (text || own.equals("JSON")) && !wanted.equals("BLOB") && !nested(to)
        ? Optional.of(Form.PLAIN)
        : Optional.empty();
  }

  private static boolean nested(DataType type) {
    return !(type instanceof DataType.Simple) && !(type instanceof DataType.EnumOf);
  }

  private static String name(DataType type) {
    return type instanceof DataType.Simple simple ? simple.name() : "";
  }

  private static TowpathException refused(SourceTable table, DbColumn column) {
    return Failures.of(
        table,
        "column %s is of type %s, which the lake cannot hold"
            .formatted(quoted(column.name()), column.declared()),
        "declare it under \"columns\" as varchar, or leave it out or cast it in a \"query\"");
  }

  private static TowpathException mismatch(SourceTable table, DbColumn column, Column asked) {
    return Failures.of(
        table,
        "column %s is of type %s and cannot be read as %s"
            .formatted(quoted(column.name()), column.declared(), asked.type().sql()),
        "declare it as %s or varchar and convert it in a model; if it changed in the database, delete"
                .formatted(column.type().map(DataType::sql).orElse("varchar"))
            + " its lines in schemas.lock");
  }

  /** The type of a column for a first contact. */
  static Column natural(SourceTable table, DbColumn column) {
    return new Column(column.name(), column.type().orElseThrow(() -> refused(table, column)));
  }
}
