package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.MariaDbServer;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that follows a database through good runs, failed ones and a rollback. */
@Tag("integration")
class DatabaseSourceTest {
  private static final String ALL = "SELECT id, state FROM shop.orders ORDER BY id";

  @TempDir private Path folder;
  private final PostgresServer server = PostgresServer.shared();
  private Towpath towpath;

  @BeforeEach
  void project() throws IOException {
    server.sql(
        "postgres",
        "DROP TABLE IF EXISTS orders",
        "DROP TABLE IF EXISTS secrets",
        "CREATE TABLE orders (id int, state text, at timestamptz)",
        "INSERT INTO orders VALUES (1, 'new', '2024-01-01'), (2, 'new', '2024-01-02')");
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: shop\n");
    towpath.write(".env", "PW=" + DatabaseServer.PASSWORD + "\n");
    towpath.write(
        "sources/shop.yml",
        """
        type: postgres
        url: postgres://postgres@127.0.0.1:%d/postgres
        password: ${PW}
        tables:
          orders: {mode: incremental, cursor: at, key: id, checks: ["state <> 'bad'"]}
        """
            .formatted(server.port()));
  }

  private String orders() {
    return towpath.run("query", ALL, "--format", "csv").good().out().replace("\r", "");
  }

  @Test
  void rowsAreUpsertedFailuresMoveNothingAndARollbackBringsTheCursorBack() {
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id,state\n1,new\n2,new\n");
    server.sql(
        "postgres",
        "UPDATE orders SET state = 'paid', at = '2024-01-03' WHERE id = 1",
        "INSERT INTO orders VALUES (3, 'new', '2024-01-04')");
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id,state\n1,paid\n2,new\n3,new\n");

    server.sql(
        "postgres", "INSERT INTO orders VALUES (4, 'new', '2024-01-05'), (5, 'bad', '2024-01-06')");
    assertThat(towpath.run("run").exit()).isEqualTo(1);
    server.sql("postgres", "UPDATE orders SET state = 'good' WHERE id = 5");
    towpath.run("run").good(); // from the cursor before the failed run, or 4 would be missing
    String all = "id,state\n1,paid\n2,new\n3,new\n4,new\n5,good\n";
    assertThat(orders()).isEqualTo(all);

    towpath.run("rollback", "1").good();
    assertThat(orders()).isEqualTo("id,state\n1,new\n2,new\n");
    towpath.run("run").good(); // reads on from the cursor of release 1
    assertThat(orders()).isEqualTo(all);
  }

  @Test
  void keysThatChangeOrGoLeaveTheirRows() throws IOException {
    towpath.run("run").good();
    server.sql(
        "postgres",
        "UPDATE orders SET id = 7, at = '2024-01-03' WHERE id = 1",
        "DELETE FROM orders WHERE id = 2");
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id,state\n1,new\n2,new\n7,new\n"); // as docs/sources.md says
    towpath.write(
        "sources/shop.yml",
        """
        type: postgres
        url: postgres://postgres@127.0.0.1:%d/postgres
        password: ${PW}
        tables:
          orders: {mode: full}
        """
            .formatted(server.port()));
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id,state\n7,new\n");
  }

  @Test
  void aMariaDbIsReadLikewise() throws IOException {
    MariaDbServer maria = MariaDbServer.shared();
    maria.sql(
        "mysql",
        "CREATE DATABASE IF NOT EXISTS cli",
        "CREATE OR REPLACE TABLE cli.orders (id int, state varchar(9), at datetime)",
        "INSERT INTO cli.orders VALUES (1, 'new', '2024-01-01'), (2, 'new', '2024-01-02')");
    towpath.write(
        "sources/shop.yml",
        """
        type: mysql
        url: mysql://admin@127.0.0.1:%d/cli
        password: ${PW}
        tables:
          orders: {mode: incremental, cursor: at, key: id, checks: ["state <> 'bad'"]}
        """
            .formatted(maria.port()));
    towpath.write(
        "models/m/out.sql",
        "/* towpath\nexports: {to: \"mysql://admin:${PWU}@127.0.0.1:%d/cli\", table: copied, mode: upsert, key: id}\n*/\nSELECT id, state FROM shop.orders\n"
            .formatted(maria.port()));
    towpath.write(
        ".env",
        "PW="
            + DatabaseServer.PASSWORD
            + "\nPWU="
            + URLEncoder.encode(DatabaseServer.PASSWORD, StandardCharsets.UTF_8).replace("+", "%20")
            + "\n");
    towpath.run("run").good();
    maria.sql(
        "mysql",
        "UPDATE cli.orders SET state = 'paid', at = '2024-01-03' WHERE id = 1",
        "INSERT INTO cli.orders VALUES (3, 'new', '2024-01-04')");
    assertThat(towpath.run("run").good().err()).contains("exported m.out to mysql://");
    assertThat(orders()).isEqualTo("id,state\n1,paid\n2,new\n3,new\n");
    maria.sql(
        "mysql",
        "INSERT INTO cli.orders VALUES (4, 'new', '2024-01-05'), (5, 'bad', '2024-01-06')");
    assertThat(towpath.run("run").exit()).isEqualTo(1);
    maria.sql("mysql", "UPDATE cli.orders SET state = 'good' WHERE id = 5");
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id,state\n1,paid\n2,new\n3,new\n4,new\n5,good\n");
    towpath.run("rollback", "1").good();
    assertThat(orders()).isEqualTo("id,state\n1,new\n2,new\n");
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id,state\n1,paid\n2,new\n3,new\n4,new\n5,good\n");
  }

  @Test
  void aTableGoesIntoADatabaseByACommand() throws Exception {
    towpath.run("run").good();
    server.sql("postgres", "DROP TABLE IF EXISTS copied");
    towpath.write(
        ".env",
        "PW="
            + DatabaseServer.PASSWORD
            + "\nPWU="
            + URLEncoder.encode(DatabaseServer.PASSWORD, StandardCharsets.UTF_8).replace("+", "%20")
            + "\n");
    String url = "postgres://postgres:${PWU}@127.0.0.1:%d/postgres".formatted(server.port());
    String[] upsert = {
      "export", "shop.orders", "--to", url, "--table", "copied", "--mode", "upsert", "--key", "id"
    };
    assertThat(towpath.run(upsert).good().out())
        .contains("exported shop.orders of release 1 to postgres://postgres:${PWU}@");
    server.sql("postgres", "UPDATE copied SET state = 'theirs' WHERE id = 1");
    server.sql("postgres", "INSERT INTO copied (id, state) VALUES (9, 'theirs')");
    towpath.run(upsert).good();
    assertThat(copied()).containsExactly("1 new", "2 new", "9 theirs");
    Towpath.Result wrong = towpath.run(with(upsert, "idd"));
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.err()).contains("\"idd\"", "did you mean \"id\"?");
    assertThat(copied()).hasSize(3);
  }

  private static String[] with(String[] command, String last) {
    String[] other = command.clone();
    other[other.length - 1] = last;
    return other;
  }

  private List<String> copied() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id || ' ' || state FROM copied ORDER BY id")) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    }
    return rows;
  }

  @Test
  void nothingNewIsNothingToDo() {
    towpath.run("run").good();
    Towpath.Result again = towpath.run("run").good();
    assertThat(again.out() + again.err()).doesNotContain("release 2");
    server.sql("postgres", "CREATE TABLE IF NOT EXISTS unrelated (id int)", "DROP TABLE unrelated");
    assertThat(towpath.run("plan").good().out()).contains("shop.orders (source): to be checked");
    assertThat(towpath.run("run").good().out()).contains("nothing changed");
    assertThat(towpath.run("run").good().out()).contains("nothing is stale");
  }

  @Test
  void keysThatAreNullOrStandTwiceFailTheRun() {
    towpath.run("run").good();
    server.sql(
        "postgres", "INSERT INTO orders VALUES (5, 'a', '2024-02-01'), (5, 'b', '2024-02-01')");
    Towpath.Result twice = towpath.run("run");
    assertThat(twice.exit()).isEqualTo(1);
    assertThat(twice.err())
        .contains("sources/shop.yml:5:3: several rows have the same key (id): 5 (2 rows)");
    server.sql(
        "postgres",
        "DELETE FROM orders WHERE state = 'a'",
        "UPDATE orders SET id = NULL WHERE id = 5");
    assertThat(towpath.run("run").exit()).isEqualTo(1);
    assertThat(orders()).isEqualTo("id,state\n1,new\n2,new\n");
  }

  @Test
  void soDoThoseOfTheFirstReading() {
    server.sql(
        "postgres",
        "INSERT INTO orders VALUES (9, 'a', '2024-02-01'), (2, 'b', '2024-02-01')",
        "INSERT INTO orders VALUES (9, 'c', '2024-02-02'), (9, 'd', '2024-02-03')");
    Towpath.Result twice = towpath.run("run");
    assertThat(twice.exit()).isEqualTo(1);
    assertThat(twice.err())
        .contains(
            "sources/shop.yml:5:3: several rows have the same key (id): 2 (2 rows); 9 (3 rows)")
        .contains("hint: name the columns under key:");
    server.sql(
        "postgres",
        "DELETE FROM orders WHERE state IN ('a', 'b', 'c')",
        "UPDATE orders SET id = NULL WHERE id = 9");
    Towpath.Result missing = towpath.run("run");
    assertThat(missing.exit()).isEqualTo(1);
    assertThat(missing.err()).contains("sources/shop.yml:5:3: 1 row has NULL in the key (id)");
    assertThat(towpath.run("releases", "--json").out()).contains("\"releases\":[]");
    server.sql("postgres", "UPDATE orders SET id = 9 WHERE id IS NULL");
    towpath.run("run").good();
    assertThat(orders()).isEqualTo("id,state\n1,new\n2,new\n9,d\n");
  }

  @Test
  void connectTriesEveryTableAndTellsNoSecret() throws IOException {
    towpath.run("check").good();
    server.sql("postgres", "CREATE TABLE secrets (id int)");
    towpath.write(
        "sources/other.yml",
        """
        type: postgres
        url: postgres://nobody@127.0.0.1:%d/postgres
        password: wr0ng-s3cr3t
        tables: {secrets: {columns: {id: int}}, more: {columns: {id: int}}}
        """
            .formatted(server.port()));
    Towpath.Result tried = towpath.run("check", "--connect");
    assertThat(tried.exit()).isEqualTo(1);
    assertThat(tried.out() + tried.err())
        .contains("sources/other.yml:4:10: ", "sources/other.yml:4:41: ", "refuses the login")
        .doesNotContain("s3cr3t");
  }
}
