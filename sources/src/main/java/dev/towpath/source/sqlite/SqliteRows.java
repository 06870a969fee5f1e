package dev.towpath.source.sqlite;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.spi.CancelledException;
import dev.towpath.spi.Names;
import dev.towpath.spi.RowReader;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of one query in an open database, each value turned into its column's type. */
final class SqliteRows implements RowReader {
  private static final int CANCEL_EVERY = 1 << 12;

  private final Database database;
  private final Connection connection;
  private final String relation;
  private final String list;
  private final Schema schema;
  private final Convert[] converts;
  private final Statement statement;
  private final ResultSet rows;
  private final BagHash hash;
  private final @Nullable Object[] row;
  private long number;

  /**
   * Starts reading.
   *
   * @param list the columns as they stand after SELECT
   * @param hash is given every row as it is stored
   */
  SqliteRows(
      Database database,
      Connection connection,
      String relation,
      String list,
      Schema schema,
      List<Convert> converts,
      BagHash hash) {
    this.hash = hash;
    this.database = database;
    this.connection = connection;
    this.relation = relation;
    this.list = list;
    this.schema = schema;
    this.converts = converts.toArray(Convert[]::new);
    this.row = new Object[converts.size()];
    try {
      this.statement = connection.createStatement();
      this.rows = statement.executeQuery("SELECT " + list + " FROM " + relation);
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  @Override
  public @Nullable Object @Nullable [] next() {
    try {
      if (!rows.next()) {
        hash.end();
        return null;
      }
      number++;
      if (number % CANCEL_EVERY == 0 && Thread.currentThread().isInterrupted()) {
        throw new CancelledException();
      }
      for (int i = 0; i < row.length; i++) {
        row[i] = rows.getObject(i + 1);
      }
      hash.add(row);
      for (int i = 0; i < row.length; i++) {
        Object stored = row[i];
        row[i] = stored == null ? null : converted(i, stored);
      }
      return row;
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }

  private Object converted(int column, Object stored) {
    Object value = converts[column].apply(stored);
    if (value == null) {
      throw misfit(column, stored);
    }
    return value;
  }

  private TowpathException misfit(int column, Object stored) {
    String name = schema.columns().get(column).name();
    String shown =
        switch (stored) {
          case byte[] bytes -> "a BLOB of " + Failures.count(bytes.length, "byte");
          case String text -> quoted(text.length() > 60 ? text.substring(0, 60) + "..." : text);
          default -> stored.toString();
        };
    return Failures.of(
        database.table(),
        "%s, %s: %s in column %s does not fit %s"
            .formatted(
                quoted(database.name()),
                place(),
                shown,
                quoted(name),
                schema.columns().get(column).type().sql()),
        "correct the value, or declare the column under \"columns\" with a type that fits, such as"
            + (stored instanceof byte[] ? " blob" : " varchar"));
  }

  /** Where the current row stands: its rowid, or how many rows came before where there is none. */
  private String place() {
    String origin = relation.substring(relation.indexOf('.') + 1);
    if (!relation.startsWith("temp.")) {
      List<String> columns = new ArrayList<>(List.of("_rowid_", list));
      try (Statement again = connection.createStatement();
          ResultSet one =
              again.executeQuery(
                  "SELECT %s FROM %s LIMIT 1 OFFSET %d"
                      .formatted(String.join(", ", columns), relation, number - 1))) {
        if (one.next() && one.getObject(1) != null) {
          return "table " + origin + ", rowid " + one.getObject(1);
        }
      } catch (SQLException _) {
        // A view or a table without rowids: the number below says where.
      }
    }
    return (relation.startsWith("temp.") ? "query" : "table " + origin) + ", row " + number;
  }

  /** The fingerprint of all rows of a query, with nothing else made of them. */
  static Optional<String> hash(Connection connection, String relation, String list)
      throws SQLException {
    BagHash hash = new BagHash();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + list + " FROM " + relation)) {
      @Nullable Object[] row = new Object[rows.getMetaData().getColumnCount()];
      for (long number = 1; rows.next(); number++) {
        if (number % CANCEL_EVERY == 0 && Thread.currentThread().isInterrupted()) {
          throw new CancelledException();
        }
        for (int i = 0; i < row.length; i++) {
          row[i] = rows.getObject(i + 1);
        }
        hash.add(row);
      }
      hash.end();
      return hash.text();
    }
  }

  /** The list of columns for SELECT, NULL where a column is not there. */
  static String list(Schema asked, Schema there) {
    List<String> parts = new ArrayList<>();
    for (dev.towpath.spi.Column column : asked.columns()) {
      parts.add(there.column(column.name()).map(found -> Names.quote(found.name())).orElse("NULL"));
    }
    return String.join(", ", parts);
  }

  @Override
  public void close() {
    try (statement) {
      rows.close();
    } catch (SQLException e) {
      throw database.failure(e);
    }
  }
}
