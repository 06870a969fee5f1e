package dev.towpath.source.jdbc;

import dev.towpath.source.jdbc.DbColumn.Order;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Conditions that divide a relation into parts which are read at the same time. */
final class Ranges {
  /** A condition that is always true. */
  static final String ALL = "1 = 1";

  private final Database database;
  private final Dialect dialect;
  private final Setup setup;

  Ranges(Database database, Dialect dialect, Setup setup) {
    this.database = database;
    this.dialect = dialect;
    this.setup = setup;
  }

  /** One condition a part; together they take every row exactly once. */
  List<String> of(Connection connection, Database.Contents contents) throws SQLException {
    if (!dialect.shares(contents.relation())) {
      throw database.failure(
          contents.relation().label() + " cannot be read in parallel: only a table can",
          "remove \"parallel\", or name a table instead");
    }
    List<String> places = dialect.places(connection, contents.relation(), setup.parallel());
    if (!places.isEmpty()) {
      return places;
    }
    Optional<String> name =
        setup.key().size() == 1
            ? Optional.of(setup.key().getFirst())
            : setup.key().isEmpty()
                ? dialect.primaryKey(connection, contents.relation())
                : Optional.empty();
    Optional<DbColumn> key = name.map(n -> database.column(contents, "key", n));
    if (key.filter(k -> k.order() == Order.WHOLE).isEmpty()) {
      throw database.failure(
          contents.relation().label()
              + " cannot be read in parallel without a key of whole numbers",
          "name one such column as \"key\", or remove \"parallel\"");
    }
    return byKey(connection, contents.relation(), key.get());
  }

  private List<String> byKey(Connection connection, Relation relation, DbColumn key)
      throws SQLException {
    String name = dialect.quote(key.name());
    String sql = "SELECT min(%s), max(%s) FROM %s".formatted(name, name, relation.sql());
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      String least = rows.getString(1);
      String most = rows.getString(2);
      return least == null || most == null
          ? List.of(ALL)
          : split(name, key.nullable(), new BigInteger(least), new BigInteger(most));
    }
  }

  private List<String> split(String name, boolean nullable, BigInteger least, BigInteger most) {
    BigInteger number = BigInteger.valueOf(setup.parallel());
    BigInteger width = most.subtract(least).divide(number).add(BigInteger.ONE);
    List<String> ranges = new ArrayList<>();
    // Open at both ends, so that no row is lost that was not there when the ends were asked for.
    for (int i = 0; i < setup.parallel(); i++) {
      BigInteger from = least.add(width.multiply(BigInteger.valueOf(i)));
      String lower = i == 0 ? "" : name + " >= " + from;
      String upper = i == setup.parallel() - 1 ? "" : name + " < " + from.add(width);
      String both = lower.isEmpty() || upper.isEmpty() ? lower + upper : lower + " AND " + upper;
      if (i == 0 && nullable) {
        both = both.isEmpty() ? ALL : "(" + both + " OR " + name + " IS NULL)";
      }
      ranges.add(both.isEmpty() ? ALL : both);
    }
    return ranges;
  }
}
