package dev.towpath.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.testing.PostgresServer;
import dev.towpath.testing.Venv;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients, each tried by a script that fails when something is not as it should be: those of
 * Python, psql, and PostgreSQL itself by postgres_fdw. The same scripts are run against the real
 * program by {@code RealClientsTest} of module cli.
 */
@Tag("integration")
class PythonClientsTest {
  private static final List<String> PACKAGES =
      List.of(
          "psycopg2-binary==2.9.13",
          "psycopg[binary]==3.3.9",
          "asyncpg==0.32.0",
          "sqlalchemy==2.1.9",
          "pandas==3.1.1");

  @ParameterizedTest
  @ValueSource(
      strings = {"psql", "psycopg2", "psycopg3", "asyncpg", "sqlalchemy2", "pandas", "fdw"})
  void reads(String client) throws Exception {
    Path script =
        Path.of(PythonClientsTest.class.getResource("/clients/try_" + client + ".py").toURI());
    try (Servers servers = Servers.usual()) {
      Venv.Ended ended =
          Venv.with(PACKAGES)
              .run(
                  script.getParent(),
                  Map.of(
                      "PGHOST",
                      "127.0.0.1",
                      "PGPORT",
                      String.valueOf(servers.port()),
                      "PGUSER",
                      "admin",
                      "PGPASSWORD",
                      TestDoor.PASSWORD,
                      "PGDATABASE",
                      Servers.DATABASE,
                      "PSQL",
                      PostgresServer.psql().toString(),
                      "FDW_DSN",
                      client.equals("fdw") ? PostgresServer.shared().dsn("postgres") : ""),
                  List.of(script.toString()));
      assertThat(ended.code()).as(ended.output()).isZero();
      servers.assertQuiet();
    }
  }
}
