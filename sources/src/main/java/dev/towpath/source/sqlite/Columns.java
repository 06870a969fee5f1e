package dev.towpath.source.sqlite;

import static dev.towpath.source.common.Failures.quoted;

import dev.towpath.source.common.Failures;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.Names;
import dev.towpath.spi.Schema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The columns of a table, a view or a query in an open database. */
final class Columns {
  /** Rows that are looked at when a column declares no type. */
  private static final int SAMPLE = 1_000;

  private static final String VIEW = "towpath_query";

  private final Database database;
  private final Connection connection;

  Columns(Database database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * Makes sure that the table is there, or makes a temporary view of the query.
   *
   * @return what to write after FROM
   */
  String relation(Origin origin) throws SQLException {
    if (origin.isQuery()) {
      String sql = origin.text().strip().replaceFirst(";\\s*$", "");
      try (Statement statement = connection.createStatement()) {
        // A view takes one SELECT and nothing else.
        statement.execute("CREATE TEMP VIEW " + VIEW + " AS " + sql);
        return "temp." + VIEW;
      } catch (SQLException e) {
        throw Failures.of(
            database.table(),
            "the query cannot be read: " + Failures.reason(e),
            "write one SELECT in SQLite's language",
            e);
      }
    }
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    String wanted = Names.identity(origin.text());
    Optional<String> found =
        names.stream().filter(name -> Names.identity(name).equals(wanted)).findFirst();
    if (found.isEmpty()) {
      throw Failures.of(
          database.table(),
          quoted(database.name()) + " has no table " + quoted(origin.text()),
          Names.nearest(origin.text(), names)
              .map(near -> "did you mean " + quoted(near) + "?")
              .orElse(names.isEmpty() ? "it has no tables at all" : "it has " + list(names)));
    }
    return "main." + Names.quote(found.get());
  }

  /** Names and types. */
  Schema schema(String relation) throws SQLException {
    List<String> names = new ArrayList<>();
    List<Optional<DataType>> types = new ArrayList<>();
    String plain = relation.substring(relation.indexOf('.') + 1);
    String schema = relation.substring(0, relation.indexOf('.'));
    boolean view = isView(schema, plain);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("PRAGMA " + schema + ".table_xinfo(" + plain + ")")) {
      Set<String> seen = new HashSet<>();
      while (rows.next()) {
        if (rows.getInt("hidden") == 1) {
          continue; // arguments of virtual tables
        }
        String name = rows.getString("name");
        if (!seen.add(Names.identity(name))) {
          throw Failures.of(
              database.table(),
              quoted(database.name()) + " has two columns " + quoted(name) + " here",
              "use \"query\" and give one of them another name with AS");
        }
        names.add(name);
        String type = Optional.ofNullable(rows.getString("type")).orElse("");
        // SQLite says BLOB for a column of a view that it knows nothing of.
        types.add(view && type.equals("BLOB") ? Optional.empty() : SqliteTypes.of(type));
      }
    }
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Optional<DataType> type = types.get(i);
      columns.add(
          new Column(
              names.get(i), type.isPresent() ? type.get() : byValues(relation, names.get(i))));
    }
    return new Schema(columns);
  }

  private boolean isView(String schema, String quoted) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("PRAGMA " + schema + ".table_list(" + quoted + ")")) {
      return rows.next() && "view".equals(rows.getString("type"));
    }
  }

  private DataType byValues(String relation, String name) throws SQLException {
    Set<String> kinds = new TreeSet<>();
    String column = Names.quote(name);
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT DISTINCT typeof(v) FROM (SELECT %s AS v FROM %s WHERE %s IS NOT NULL LIMIT %d)"
                    .formatted(column, relation, column, SAMPLE))) {
      while (rows.next()) {
        kinds.add(rows.getString(1));
      }
    }
    return SqliteTypes.ofValues(kinds);
  }

  private static String list(List<String> names) {
    String first = String.join(", ", names.subList(0, Math.min(8, names.size())));
    return names.size() > 8 ? first + ", ..." : first;
  }

  /** Where rows come from: a name in the database, or a query. */
  record Origin(String text, boolean isQuery) {}
}
