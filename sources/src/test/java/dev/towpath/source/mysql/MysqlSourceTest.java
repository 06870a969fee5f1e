package dev.towpath.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.towpath.source.Db;
import dev.towpath.source.SourceContract;
import dev.towpath.source.Tables;
import dev.towpath.spi.Schema;
import dev.towpath.spi.SourceReader;
import dev.towpath.spi.SourceTable;
import dev.towpath.testing.MariaDbServer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class MysqlSourceTest extends SourceContract {
  private final Db db = new Db(MariaDbServer.shared(), new MysqlSource(), "shop", "admin");

  @BeforeEach
  void empty() {
    db.server().sql("mysql", "DROP DATABASE IF EXISTS shop", "CREATE DATABASE shop");
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
        "CREATE TABLE IF NOT EXISTS things (id int PRIMARY KEY, name text, price decimal(10,2))",
        "INSERT IGNORE INTO things VALUES (1, 'Ünï', 19.99), (2, NULL, NULL), (3, '', -1)");
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

  @Override
  protected boolean tellsNothingNew() {
    return false;
  }

  @Test
  void typesAreKept() {
    db.sql(
        "CREATE TABLE things (i1 tinyint(1), ti tinyint unsigned, ui int unsigned,"
            + " ub bigint unsigned, um mediumint, d decimal(10,2), d65 decimal(65,30), f float,"
            + " db double, b bit(5), b1 bit, e enum('a','b'), s set('x','y'), j json, y year,"
            + " t time(6), dt datetime(6), ts timestamp(3) NULL, da date, vb varbinary(5),"
            + " bl longblob, c char(5), tx text, la varchar(9) CHARACTER SET latin1, u uuid,"
            + " ip inet6, g point)",
        "INSERT INTO things VALUES (2, 255, 4294967295, 18446744073709551615, -8388608, 19.90,"
            + " 1234567890123456789.0000000001, 0.1, 0.1, b'101', b'1', 'a', 'x,y',"
            + " '{\"a\": [1, null]}', 2024, '23:59:59.999999', '2024-01-31 10:00:00.123456',"
            + " '2024-01-31 10:00:00', '0001-01-01', x'00ff', '', 'ab', 'a\"b,\\n\\\\c', 'Ünï',"
            + " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '::1', point(1, 2))",
        "INSERT INTO things () VALUES ()");
    assertThat(db.contact(table().table()))
        .isEqualTo(
            Schema.of(
                "i1",
                "TINYINT",
                "ti",
                "UTINYINT",
                "ui",
                "UINTEGER",
                "ub",
                "UBIGINT",
                "um",
                "INTEGER",
                "d",
                "DECIMAL(10,2)",
                "d65",
                "DECIMAL(38,19)",
                "f",
                "FLOAT",
                "db",
                "DOUBLE",
                "b",
                "BIT",
                "b1",
                "BIT",
                "e",
                "VARCHAR",
                "s",
                "VARCHAR",
                "j",
                "JSON",
                "y",
                "SMALLINT",
                "t",
                "TIME",
                "dt",
                "TIMESTAMP",
                "ts",
                "TIMESTAMP WITH TIME ZONE",
                "da",
                "DATE",
                "vb",
                "BLOB",
                "bl",
                "BLOB",
                "c",
                "VARCHAR",
                "tx",
                "VARCHAR",
                "la",
                "VARCHAR",
                "u",
                "UUID",
                "ip",
                "VARCHAR",
                "g",
                "VARCHAR"));
    List<String> rows = db.rows(table().table());
    assertThat(rows)
        .containsExactly(
            "[2, 255, 4294967295, 18446744073709551615, -8388608, 19.90,"
                + " 1234567890123456789.0000000001000000000, 0.1, 0.1, 00101, 1, a, x,y,"
                + " {\"a\": [1, null]}, 2024, 23:59:59.999999, 2024-01-31 10:00:00.123456,"
                + " 2024-01-31T10:00Z, 0001-01-01, \\x00\\xFF, , ab, a\"b,\n\\c, Ünï,"
                + " a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11, ::1, POINT(1 2)]",
            "[null, null, null, null, null, null, null, null, null, null, null, null, null, null,"
                + " null, null, null, null, null, null, null, null, null, null, null, null, null]");
  }

  @Test
  void whatDoesNotFitIsNamedAndCanBeDeclared() {
    db.sql(
        "CREATE TABLE things (id int, t time, d date, f bit(1), n decimal(65,30))",
        "INSERT INTO things VALUES (1, '100:00:00', '2024-01-01', b'1', 1)");
    assertThatThrownBy(() -> db.rows(table().table()))
        .hasMessageContaining("column \"t\": \"100:00:00\" does not fit TIME");
    Tables declared =
        table().declaring("id", "int", "t", "varchar", "d", "date", "f", "boolean", "n", "int");
    assertThat(db.rows(declared.table())).containsExactly("[1, 100:00:00, 2024-01-01, true, 1]");
    db.sql("SET sql_mode = ''", "UPDATE things SET n = 1.5");
    assertThatThrownBy(() -> db.rows(declared.table()))
        .hasMessageContaining("column \"n\": \"1.500000000000000000000000000000\" does not fit");
    db.server().sql("shop", "UPDATE things SET n = 1, t = '1:00:00'");
    db.server().sql("shop?sessionVariables=sql_mode=''", "UPDATE things SET d = '0000-00-00'");
    assertThatThrownBy(() -> db.rows(table().table()))
        .hasMessageContaining("column \"d\": \"0000-00-00\" does not fit DATE");
    assertThat(db.rows(declared.key("on_bad_date", "null").table()))
        .containsExactly("[1, 01:00:00, null, true, 1]");
  }
}
