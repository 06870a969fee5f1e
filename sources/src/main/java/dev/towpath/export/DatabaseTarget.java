package dev.towpath.export;

import dev.towpath.source.jdbc.Access;
import dev.towpath.source.jdbc.Dialect;
import dev.towpath.source.jdbc.Origin;
import dev.towpath.source.jdbc.Relation;
import dev.towpath.spi.Column;
import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.Names;
import dev.towpath.spi.TowpathException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes rows into a table of a database, in one transaction: first into a table of the session's
 * own, then from there to where they belong.
 */
final class DatabaseTarget implements ExportTarget {
  private static final String STAGE = "towpath_rows";

  private final TableWriter writer;
  private final Dialect dialect;

  DatabaseTarget(TableWriter writer) {
    this.writer = writer;
    this.dialect = writer.dialect();
  }

  @Override
  public Set<String> schemes() {
    return dialect.schemes();
  }

  @Override
  public String expression(Column column) {
    return writer.expression(column);
  }

  @Override
  public Optional<String> appended(String url, String table, String line) {
    return with(
        url,
        connection -> {
          Optional<Relation> ledger = found(connection, ledgerName(table));
          Optional<String> state = Optional.empty();
          if (ledger.isPresent()) {
            try (PreparedStatement query =
                connection.prepareStatement(
                    "SELECT state FROM " + ledger.get().sql() + " WHERE line = ?")) {
              query.setString(1, line);
              try (ResultSet rows = query.executeQuery()) {
                state = rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
              }
            }
          }
          return state;
        });
  }

  @Override
  public long write(Request request, Path csv) {
    return with(
        request.url(),
        connection -> {
          if (writer.strict().isPresent()) {
            execute(connection, writer.strict().get());
          }
          prepare(connection, request);
          connection.setAutoCommit(false);
          long rows = deliver(connection, request, csv);
          connection.commit();
          return rows;
        });
  }

  /** Something done over a connection. */
  private interface Work<T> {
    T with(Connection connection) throws SQLException, IOException;
  }

  private <T> T with(String url, Work<T> work) {
    Access access = Access.of(url, dialect);
    try (Connection connection = dialect.connect(access)) {
      connection.setAutoCommit(true);
      return work.with(connection);
    } catch (SQLException e) {
      Dialect.Told told = dialect.told(e, Dialect.Work.EXPORTING);
      String message = told.message().replaceAll("(`[^`]*`\\.)?`" + STAGE + "`\\.", "");
      throw new TowpathException(
          access.redacted(dialect.name() + " at " + access.place() + ": " + message),
          access.redacted(told.hint()),
          e);
    } catch (IOException e) {
      throw new TowpathException("the rows to export cannot be read: " + e.getMessage(), null, e);
    }
  }

  /** Makes what is not there: outside of the transaction, since some databases end it by that. */
  private void prepare(Connection connection, Request request) throws SQLException {
    Optional<Relation> found = found(connection, request.table());
    if (found.isEmpty()) {
      Optional<String> schema = writer.createSchema(request.table());
      if (schema.isPresent()) {
        execute(connection, schema.get());
      }
      String columns =
          request.columns().columns().stream()
              .map(c ->
                  dialect.quote(c.name()) + " " + writer.type(c, contains(request.key(), c.name())))
              .collect(Collectors.joining(", "));
      String key = request.key().isEmpty() ? "" : ", PRIMARY KEY (" + list(request.key(), "") + ")";
      execute(
          connection, "CREATE TABLE " + writer.table(request.table()) + " (" + columns + key + ")");
    } else {
      List<String> there =
          dialect.columns(connection, found.get()).stream().map(c -> c.name()).toList();
      for (Column column : request.columns().columns()) {
        if (!contains(there, column.name())) {
          throw new TowpathException(
              "the table "
                  + request.table()
                  + " in "
                  + dialect.name()
                  + " has no column \""
                  + column.name()
                  + "\"",
              "add it there (ALTER TABLE), or name another table, which is then made");
        }
      }
    }
    if (request.append().isPresent()) {
      execute(connection, writer.ledger(place(connection, ledgerName(request.table()))));
    }
  }

  private long deliver(Connection connection, Request request, Path csv)
      throws SQLException, IOException {
    String table = place(connection, request.table());
    List<String> columns = request.columns().names();
    if (request.append().isPresent()) {
      remember(connection, request.table(), request.append().get());
    }
    execute(connection, writer.stage(STAGE, table, columns));
    long rows = writer.load(connection, STAGE, request.columns(), csv);
    String insert =
        "INSERT INTO "
            + table
            + " ("
            + list(columns, "")
            + ") SELECT "
            + list(columns, "s.")
            + " FROM "
            + STAGE
            + " s";
    switch (request.mode()) {
      case APPEND -> execute(connection, insert);
      case REPLACE -> {
        lock(connection, table);
        execute(connection, "DELETE FROM " + table);
        execute(connection, insert);
      }
      case UPSERT -> {
        requireKeys(connection, request);
        lock(connection, table);
        List<String> values = columns.stream().filter(c -> !contains(request.key(), c)).toList();
        if (!values.isEmpty()) {
          execute(connection, writer.update(table, STAGE, request.key(), values));
        }
        String same =
            request.key().stream()
                .map(c -> "t." + dialect.quote(c) + " = s." + dialect.quote(c))
                .collect(Collectors.joining(" AND "));
        execute(
            connection,
            insert + " WHERE NOT EXISTS (SELECT 1 FROM " + table + " t WHERE " + same + ")");
      }
    }
    return rows;
  }

  private void lock(Connection connection, String table) throws SQLException {
    Optional<String> lock = writer.lock(table);
    if (lock.isPresent()) {
      execute(connection, lock.get());
    }
  }

  /** A row without a key, or one of several with the same, would be added anew each time. */
  private void requireKeys(Connection connection, Request request) throws SQLException {
    String nulls =
        request.key().stream()
            .map(c -> dialect.quote(c) + " IS NULL")
            .collect(Collectors.joining(" OR "));
    long missing =
        Long.parseLong(
            rows(connection, "SELECT count(*) FROM " + STAGE + " WHERE " + nulls)
                .getFirst()
                .getFirst());
    String names = String.join(", ", request.key());
    if (missing > 0) {
      throw new TowpathException(
          missing + (missing == 1 ? " row has" : " rows have") + " NULL in the key (" + names + ")",
          "such a row would be added again by each export: leave it out of the table, or use mode:"
              + " replace");
    }
    String key = list(request.key(), "");
    List<List<String>> doubles =
        rows(
            connection,
            "SELECT "
                + key
                + ", count(*) FROM "
                + STAGE
                + " GROUP BY "
                + key
                + " HAVING count(*) > 1 ORDER BY "
                + key
                + " LIMIT 3");
    if (!doubles.isEmpty()) {
      throw new TowpathException(
          "several rows have the same key ("
              + names
              + "): "
              + doubles.stream()
                  .map(r ->
                      String.join(", ", r.subList(0, r.size() - 1)) + " (" + r.getLast() + " rows)")
                  .collect(Collectors.joining("; ")),
          "name the columns under key: that tell its rows apart");
    }
  }

  private static List<List<String>> rows(Connection connection, String sql) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(row.getString(i)));
        }
        rows.add(values);
      }
    }
    return rows;
  }

  /** Puts the new state in the place of the old one, which nobody may have replaced meanwhile. */
  private void remember(Connection connection, String table, Append append) throws SQLException {
    String ledger = place(connection, ledgerName(table));
    int changed =
        append.from().isEmpty()
            ? update(connection, writer.note(ledger), append.line(), append.to())
            : update(
                connection,
                "UPDATE "
                    + ledger
                    + " SET state = ?, delivered = current_timestamp WHERE line = ? AND state = ?",
                append.to(),
                append.line(),
                append.from().get());
    if (changed != 1) {
      throw new TowpathException(
          "other rows were appended to " + table + " for the same export meanwhile", "run again");
    }
  }

  private static int update(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  private Optional<Relation> found(Connection connection, String table) throws SQLException {
    return dialect.find(connection, new Origin(table, false)).relation();
  }

  /** A table that is there, in whatever schema, or else the one that will be made. */
  private String place(Connection connection, String table) throws SQLException {
    return found(connection, table).map(Relation::sql).orElseGet(() -> writer.table(table));
  }

  /** Beside the table, so that whoever may write the one may write the other. */
  private static String ledgerName(String table) {
    return table.substring(0, table.lastIndexOf('.') + 1) + "towpath_exports";
  }

  private String list(List<String> columns, String prefix) {
    List<String> quoted = new ArrayList<>();
    columns.forEach(c -> quoted.add(prefix + dialect.quote(c)));
    return String.join(", ", quoted);
  }

  private static boolean contains(List<String> names, String name) {
    return names.stream().anyMatch(n -> Names.identity(n).equals(Names.identity(name)));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
