package dev.towpath.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/**
 * The least that makes the TPC-H tables with DuckDB: reads the Parquet files and creates 8 tables
 * and the 22 results in one database file. The yardstick for {@code towpath run}.
 */
public final class BareDuckDb {
  private static final List<String> TABLES =
      List.of("region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem");

  private BareDuckDb() {}

  /**
   * Runs it.
   *
   * @param args folder of Parquet files, folder of queries, database file to make, threads, and
   *     optionally a memory limit
   */
  public static void main(String[] args) throws SQLException, IOException {
    Path data = Path.of(args[0]);
    Path database = Path.of(args[2]);
    Files.deleteIfExists(database);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + Integer.parseInt(args[3]));
      if (args.length > 4) {
        statement.execute("SET memory_limit = '" + args[4] + "'");
      }
      statement.execute("CREATE SCHEMA tpch");
      statement.execute("CREATE SCHEMA queries");
      for (String table : TABLES) {
        statement.execute(
            "CREATE TABLE tpch."
                + table
                + " AS SELECT * FROM read_parquet('"
                + data.resolve(table + ".parquet")
                + "')");
      }
      try (Stream<Path> queries = Files.list(Path.of(args[1]))) {
        for (Path query : queries.filter(q -> q.toString().endsWith(".sql")).sorted().toList()) {
          String name = query.getFileName().toString().replace(".sql", "");
          statement.execute("CREATE TABLE queries." + name + " AS " + Files.readString(query));
        }
      }
      statement.execute("CHECKPOINT");
    }
  }
}
