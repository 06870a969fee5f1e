package dev.towpath.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.TestEngine;
import dev.towpath.spi.Column;
import dev.towpath.spi.DataType;
import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.ExportTarget.Append;
import dev.towpath.spi.ExportTarget.Mode;
import dev.towpath.spi.ExportTarget.Request;
import dev.towpath.spi.Schema;
import dev.towpath.spi.TowpathException;
import dev.towpath.testing.DatabaseServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every database does with the rows of an export. */
abstract class DatabaseTargetContract {
  private static final Schema COLUMNS =
      Schema.of("id", "BIGINT", "name", "VARCHAR", "price", "DECIMAL(10,2)", "raw", "BLOB");

  @TempDir Path temp;

  abstract DatabaseServer server();

  abstract ExportTarget target();

  abstract String database();

  /** How a URL starts. */
  abstract String scheme();

  /** The text of the bytes of "a", as the target's expression gives it. */
  abstract String blob();

  String url() {
    return "%s://%s:%s@127.0.0.1:%d/%s"
        .formatted(
            scheme(),
            server().user(),
            URLEncoder.encode(DatabaseServer.PASSWORD, StandardCharsets.UTF_8).replace("+", "%20"),
            server().port(),
            database());
  }

  Request request(String table, Mode mode) {
    return new Request(
        url(),
        table,
        mode,
        mode == Mode.UPSERT ? List.of("id") : List.of(),
        COLUMNS,
        Optional.empty());
  }

  Request append(String table, @Nullable String from, String to) {
    return new Request(
        url(),
        table,
        Mode.APPEND,
        List.of(),
        COLUMNS,
        Optional.of(new Append("nightly", Optional.ofNullable(from), to)));
  }

  long write(Request request, String... rows) throws Exception {
    Path csv = temp.resolve("rows.csv");
    Files.writeString(
        csv,
        "id,name,price,raw\n"
            + String.join("", List.of(rows).stream().map(r -> r + "\n").toList()));
    return target().write(request, csv);
  }

  List<String> rows(String table) throws Exception {
    List<String> rows = new ArrayList<>();
    try (Connection connection = server().connect(database());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM " + table + " ORDER BY id")) {
      while (row.next()) {
        byte[] raw = row.getBytes("raw");
        rows.add(
            "%d|%s|%s|%s"
                .formatted(
                    row.getLong("id"),
                    row.getString("name"),
                    row.getBigDecimal("price"),
                    raw == null ? null : new String(raw, StandardCharsets.UTF_8)));
      }
    }
    return rows;
  }

  /** A row of {@link #everyTypeArrives} as the server writes it, but for its last column. */
  abstract String typed();

  /** Writes the result of a query of DuckDB as a run does, and reads it from the server. */
  private List<String> exported(Schema columns, String query) throws Exception {
    Path csv = temp.resolve("typed.csv");
    String select =
        columns.columns().stream()
            .map(c -> target().expression(c) + " AS " + c.name())
            .collect(Collectors.joining(", "));
    TestEngine.query(
        "COPY (SELECT %s FROM (%s)) TO '%s' (FORMAT csv, HEADER)".formatted(select, query, csv));
    target()
        .write(
            new Request(url(), "typed", Mode.REPLACE, List.of(), columns, Optional.empty()), csv);
    List<String> rows = new ArrayList<>();
    try (Connection connection = server().connect(database());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM typed")) {
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (String name : columns.names()) {
          values.add(String.valueOf(row.getString(name)));
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }

  @Test
  void everyTypeArrives() throws Exception {
    List<String> types =
        List.of(
            "BOOLEAN",
            "UTINYINT",
            "INTEGER",
            "UBIGINT",
            "HUGEINT",
            "FLOAT",
            "DOUBLE",
            "DATE",
            "TIME",
            "TIMESTAMP",
            "TIMESTAMP WITH TIME ZONE",
            "UUID",
            "JSON",
            "INTEGER[]",
            "STRUCT(a INTEGER, b VARCHAR)",
            "INTERVAL",
            "ENUM('sad', 'ok')",
            "BIT",
            "VARCHAR");
    List<String> values =
        List.of(
            "true",
            "255",
            "-2147483648",
            "18446744073709551615",
            "-170141183460469231731687303715884105728",
            "0.1",
            "0.1",
            "0001-01-01",
            "23:59:59.999999",
            "2024-01-31 10:00:00.123456",
            "2024-01-31 10:00:00.5+02",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "{\"a\": [1, null]}",
            "[1, NULL]",
            "{'a': 1, 'b': 'x, \"y\"'}",
            "1 day 02:00:00",
            "ok",
            "0101",
            "");
    List<Column> columns = new ArrayList<>();
    List<String> full = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(new Column("c" + i, DataType.parse(types.get(i))));
      full.add("$$%s$$::%s AS c%d".formatted(values.get(i), types.get(i), i));
    }
    String nulls = "SELECT NULL" + ", NULL".repeat(types.size() - 1);
    String query = "SELECT " + String.join(", ", full);
    assertThat(exported(new Schema(columns), query + " UNION ALL " + nulls))
        .containsExactly(typed(), "null" + "|null".repeat(types.size() - 1));
    // With such a text PostgreSQL takes rows by INSERT, not by COPY.
    String last = ", 'a\n\\.\nb' AS c" + (types.size() - 1);
    assertThat(exported(new Schema(columns), query.substring(0, query.lastIndexOf(", ")) + last))
        .containsExactly(typed() + "a\n\\.\nb");
  }

  /** Something that DuckDB has and the server has not, with its type. */
  abstract Map<String, String> foreign();

  @Test
  void whatThereIsNoPlaceForIsRefused() {
    foreign()
        .forEach((value, type) ->
            assertThatThrownBy(() -> exported(Schema.of("c0", type), "SELECT " + value + " AS c0"))
                .as(value)
                .isInstanceOf(TowpathException.class)
                .hasMessageMatching(
                    "(?s).*(invalid byte sequence|incorrect \\w+ value: .* for column .*c0"
                        + "|data truncated for column .*c0).*"));
  }

  @Test
  void aTableThatIsNotThereIsMade() throws Exception {
    long rows =
        write(
            request("made", Mode.REPLACE),
            "1,\"Ünï, \"\"q\"\"\nline\",19.99," + blob(),
            "2,,,",
            "3,\"\",-1.00,");
    assertThat(rows).isEqualTo(3);
    assertThat(rows("made"))
        .containsExactly("1|Ünï, \"q\"\nline|19.99|a", "2|null|null|null", "3||-1.00|null");
  }

  @Test
  void replacingLeavesNothingOfBefore() throws Exception {
    write(request("replaced", Mode.REPLACE), "1,a,1,", "2,b,2,");
    write(request("replaced", Mode.REPLACE), "2,c,3,");
    assertThat(rows("replaced")).containsExactly("2|c|3.00|null");
    write(request("replaced", Mode.REPLACE));
    assertThat(rows("replaced")).isEmpty();
  }

  @Test
  void upsertingTwiceIsLikeOnce() throws Exception {
    write(request("upserted", Mode.UPSERT), "1,a,1,", "2,b,2,");
    write(request("upserted", Mode.UPSERT), "2,c,3,", "3,d,4,");
    write(request("upserted", Mode.UPSERT), "2,c,3,", "3,d,4,");
    assertThat(rows("upserted")).containsExactly("1|a|1.00|null", "2|c|3.00|null", "3|d|4.00|null");
  }

  @Test
  void keysThatAreNullOrStandTwiceAreRefused() throws Exception {
    server()
        .sql(
            database(),
            "DROP TABLE IF EXISTS keyless",
            "CREATE TABLE keyless (id bigint, name varchar(20), price decimal(10,2), raw "
                + (scheme().equals("mysql") ? "longblob" : "bytea")
                + ")");
    assertThatThrownBy(() -> write(request("keyless", Mode.UPSERT), "1,a,1,", ",b,2,"))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("1 row has NULL in the key (id)");
    assertThatThrownBy(
            () -> write(request("keyless", Mode.UPSERT), "1,a,1,", "1,b,2,", "2,c,1,", "2,d,1,"))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("several rows have the same key (id): 1 (2 rows); 2 (2 rows)");
    assertThat(rows("keyless")).isEmpty();
  }

  @Test
  void upsertingKeepsColumnsThatAreNotOurs() throws Exception {
    server()
        .sql(
            database(),
            "DROP TABLE IF EXISTS own",
            "CREATE TABLE own (id bigint, name varchar(20), price decimal(10,2), raw "
                + (scheme().equals("mysql") ? "longblob" : "bytea")
                + ", note varchar(20))",
            "INSERT INTO own (id, name, note) VALUES (1, 'x', 'ours')");
    write(request("own", Mode.UPSERT), "1,a,1,", "2,b,2,");
    assertThat(rows("own")).containsExactly("1|a|1.00|null", "2|b|2.00|null");
    try (Connection connection = server().connect(database());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT note FROM own WHERE id = 1")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("ours");
    }
  }

  @Test
  void theTargetRemembersWhatWasAppendedLast() throws Exception {
    assertThat(target().appended(url(), "appended", "nightly")).isEmpty();
    assertThat(write(append("appended", null, "s1"), "1,a,1,")).isEqualTo(1);
    assertThat(target().appended(url(), "appended", "nightly")).contains("s1");
    assertThat(target().appended(url(), "appended", "weekly")).isEmpty();
    assertThat(write(append("appended", "s1", "s2"), "1,a,1,")).isEqualTo(1);
    for (Request stale : List.of(append("appended", "s1", "s3"), append("appended", null, "s3"))) {
      assertThatThrownBy(() -> write(stale, "9,z,1,"))
          .isInstanceOf(TowpathException.class)
          .hasMessageContaining("meanwhile");
    }
    assertThat(target().appended(url(), "appended", "nightly")).contains("s2");
    assertThat(rows("appended")).containsExactly("1|a|1.00|null", "1|a|1.00|null");
  }

  @Test
  void anAppendThatFailsIsNotRemembered() throws Exception {
    assertThat(write(append("torn", null, "s1"), "1,a,1,")).isEqualTo(1);
    assertThatThrownBy(() -> write(append("torn", "s1", "s2"), "zwei,c,3,"))
        .isInstanceOf(TowpathException.class);
    assertThat(target().appended(url(), "torn", "nightly")).contains("s1");
    assertThat(rows("torn")).containsExactly("1|a|1.00|null");
  }

  @Test
  void aFailureLeavesTheTableAsItWas() throws Exception {
    write(request("kept", Mode.REPLACE), "1,a,1,");
    assertThatThrownBy(() -> write(request("kept", Mode.REPLACE), "2,b,2,", "zwei,c,3,"))
        .isInstanceOf(TowpathException.class)
        .hasMessageContainingAll("127.0.0.1", "zwei")
        .hasMessageMatching(".* column [`\"]id[`\"].*")
        .hasMessageNotContaining("towpath_rows")
        .satisfies(
            e -> assertThat(((TowpathException) e).hint().orElseThrow()).contains("cast it"));
    assertThat(rows("kept")).containsExactly("1|a|1.00|null");
    assertThatThrownBy(() -> write(request("kept", Mode.APPEND), "zwei,c,3,"))
        .isInstanceOf(TowpathException.class);
    assertThat(write(request("kept", Mode.APPEND), "2,c,3,")).isEqualTo(1);
  }

  /** COPY of PostgreSQL takes such a line for the end of all rows. */
  @Test
  void aTextOfABackslashAndADotIsOne() throws Exception {
    Request request = request("dotted", Mode.REPLACE);
    assertThat(write(request, "1,\"a\n\\.\nb\",1,", "2,c,2," + blob(), "3,\"\",,")).isEqualTo(3);
    assertThat(rows("dotted"))
        .containsExactly("1|a\n\\.\nb|1.00|null", "2|c|2.00|a", "3||null|null");
    Request one =
        new Request(
            url(), "texts", Mode.REPLACE, List.of(), Schema.of("t", "VARCHAR"), Optional.empty());
    Path csv = Files.writeString(temp.resolve("texts.csv"), "t\n\\.\nlast\n");
    assertThat(target().write(one, csv)).isEqualTo(2);
  }

  @Test
  void aColumnThatIsMissingThereIsNamed() throws Exception {
    server().sql(database(), "DROP TABLE IF EXISTS narrow", "CREATE TABLE narrow (id bigint)");
    assertThatThrownBy(() -> write(request("narrow", Mode.REPLACE), "1,a,1,"))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("no column \"name\"");
  }

  @Test
  void whoMayOnlyReadIsToldWhatIsMissing() throws Exception {
    write(request("theirs", Mode.REPLACE), "1,a,1,");
    String on = reader("theirs");
    Request request =
        new Request(
            url().replaceFirst("//[^@]*@", "//" + on + "@"),
            "theirs",
            Mode.REPLACE,
            List.of(),
            COLUMNS,
            Optional.empty());
    assertThatThrownBy(() -> write(request, "2,b,2,"))
        .isInstanceOf(TowpathException.class)
        .hasMessageMatching("(?i).*denied.*theirs.*")
        .satisfies(e ->
            assertThat(((TowpathException) e).hint().orElseThrow()).contains("INSERT, UPDATE"));
    assertThat(rows("theirs")).containsExactly("1|a|1.00|null");
  }

  /** A user that may read a table, as user and password of a URL. */
  abstract String reader(String table);

  @Test
  void aWrongPasswordIsToldAndNotShown() throws Exception {
    String wrong = url().replaceFirst(":[^:@/]+@", ":hunter2-s3cr3t@");
    Request request =
        new Request(wrong, "refused", Mode.REPLACE, List.of(), COLUMNS, Optional.empty());
    assertThatThrownBy(() -> write(request, "1,a,1,"))
        .isInstanceOf(TowpathException.class)
        .hasMessageContaining("login")
        .hasMessageNotContaining("hunter2");
    Request broken =
        new Request(
            scheme() + "://u:hunter2-s3cr3t@",
            "t",
            Mode.REPLACE,
            List.of(),
            COLUMNS,
            Optional.empty());
    assertThatThrownBy(() -> write(broken, "1,a,1,"))
        .isInstanceOf(TowpathException.class)
        .hasMessageNotContaining("hunter2");
  }
}
