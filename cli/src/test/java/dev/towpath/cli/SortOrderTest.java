package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sort_by:} decides how rows lie in files, and the table's metadata says so. */
class SortOrderTest {
  @TempDir private Path folder;
  private Towpath towpath;

  @BeforeEach
  void project() throws IOException {
    towpath = new Towpath(folder);
    towpath.write("towpath.yml", "project: sorted\n");
    towpath.write("seeds/raw/t.csv", "id,n\n1,5\n2,9\n3,7\n");
    model("table", "n");
  }

  private void model(String kind, String sortBy) throws IOException {
    towpath.write(
        "models/m/t.sql",
        "/* towpath\nkind: %s\n%ssort_by: [%s]\n*/\nSELECT id, n FROM raw.t\n"
            .formatted(kind, kind.equals("merge") ? "key: id\n" : "", sortBy));
  }

  /** The newest file of the table's folder with that ending. */
  private Path newest(String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(".towpath/lake/tables/m"))) {
      return files
          .filter(f -> f.toString().endsWith(ending))
          .max(Comparator.comparingLong(f -> f.toFile().lastModified()))
          .orElseThrow();
    }
  }

  private String order() throws IOException {
    String json = Files.readString(newest(".metadata.json"));
    int start = json.indexOf("\"default-sort-order-id\"");
    return json.substring(start, json.indexOf("\"properties\"", start));
  }

  private List<String> numbers() throws IOException, SQLException {
    List<String> numbers = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT n FROM read_parquet('" + newest(".parquet") + "')")) {
      while (row.next()) {
        numbers.add(row.getString(1));
      }
    }
    return numbers;
  }

  @Test
  void itIsWrittenAndKeptByRebuilds() throws Exception {
    towpath.run("run").good();
    assertThat(numbers()).containsExactly("5", "7", "9");
    assertThat(order())
        .startsWith("\"default-sort-order-id\":1,")
        .contains("\"source-id\":2,\"direction\":\"asc\",\"null-order\":\"nulls-last\"");
    towpath.write("seeds/raw/t.csv", "id,n\n1,5\n2,9\n3,7\n4,\n");
    towpath.run("run").good();
    assertThat(numbers()).containsExactly("5", "7", "9", null);
    assertThat(order()).startsWith("\"default-sort-order-id\":1,");

    model("table", "n desc");
    towpath.run("run").good(); // the same rows in another order
    assertThat(numbers()).containsExactly("9", "7", "5", null);
    assertThat(order())
        .startsWith("\"default-sort-order-id\":2,")
        .contains("\"direction\":\"desc\"");
  }

  @Test
  void rowsThatAreMergedStaySorted() throws Exception {
    model("merge", "n");
    towpath.run("run").good();
    towpath.write("seeds/raw/t.csv", "id,n\n1,8\n4,6\n");
    towpath.run("run").good();
    assertThat(numbers()).containsExactly("6", "7", "8", "9");
    assertThat(order()).startsWith("\"default-sort-order-id\":1,");
  }

  @Test
  void aWrongKeyIsTold() throws Exception {
    model("table", "n down");
    assertThat(towpath.run("check").err())
        .contains(
            "models/m/t.sql:3:",
            "\"n down\" is no key to sort by",
            "asc or desc may stand: n desc");
  }
}
