package dev.towpath.source.jdbc;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceTable;
import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A database as one table of a source sees it: what is there, and failures told at its place. */
final class Database {
  private final SourceTable table;
  private final Setup setup;
  private final Dialect dialect;

  Database(SourceTable table, Setup setup, Dialect dialect) {
    this.table = table;
    this.setup = setup;
    this.dialect = dialect;
  }

  /**
   * The table's relation and columns.
   *
   * @param columns by the database's order
   */
  record Contents(Relation relation, List<DbColumn> columns) {
    List<String> names() {
      return columns.stream().map(DbColumn::name).toList();
    }

    Optional<DbColumn> column(String name) {
      return columns.stream()
          .filter(c -> Names.identity(c.name()).equals(Names.identity(name)))
          .findFirst();
    }
  }

  Contents contents(Connection connection) throws SQLException {
    Relation relation = relation(connection);
    List<DbColumn> columns = dialect.columns(connection, relation);
    Set<String> seen = new HashSet<>();
    for (DbColumn column : columns) {
      if (!seen.add(Names.identity(column.name()))) {
        throw failure(
            relation.label() + " has two columns " + quoted(column.name()),
            "use \"query\" and give one of them another name with AS");
      }
    }
    return new Contents(relation, columns);
  }

  private Relation relation(Connection connection) throws SQLException {
    Origin origin = setup.origin();
    if (origin.isQuery()) {
      return Relation.query(origin);
    }
    Dialect.Found found = dialect.find(connection, origin);
    if (found.relation().isPresent()) {
      return found.relation().get();
    }
    List<String> others = found.others();
    throw failure(
        "there is no table " + quoted(origin.text()),
        others.stream()
            .filter(other -> Names.identity(other).endsWith("." + Names.identity(origin.text())))
            .findFirst()
            .or(() -> Names.nearest(origin.text(), others))
            .map(near -> "did you mean table: " + near + "?")
            .orElse(
                others.isEmpty()
                    ? "this user sees no tables at all"
                    : "there are " + list(others)));
  }

  private static String list(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(8, names.size())));
    return names.size() > 8 ? first + ", ..." : first;
  }

  /** The columns that a table has when nobody declared others. */
  Schema natural(Contents contents) {
    return new Schema(contents.columns().stream().map(c -> Reads.natural(table, c)).toList());
  }

  /** Compares the columns with the table's, and adds new ones where it wants them. */
  Schema asked(Contents contents, Schema schema) {
    List<String> added =
        setup
            .drift()
            .compare(
                table,
                place() + ", " + contents.relation().label() + ",",
                contents.names(),
                schema);
    List<dev.towpath.spi.Column> more = new ArrayList<>();
    for (String name : added) {
      contents.column(name).ifPresent(c -> more.add(Reads.natural(table, c)));
    }
    return dev.towpath.source.common.Drift.widen(schema, more);
  }

  /** How each column is read. */
  List<Reads> reads(Contents contents, Schema schema) {
    return schema.columns().stream()
        .map(asked ->
            contents
                .column(asked.name())
                .map(there -> Reads.of(table, there, asked, setup.finite()))
                .orElseGet(() -> Reads.nothing(asked)))
        .toList();
  }

  /** The column of a name that a key of the table says. */
  DbColumn column(Contents contents, String key, String name) {
    return contents
        .column(name)
        .orElseThrow(() ->
            failure(
                "%s has no column %s, which is the \"%s\""
                    .formatted(contents.relation().label(), quoted(name), key),
                Names.nearest(name, contents.names())
                    .map(near -> "did you mean " + quoted(near) + "?")
                    .orElse("it has " + list(contents.names()))));
  }

  /** Makes sure that the table's keys name columns. */
  void verify(Contents contents, Schema schema) {
    for (String name : setup.key()) {
      column(contents, "key", name);
      if (schema.column(name).isEmpty()) {
        throw failure(
            "the \"key\" " + quoted(name) + " is not among the table's columns",
            "add it to \"columns\"");
      }
    }
    setup.cursor().ifPresent(cursor -> new Window(this, dialect, contents).cursor(cursor));
  }

  private String place() {
    return dialect.name() + " at " + setup.access().place();
  }

  /** A failure of this database. */
  TowpathException failure(String message, String hint) {
    return Failures.of(table, place() + ": " + message, hint);
  }

  /** What the database or its driver said, in plain words and without the password. */
  TowpathException failure(SQLException e) {
    if (Thread.currentThread().isInterrupted()) {
      return Failures.cancelled(e);
    }
    Dialect.Told told = dialect.told(e, Dialect.Work.READING);
    return Failures.of(
        table,
        setup.access().redacted(place() + ": " + told.message()),
        setup.access().redacted(told.hint()),
        e);
  }
}
