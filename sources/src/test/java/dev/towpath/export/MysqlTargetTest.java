package dev.towpath.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.spi.ExportTarget;
import dev.towpath.spi.ExportTarget.Mode;
import dev.towpath.spi.ExportTarget.Request;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.MariaDbServer;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class MysqlTargetTest extends DatabaseTargetContract {
  @BeforeEach
  void empty() {
    server().sql("mysql", "DROP DATABASE IF EXISTS sink", "CREATE DATABASE sink");
  }

  @Override
  DatabaseServer server() {
    return MariaDbServer.shared();
  }

  @Override
  ExportTarget target() {
    return new DatabaseTarget(new MysqlWriter());
  }

  @Override
  String database() {
    return "sink";
  }

  @Override
  String scheme() {
    return "mysql";
  }

  @Override
  String typed() {
    return "1|255|-2147483648|18446744073709551615|-170141183460469231731687303715884105728|"
        + "0.1|0.1|0001-01-01|23:59:59.999999|2024-01-31 10:00:00.123456|2024-01-31 08:00:00.500000|"
        + "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{\"a\": [1, null]}|[1,null]|{\"a\":1,\"b\":\"x, \\\"y\\\"\"}|1 day 02:00:00|ok|0101|";
  }

  @Override
  Map<String, String> foreign() {
    return Map.of(
        "'nan'::DOUBLE", "DOUBLE", "'infinity'::DATE", "DATE", "DATE '12024-03-15'", "DATE");
  }

  @Override
  String blob() {
    return "61";
  }

  @Override
  String reader(String table) {
    server()
        .sql(
            "sink",
            "CREATE OR REPLACE USER sink_reader@'127.0.0.1' IDENTIFIED BY 'r3ader'",
            "GRANT SELECT ON sink." + table + " TO sink_reader@'127.0.0.1'",
            "GRANT CREATE TEMPORARY TABLES ON sink.* TO sink_reader@'127.0.0.1'");
    return "sink_reader:r3ader";
  }

  /** A name with a dot is that of a table in another database, if it is there, else all of it. */
  @Test
  void aNameWithADotIsOneOfBoth() throws Exception {
    Request request = request("other.things", Mode.APPEND);
    write(request, "1,a,1,");
    assertThat(rows("`other.things`")).containsExactly("1|a|1.00|null");
    server()
        .sql(
            "sink",
            "DROP TABLE `other.things`",
            "CREATE OR REPLACE DATABASE other",
            "CREATE TABLE other.things (id bigint, name varchar(20), price decimal(10,2), raw longblob)");
    write(request, "2,b,2,");
    write(append("other.things", null, "s1"), "3,c,3,");
    assertThat(rows("other.things")).containsExactly("2|b|2.00|null", "3|c|3.00|null");
    assertThat(target().appended(url(), "other.things", "nightly")).contains("s1");
    server().sql("mysql", "DROP DATABASE other");
  }
}
