package dev.towpath.pgwire;

import static dev.towpath.pgwire.Servers.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.PostgresServer;
import java.sql.Connection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** PostgreSQL itself, which reads the lake by postgres_fdw. */
@Tag("integration")
class ForeignDataTest {
  @Test
  void aPostgresServerReadsTheLake() throws Exception {
    PostgresServer postgres = PostgresServer.shared();
    try (Servers servers = Servers.usual()) {
      postgres.sql(
          "postgres",
          "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
          "DROP SERVER IF EXISTS lake CASCADE",
          "CREATE SERVER lake FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '"
              + servers.port()
              + "', dbname 'flights', use_remote_estimate 'false', fetch_size '100')",
          "CREATE USER MAPPING FOR postgres SERVER lake OPTIONS (user 'admin', password '"
              + TestDoor.PASSWORD
              + "')",
          "DROP SCHEMA IF EXISTS marts CASCADE",
          "CREATE SCHEMA marts",
          "IMPORT FOREIGN SCHEMA marts FROM SERVER lake INTO marts");
      try (Connection connection = postgres.connect("postgres")) {
        assertThat(rows(connection, "SELECT count(*), sum(flights), max(day) FROM marts.daily"))
            .containsExactly("1000|499500|2026-09-26");
        assertThat(
                rows(
                    connection,
                    "SELECT day, revenue, list, seen AT TIME ZONE 'UTC', even FROM marts.daily WHERE"
                        + " region = 'r1' AND flights < 5 ORDER BY flights"))
            .containsExactly(
                "2024-01-02|1.25|{1,NULL}|2024-01-01 01:00:00|f",
                "2024-01-05|5.00|{4,NULL}|2024-01-01 04:00:00|t");
        assertThat(
                rows(
                    connection,
                    "SELECT count(*) FROM marts.daily a JOIN marts.daily b USING (flights) WHERE"
                        + " a.region IN ('r1', 'r2') AND b.region LIKE 'r%'"))
            .containsExactly("666");
        assertThat(
                rows(connection, "SELECT region, count(*) FROM marts.daily GROUP BY 1 ORDER BY 1"))
            .containsExactly("r0|334", "r1|333", "r2|333");
        assertThat(rows(connection, "SELECT flights FROM marts.daily ORDER BY flights LIMIT 2"))
            .containsExactly("0", "1");
      }
      postgres.sql("postgres", "DROP SERVER lake CASCADE");
    }
  }
}
