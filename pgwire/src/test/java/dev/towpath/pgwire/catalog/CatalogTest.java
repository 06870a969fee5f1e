package dev.towpath.pgwire.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.Schema;
import dev.towpath.spi.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private DuckDBConnection root;
  private Catalog catalog;

  @BeforeEach
  void open() throws Exception {
    root = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    catalog =
        new Catalog(root, "c", "d", Map.of(new TableName("marts", "m"), Schema.of("id", "bigint")));
  }

  @AfterEach
  void close() throws Exception {
    catalog.close();
    root.close();
  }

  /**
   * Every function that is refused. When this fails after a change of DuckDB's version, look at
   * what is new; {@code -Dgolden=write} writes the file.
   */
  @Test
  void namesWhatIsRefused() throws Exception {
    Path file = Path.of("src", "test", "resources", "catalog", "refused.txt");
    String found = String.join("\n", new TreeSet<>(catalog.refused())) + "\n";
    if ("write".equals(System.getProperty("golden"))) {
      Files.writeString(file, found);
    }
    assertThat(found).isEqualTo(Files.readString(file));
  }

  /** A transaction may ask very many: none of them keeps a connection, or the catalog. */
  @Test
  void aQuestionHoldsNothing() {
    AtomicInteger open = new AtomicInteger();
    CatalogTurns turns = new CatalogTurns(_ -> () -> {});
    Catalogs.Source source =
        new Catalogs.Source(
            () -> {
              open.incrementAndGet();
              return new Catalogs.Lease(catalog, open::decrementAndGet);
            },
            turns);
    String sql = "SELECT relname FROM pg_class WHERE relnatts = 1 AND relkind = 'r'";
    CatalogQuestion question = CatalogQuestion.prepare(source, new CatalogText(sql, sql));
    assertThat(open).as("after it was looked at").hasValue(0);
    for (int i = 0; i < 2; i++) {
      assertThat(question.run(Map.of()).next().column(0).value(0)).isEqualTo("m");
      assertThat(open).as("after it was run").hasValue(0);
    }
  }
}
