package dev.towpath.source.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.DatabaseServer;
import dev.towpath.testing.PostgresServer;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class PostgresTransactionTest extends TransactionContract {
  @BeforeAll
  static void empty() {
    PostgresServer.shared().sql("postgres", "DROP DATABASE IF EXISTS work", "CREATE DATABASE work");
  }

  @Override
  DatabaseServer server() {
    return PostgresServer.shared();
  }

  @Override
  String scheme() {
    return "postgres";
  }

  @Override
  String database() {
    return "work";
  }

  @Override
  String sleeping() {
    return "SELECT pg_sleep(60)";
  }

  @Override
  String countSleepers() {
    return "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(60)%'";
  }

  @Test
  void operatorsOnJsonAndFunctionBodies() {
    assertThat(
            run("DO $$ BEGIN PERFORM 1; END $$; SELECT '{\"a\": 1}'::jsonb ? $key AS has")
                .rows()
                .getFirst())
        .containsExactly(true);
  }

  private dev.towpath.spi.SqlPlace.Answer run(String sql) {
    String password =
        java.net.URLEncoder.encode(DatabaseServer.PASSWORD, java.nio.charset.StandardCharsets.UTF_8)
            .replace("+", "%20");
    return new Databases()
        .at(
            "postgres://%s:%s@127.0.0.1:%d/work"
                .formatted(server().user(), password, server().port()))
        .run(sql, Map.of("key", "a"));
  }
}
