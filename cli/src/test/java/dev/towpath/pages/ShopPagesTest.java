package dev.towpath.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shop's README and what {@code docs/models.md} does with it, typed into a shell. */
@Tag("integration")
class ShopPagesTest {
  private static final String URL = "postgres://postgres@localhost:5433/shop";
  private static final String DATABASE = "shop_pages";

  @TempDir private Path folder;
  private final PostgresServer server = PostgresServer.shared();

  @AfterEach
  void close() {
    server.sql("postgres", "DROP DATABASE IF EXISTS " + DATABASE + " WITH (FORCE)");
  }

  @Test
  void theyDoWhatTheySay() throws Exception {
    server.sql("postgres", "CREATE DATABASE " + DATABASE);
    String url =
        "postgres://postgres:%s@127.0.0.1:%d/%s"
            .formatted(
                URLEncoder.encode(DatabaseServer.PASSWORD, UTF_8).replace("+", "%20"),
                server.port(),
                DATABASE);
    String path = PostgresServer.psql().getParent() + ":" + System.getenv("PATH");
    Checkout checkout =
        new Checkout(
            folder, Map.of("PATH", path, "SHOP_URL", url, "WAREHOUSE", url), "examples/shop");

    Page readme = Page.read("examples/shop/README.md");
    String twoDays = readme.with("CALL shop.day(2)").text();
    assertThat(twoDays).contains(URL);
    Checkout.Said days = checkout.type(twoDays.replace(URL, url));
    assertThat(days.out())
        .contains("published release 1 of dev", "plan for dev (release 1)", "release 2 of dev")
        .containsPattern("customer_id +moved_at +from_city +to_city");
    assertThat(readme.with("initdb").text()).contains("-p 5433", "-U postgres shop");
    checkout.type("psql $SHOP_URL -c 'CALL shop.day(3)'\n./towpath run -C examples/shop");
    assertThat(checkout.file("examples/shop/exports/revenue.csv")).exists();

    Page models = Page.read("docs/models.md");
    Page.Block price = models.with("WHERE product_id = 4");
    assertThat(checkout.type(price.text()).out()).matches(Page.output(models.after(price).text()));

    String exports = models.with("--to daily.parquet").text();
    assertThat(checkout.type(exports).out())
        .contains(
            "exported marts.revenue of release 3 to daily.parquet: 9 rows",
            "exported marts.revenue of release 3 to ${WAREHOUSE}: 9 rows");
    assertThat(checkout.file("examples/shop/daily.parquet")).isNotEmptyFile();
    String revenue = "SELECT sum(revenue) || ' ' || count(*) FROM ";
    String there = one(revenue + "public.daily");
    checkout.type(exports);
    assertThat(one(revenue + "public.daily")).isEqualTo(there).endsWith(" 9");
    assertThat(
            checkout
                .type(
                    "./towpath query -C examples/shop --format csv \"%smarts.revenue\""
                        .formatted(revenue))
                .out())
        .contains(there);

    // the list of exports, of a table that has their key
    server.sql(DATABASE, "DROP TABLE public.daily");
    Files.writeString(
        checkout.file("examples/shop/models/marts/regions.sql"),
        "/* towpath\n%s*/\nSELECT sold_on AS day, category AS region, revenue FROM marts.revenue\n"
            .formatted(models.with("exports:\n").text()));
    Checkout.Said dev = checkout.type("./towpath run -C examples/shop");
    assertThat(dev.err()).contains("exports/daily.csv: 9 rows").doesNotContain("${WAREHOUSE}");
    Checkout.Said prod =
        checkout.type(
            """
            ./towpath env create -C examples/shop prod --from dev
            ./towpath export -C examples/shop --env prod
            """);
    assertThat(prod.err()).contains("exports/daily.csv: 9 rows", "${WAREHOUSE}: 9 rows");
    assertThat(one("SELECT count(DISTINCT (day, region)) FROM public.daily")).isEqualTo("9");
    assertThat(dev.out() + dev.err() + prod.out() + prod.err())
        .doesNotContain(DatabaseServer.PASSWORD)
        .doesNotContainPattern(Pattern.quote(url));
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
