package dev.towpath.export;

import dev.towpath.spi.ExportTarget;
import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

@Tag("integration")
class PostgresTargetTest extends DatabaseTargetContract {
  @BeforeEach
  void empty() {
    server().sql("postgres", "DROP DATABASE IF EXISTS sink", "CREATE DATABASE sink");
  }

  @Override
  DatabaseServer server() {
    return PostgresServer.shared();
  }

  @Override
  ExportTarget target() {
    return new DatabaseTarget(new PostgresWriter());
  }

  @Override
  String database() {
    return "sink";
  }

  @Override
  String scheme() {
    return "postgres";
  }

  @Override
  String typed() {
    return "t|255|-2147483648|18446744073709551615|-170141183460469231731687303715884105728|"
        + "0.1|0.1|0001-01-01|23:59:59.999999|2024-01-31 10:00:00.123456|2024-01-31 08:00:00.5+00|"
        + "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{\"a\": [1, null]}|[1, null]|{\"a\": 1, \"b\": \"x, \\\"y\\\"\"}|1 day 02:00:00|ok|0101|";
  }

  @Override
  Map<String, String> foreign() {
    return Map.of("'a' || chr(0)", "VARCHAR");
  }

  @Override
  String blob() {
    return "\\x61";
  }

  @Override
  String reader(String table) {
    server()
        .sql(
            "sink",
            "DROP ROLE IF EXISTS sink_reader",
            "CREATE ROLE sink_reader LOGIN PASSWORD 'r3ader'",
            "GRANT SELECT ON " + table + " TO sink_reader");
    return "sink_reader:r3ader";
  }
}
