package dev.towpath.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.Db;
import dev.towpath.source.SourceContract;
import dev.towpath.source.Tables;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceTable;
import dev.towpath.testing.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class PostgresSourceTest extends SourceContract {
  private final Db db =
      new Db(PostgresServer.shared(), new PostgresSource(), "postgres", "postgres");

  @BeforeEach
  void empty() {
    db.sql("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public");
  }

  private Tables table() {
    return db.table(project);
  }

  @Override
  protected SourceReader reader() {
    return db.reader();
  }

  @Override
  protected SourceTable given() {
    db.sql(
        "CREATE TABLE IF NOT EXISTS things (id int PRIMARY KEY, name text, price numeric(10,2))",
        "INSERT INTO things VALUES (1, 'Ünï', 19.99), (2, NULL, NULL), (3, '', -1)"
            + " ON CONFLICT DO NOTHING");
    return table().table();
  }

  @Override
  protected SourceTable change(SourceTable table) {
    db.sql("INSERT INTO things VALUES (4, 'new', 0)");
    return table;
  }

  @Override
  protected SourceTable missing() {
    return table().key("table", "nothing").table();
  }

  @Test
  void typesAreKept() {
    db.sql(
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE DOMAIN positive AS numeric(5,1) CHECK (VALUE > 0)",
        "CREATE TABLE things (b bool, i2 int2, i4 int4, i8 bigserial, f4 float4, f8 float8,"
            + " n numeric, n2 numeric(20,4), n60 numeric(60,5), m money, t text, c char(4), u uuid,"
            + " j json, jb jsonb, by bytea, d date, ti time, ts timestamp, tz timestamptz, e mood,"
            + " p pair, dom positive, ip inet, r int4range, bits bit(4), vb varbit, ia int[],"
            + " na numeric(6,2)[], ta text[], tza timestamptz[], ba bytea[], ea mood[], la bool[])",
        "INSERT INTO things VALUES (true, -32768, 2147483647, -9223372036854775808, 'NaN', 0.1,"
            + " 12345678901234567890123456789.123456789, -0.0001, 12345678901234567890.12345,"
            + " '$1,234.50', E'a\"b,\\n\\\\c', 'ab', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',"
            + " '{\"a\": [1, null]}', '{\"b\": 2}', '\\x00ff', '0001-01-01', '23:59:59.999999',"
            + " '2013-01-31 10:00:00.123456', '2013-01-31 10:00:00+02', 'ok', (1, 'x'), 1.5,"
            + " '10.0.0.1/8', '[1,5)', '0101', '', '{1,NULL,3}', '{1.10,-2}',"
            + " ARRAY['a,\"b', NULL, E'c\\nd', ''], '{2013-01-31 10:00:00+02}', ARRAY['\\x00ff'::bytea],"
            + " '{sad}', '{t,f}')",
        "INSERT INTO things (i8) VALUES (2)",
        "INSERT INTO things (i8, t, by, ia, ta) VALUES (3, '', '', '{}', '{}')");
    assertThat(db.contact(table().table()))
        .isEqualTo(
            Schema.of(
                "b",
                "BOOLEAN",
                "i2",
                "SMALLINT",
                "i4",
                "INTEGER",
                "i8",
                "BIGINT",
                "f4",
                "FLOAT",
                "f8",
                "DOUBLE",
                "n",
                "DECIMAL(38,9)",
                "n2",
                "DECIMAL(20,4)",
                "n60",
                "DECIMAL(38,5)",
                "m",
                "DECIMAL(19,2)",
                "t",
                "VARCHAR",
                "c",
                "VARCHAR",
                "u",
                "UUID",
                "j",
                "JSON",
                "jb",
                "JSON",
                "by",
                "BLOB",
                "d",
                "DATE",
                "ti",
                "TIME",
                "ts",
                "TIMESTAMP",
                "tz",
                "TIMESTAMP WITH TIME ZONE",
                "e",
                "VARCHAR",
                "p",
                "JSON",
                "dom",
                "DECIMAL(5,1)",
                "ip",
                "VARCHAR",
                "r",
                "VARCHAR",
                "bits",
                "BIT",
                "vb",
                "VARCHAR",
                "ia",
                "INTEGER[]",
                "na",
                "DECIMAL(6,2)[]",
                "ta",
                "VARCHAR[]",
                "tza",
                "TIMESTAMP WITH TIME ZONE[]",
                "ba",
                "BLOB[]",
                "ea",
                "VARCHAR[]",
                "la",
                "BOOLEAN[]"));
    List<String> rows = db.rows(table().table());
    assertThat(rows).hasSize(3);
    assertThat(rows)
        .contains(
            "[true, -32768, 2147483647, -9223372036854775808, NaN, 0.1,"
                + " 12345678901234567890123456789.123456789, -0.0001, 12345678901234567890.12345,"
                + " 1234.50, a\"b,\n\\c, ab  , a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,"
                + " {\"a\": [1, null]}, {\"b\": 2}, \\x00\\xFF, 0001-01-01, 23:59:59.999999,"
                + " 2013-01-31 10:00:00.123456, 2013-01-31T08:00Z, ok, {\"a\":1,\"b\":\"x\"}, 1.5,"
                + " 10.0.0.1/8, [1,5), 0101, , [1, NULL, 3], [1.10, -2.00],"
                + " ['a,\"b', NULL, c\nd, ''], ['2013-01-31 08:00:00+00'], ['\\\\x00\\\\xFF'], [sad],"
                + " [true, false]]")
        .contains("[null, null, null, 2" + ", null".repeat(30) + "]")
        .contains(
            "[null, null, null, 3"
                + ", null".repeat(6)
                + ", " // the empty text
                + ", null".repeat(4)
                + ", " // no bytes
                + ", null".repeat(11)
                + ", [], null, [], null, null, null, null]");
  }

  @Test
  void whatTheLakeCannotHoldIsRefusedWithAWayOut() {
    db.sql(
        "CREATE TABLE things (id int, gap interval)",
        "CREATE TABLE clocks (t timetz)",
        "INSERT INTO things VALUES (1, '36 h')");
    assertThatThrownBy(() -> db.contact(table().table()))
        .hasMessageContaining("column \"gap\" is of type interval, which the lake cannot hold")
        .hasMessageContaining("as varchar");
    assertThatThrownBy(() -> db.contact(table().key("table", "clocks").table()))
        .hasMessageContaining("column \"t\" is of type timetz, which the lake cannot hold");
    assertThat(db.rows(table().declaring("id", "int", "gap", "varchar").table()))
        .containsExactly("[1, PT36H]");
    Tables query = table().key("query", "SELECT id, extract(epoch FROM gap) AS s FROM things;");
    assertThat(db.rows(query.table())).containsExactly("[1, 129600.000000000]");
  }
}
