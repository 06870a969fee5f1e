package dev.towpath.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shop example from its first day to its third. Its generator keeps a book of what really
 * happened; the lake, which sees the shop once a day, must come to the same.
 */
@Tag("integration")
class ShopExampleTest {
  private static final String DATABASE = "shop_example";
  private static final String TIME = "to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')";
  private static final String LAKE_TIME =
      "strftime(%s AT TIME ZONE 'UTC', '%%Y-%%m-%%d %%H:%%M:%%S')";

  @TempDir private Path folder;
  private final PostgresServer server = PostgresServer.shared();
  private Example shop;

  @BeforeEach
  void open() throws IOException {
    shop = Example.copy("shop", folder);
    server.sql("postgres", "CREATE DATABASE " + DATABASE);
    Files.writeString(
        folder.resolve(".env"),
        "SHOP_URL='postgres://%s:%s@127.0.0.1:%d/%s'%n"
            .formatted(
                server.user(),
                URLEncoder.encode(DatabaseServer.PASSWORD, UTF_8).replace("+", "%20"),
                server.port(),
                DATABASE));
    server.sql(DATABASE, Files.readString(folder.resolve("shop.sql")));
  }

  @AfterEach
  void close() {
    server.sql("postgres", "DROP DATABASE " + DATABASE + " WITH (FORCE)");
  }

  @Test
  void threeDaysAreFollowedAndARollbackIsCaughtUpWith() throws SQLException, IOException {
    assertThat(good("check").err()).doesNotContain("schemas.lock"); // which is committed, and fits
    assertThat(good("test").out()).contains("4 passed, 0 failed");
    for (int day = 1; day <= 3; day++) {
      server.sql(DATABASE, "CALL shop.day(" + day + ")");
      assertThat(good("run").out()).contains("published release " + day + " of dev");
      assertThat(lake()).as("day %d", day).isEqualTo(truth(day));
      assertThat(Files.readString(folder.resolve("exports/revenue.csv")).lines().skip(1).count())
          .isEqualTo(Long.parseLong(one("SELECT count(*) FROM truth.revenue WHERE day = " + day)));

      assertThat(good("run").out()).contains("nothing is stale");
      server.sql(DATABASE, "CREATE TABLE other" + day + " (id int)"); // so that it must look
      Example.Said again = good("run");
      assertThat(again.out()).contains("nothing changed").doesNotContain("published");
    }

    assertThat(good("rollback").out()).contains("release 4").contains("release 2 had");
    assertThat(lake()).isEqualTo(truth(2));
    // The cursor went back too: what came since is read again, and nothing is missed.
    assertThat(good("run").out()).contains("published release 5");
    assertThat(lake()).isEqualTo(truth(3));
  }

  /** The generator does something of everything that the example is about. */
  @Test
  void thereIsSomethingToFollow() throws SQLException {
    for (int day = 1; day <= 3; day++) {
      server.sql(DATABASE, "CALL shop.day(" + day + ")");
    }
    List<String> rows =
        List.of(
            "truth.moves WHERE day = 3",
            "truth.customers WHERE day = 3 AND gone",
            "truth.customers WHERE day = 3 AND email LIKE '%@mail.%'",
            "truth.products WHERE day = 3 AND gone",
            "truth.products WHERE day = 3 AND valid_to IS NOT NULL",
            // a price that was put right where it had held already
            "truth.products a JOIN truth.products b USING (id, valid_from)"
                + " WHERE a.day = 2 AND b.day = 3 AND a.price <> b.price",
            "truth.orders a LEFT JOIN truth.orders b ON b.id = a.id AND b.day = 3"
                + " WHERE a.day = 2 AND b.id IS NULL",
            // handed in late, and of before what the day before was read up to
            "truth.orders a WHERE a.day = 3 AND a.updated_at"
                + " < (SELECT max(updated_at) FROM truth.orders WHERE day = 2)"
                + " AND a.id NOT IN (SELECT id FROM truth.orders WHERE day = 2)",
            "truth.orders a JOIN truth.orders b USING (id)"
                + " WHERE a.day = 2 AND b.day = 3 AND a.status <> b.status");
    for (String some : rows) {
      assertThat(Long.parseLong(one("SELECT count(*) FROM " + some))).as(some).isPositive();
    }
    Example.Said refused = shop.run("check", "--connect");
    assertThat(refused.code()).as(refused.err()).isZero();
  }

  private Example.Said good(String... command) {
    Example.Said said = shop.run(command);
    assertThat(said.code()).as("%s%s", said.out(), said.err()).isZero();
    return said;
  }

  /** What the lake knows, table by table, as lines of text. */
  private Map<String, List<String>> lake() {
    Map<String, List<String>> all = new TreeMap<>();
    // Whoever is gone is so since the run that found it, which is not what the book can know.
    String gone = "NOT is_current AND lead(1) OVER (PARTITION BY %s ORDER BY valid_from) IS NULL";
    all.put(
        "customers",
        lake(
            "customer_id, name, email, city, "
                + LAKE_TIME.formatted("valid_from")
                + " AS since, CASE WHEN "
                + gone.formatted("customer_id")
                + " THEN 'gone' ELSE "
                + LAKE_TIME.formatted("valid_to")
                + " END AS until FROM core.customers"));
    all.put(
        "products",
        lake(
            "product_id, name, category, price, "
                + LAKE_TIME.formatted("valid_from")
                + " AS since, CASE WHEN "
                + gone.formatted("product_id")
                + " THEN 'gone' ELSE "
                + LAKE_TIME.formatted("valid_to")
                + " END AS until FROM core.products"));
    all.put(
        "orders",
        lake(
            "order_id, customer_id, status, "
                + LAKE_TIME.formatted("placed_at")
                + " AS placed, "
                + LAKE_TIME.formatted("updated_at")
                + " AS updated FROM core.orders"));
    all.put("revenue", lake("sold_on, category, units, revenue FROM marts.revenue"));
    all.put(
        "moves",
        lake(
            "customer_id, "
                + LAKE_TIME.formatted("moved_at")
                + " AS moved, from_city, to_city FROM marts.moves"));
    all.put(
        "funnel", lake("placed_on, orders, paid, shipped, delivered, cancelled FROM marts.funnel"));
    return all;
  }

  /** What the generator's book says of the end of a day, in the same words. */
  private Map<String, List<String>> truth(int day) throws SQLException {
    Map<String, List<String>> all = new TreeMap<>();
    String versions =
        TIME.formatted("valid_from")
            + ", CASE WHEN gone THEN 'gone' ELSE "
            + TIME.formatted("valid_to")
            + " END FROM truth.";
    all.put("customers", truth("id, name, email, city, " + versions + "customers", day));
    all.put("products", truth("id, name, category, price, " + versions + "products", day));
    all.put(
        "orders",
        truth(
            "id, customer_id, status, "
                + TIME.formatted("placed_at")
                + ", "
                + TIME.formatted("updated_at")
                + " FROM truth.orders",
            day));
    all.put("revenue", truth("sold_on, category, units, revenue FROM truth.revenue", day));
    all.put(
        "moves",
        truth(
            "customer_id, " + TIME.formatted("moved_at") + ", from_city, to_city FROM truth.moves",
            day));
    all.put(
        "funnel",
        truth("placed_on, orders, paid, shipped, delivered, cancelled FROM truth.funnel", day));
    return all;
  }

  private List<String> lake(String select) {
    return good("query", "SELECT " + select, "--format", "csv")
        .out()
        .lines()
        .skip(1)
        .sorted()
        .toList();
  }

  private List<String> truth(String select, int day) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Connection connection = server.connect(DATABASE);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + select + " WHERE day = " + day)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          String value = row.getString(i);
          values.add(value == null ? "" : value);
        }
        lines.add(String.join(",", values));
      }
    }
    return lines.stream().sorted().toList();
  }

  private String one(String query) throws SQLException {
    try (Connection connection = server.connect(DATABASE);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
