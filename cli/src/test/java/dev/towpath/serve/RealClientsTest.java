package dev.towpath.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.towpath.cli.Towpath;
import dev.towpath.testing.PostgresServer;
import dev.towpath.testing.Venv;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * People's own tools against the real program over a real lake: the scripts by which module pgwire
 * tries its protocol, each as the owner with the local token and as a user with a password over
 * TLS; and psql with all that lets somebody in, and all that does not.
 */
@Tag("integration")
class RealClientsTest {
  private static final Path SCRIPTS =
      Path.of("../pgwire/src/test/resources/clients").toAbsolutePath().normalize();
  private static final List<String> PACKAGES =
      List.of(
          "psycopg2-binary==2.9.13",
          "psycopg[binary]==3.3.9",
          "asyncpg==0.32.0",
          "sqlalchemy==2.1.9",
          "pandas==3.1.1");
  private static final String PASSWORD = "pass wörd of 'ada' \"x\" \\ 100%";

  @TempDir private static Path folder;
  private static Served served;
  private static String token;
  private static String viewer;
  private static TlsTest.Pair pair;

  @BeforeAll
  static void start() throws Exception {
    Towpath project = new Towpath(folder);
    project.write("towpath.yml", "project: flights\naccess:\n  viewer: {tables: [marts.*]}\n");
    project.write(
        "models/marts/daily.sql",
        """
        SELECT DATE '2024-01-01' + i::INTEGER AS day, i AS flights, 'r' || (i % 3) AS region,
          (i * 1.25)::DECIMAL(18,2) AS revenue, [i, NULL] AS list,
          TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_hours(i) AS seen, i % 2 = 0 AS even
        FROM range(1000) t(i)
        """);
    project.write("models/staging/flights.sql", "SELECT i AS id FROM range(10) t(i)\n");
    project.run("run").good();
    SignInTest.withInput(
        PASSWORD + "\n",
        () -> project.run("user", "add", "ada", "--role", "editor", "--password-stdin").good());
    viewer = Served.user(folder, "vera", "viewer");
    token = project.run("token").good().out().strip();
    pair = TlsTest.pair(folder, "server", "-keyalg", "EC", "-validity", "2");
    served =
        Served.start(
            folder,
            "--pg-port",
            "0",
            "--tls-cert",
            pair.certificate().toString(),
            "--tls-key",
            pair.key().toString());
  }

  @AfterAll
  static void stop() throws Exception {
    served.close();
  }

  private static int port() throws Exception {
    return Served.JSON
        .readTree(folder.resolve(".towpath/server.json").toFile())
        .path("pg_port")
        .asInt();
  }

  /** How libpq and asyncpg are told where to go, and who goes. */
  private static Map<String, String> variables(String user, String password, boolean tls)
      throws Exception {
    Map<String, String> variables =
        new HashMap<>(
            Map.of(
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                Integer.toString(port()),
                "PGUSER",
                user,
                "PGPASSWORD",
                password,
                "PGDATABASE",
                "flights",
                "PSQL",
                PostgresServer.psql().toString()));
    if (tls) {
      variables.put("PGSSLMODE", "verify-full");
      variables.put("PGSSLROOTCERT", pair.certificate().toString());
    } else {
      variables.put("PGSSLMODE", "disable");
    }
    return variables;
  }

  @ParameterizedTest
  @CsvSource({
    "psql, admin", "psql, ada",
    "psycopg2, admin", "psycopg2, ada",
    "psycopg3, admin", "psycopg3, ada",
    "asyncpg, admin", "asyncpg, ada",
    "sqlalchemy2, admin", "sqlalchemy2, ada",
    "pandas, admin", "pandas, ada",
    "fdw, admin", "fdw, ada",
  })
  void reads(String client, String user) throws Exception {
    Map<String, String> variables =
        user.equals("ada") ? variables(user, PASSWORD, true) : variables(user, token, false);
    if (client.equals("fdw")) {
      variables.put("FDW_DSN", PostgresServer.shared().dsn("postgres"));
    }
    Venv.Ended ended =
        Venv.with(PACKAGES)
            .run(SCRIPTS, variables, List.of(SCRIPTS.resolve("try_" + client + ".py").toString()));
    assertThat(ended.code()).as(ended.output()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void jdbcComesInByAPassword(boolean tls) throws Exception {
    String url =
        "jdbc:postgresql://127.0.0.1:%d/flights?sslmode=%s&sslrootcert=%s"
            .formatted(port(), tls ? "verify-full" : "disable", pair.certificate());
    try (Connection connection = DriverManager.getConnection(url, "ada", PASSWORD);
        var rows = connection.createStatement().executeQuery("SELECT current_user, 1 + 1")) {
      rows.next();
      assertThat(rows.getString(1)).isEqualTo("ada");
    }
  }

  private record Said(int code, String text) {}

  private static Said psql(Map<String, String> variables, String command) throws Exception {
    List<String> words =
        new ArrayList<>(List.of(PostgresServer.psql().toString(), "-XAt", "-c", command));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(variables);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Said(process.waitFor(), text.strip());
  }

  @Test
  void aTokenIsAPasswordThatSaysWhoComes() throws Exception {
    for (boolean tls : new boolean[] {false, true}) {
      Map<String, String> variables = variables("token", viewer, tls);
      assertThat(psql(variables, "SELECT current_user")).isEqualTo(new Said(0, "vera"));
      assertThat(psql(variables, "SELECT count(*) FROM marts.daily").text()).isEqualTo("1000");
      assertThat(psql(variables, "SELECT count(*) FROM staging.flights").text())
          .contains("unknown table \"staging.flights\"");
      assertThat(psql(variables, "\\dt").text()).contains("daily").doesNotContain("staging");
    }
  }

  @Test
  void whoIsWrongIsNotLetIn() throws Exception {
    Map<String, String> wrong =
        Map.of("ada", "wrong", "nobody", PASSWORD, "vera", viewer, "token", viewer + "x");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      for (boolean tls : new boolean[] {false, true}) {
        Said said = psql(variables(one.getKey(), one.getValue(), tls), "SELECT 1");
        assertThat(said.code()).as(said.text()).isEqualTo(2);
        assertThat(said.text())
            .contains("password authentication failed for user \"" + one.getKey() + "\"")
            .doesNotContain(one.getValue());
      }
    }
    Said database = psql(variables("ada", PASSWORD, true), "SELECT 1");
    assertThat(database).as("who is right is, even so").isEqualTo(new Said(0, "1"));
    String audit = new Towpath(folder).run("audit", "--json").good().out();
    assertThat(audit)
        .contains("\"who\":\"ada\",\"action\":\"refused\"")
        .doesNotContain("nobody", PASSWORD, viewer);
  }

  @Test
  void aCertificateOfSomebodyElseIsNotTrusted() throws Exception {
    TlsTest.Pair other = TlsTest.pair(folder, "other", "-keyalg", "EC", "-validity", "2");
    Map<String, String> variables = variables("ada", PASSWORD, true);
    variables.put("PGSSLROOTCERT", other.certificate().toString());
    Said said = psql(variables, "SELECT 1");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.text()).contains("certificate verify failed");
  }

  private static String connect(String tool) {
    return new Towpath(folder).run("connect", tool, "--user", "ada").good().out();
  }

  /** Runs a program that asks for a password, as a person does who types it. */
  private static Said python(String code, String password) throws Exception {
    Path file = folder.resolve("snippet.py");
    Files.writeString(file, code);
    Process process =
        new ProcessBuilder(
                "setsid", // without a terminal the password is read from where we give it
                Venv.with(PACKAGES).python().toString(),
                "-W",
                "ignore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write((password + "\n").getBytes(UTF_8));
    }
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Said(process.waitFor(), text.strip());
  }

  @Test
  void thePythonOfConnectReadsATable() throws Exception {
    String code = connect("python");
    assertThat(code).doesNotContain(PASSWORD, token).contains("getpass.getpass()", "\"require\"");
    Said said = python(code, PASSWORD);
    assertThat(said.code()).as(said.text()).isZero();
    assertThat(said.text()).contains("flights", "region", "2024-01-01", "r0");
    Said wrong = python(code, "wrong");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.text()).contains("password authentication failed for user \"ada\"");
  }

  /** Superset hands its URI to SQLAlchemy, with the password that it was given beside it. */
  @Test
  void theUriOfSupersetConnects() throws Exception {
    String uri = connect("superset").strip();
    assertThat(uri).doesNotContain(PASSWORD);
    Said said =
        python(
            """
            import getpass, sqlalchemy as sa
            url = sa.make_url(%s)
            assert url.password is None and url.drivername == "postgresql+psycopg2", url
            engine = sa.create_engine(url.set(password=getpass.getpass()))
            with engine.connect() as connection:
                print(connection.execute(sa.text("SELECT current_user, count(*) FROM marts.daily")).one())
                print(sa.inspect(engine).get_table_names("marts"))
            """
                .formatted(Served.JSON.writeValueAsString(uri)),
            PASSWORD);
    assertThat(said.code()).as(said.text()).isZero();
    assertThat(said.text()).contains("('ada', 1000)", "['daily']");
  }

  /** Metabase connects with PostgreSQL's own driver, by what its form has. */
  @Test
  void theFormOfMetabaseConnects() throws Exception {
    JsonNode form = Served.JSON.readTree(connect("metabase"));
    JsonNode details = form.path("details");
    assertThat(form.path("engine").asText()).isEqualTo("postgres");
    assertThat(details.has("password")).isFalse();
    assertThat(details.path("ssl").asBoolean()).isTrue();
    Properties properties = new Properties();
    properties.put("user", details.path("user").asText());
    properties.put("password", PASSWORD);
    properties.put("sslmode", "require");
    String url =
        "jdbc:postgresql://%s:%d/%s"
            .formatted(
                details.path("host").asText(),
                details.path("port").asInt(),
                details.path("dbname").asText());
    try (Connection connection = DriverManager.getConnection(url, properties);
        var tables = connection.getMetaData().getTables(null, "marts", "%", null)) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getString("TABLE_NAME")).isEqualTo("daily");
    }
  }

  /** The URL for DBeaver, DataGrip and Spark, which bring a password of their own. */
  @Test
  void theUrlOfJdbcConnects() throws Exception {
    Properties password = new Properties();
    password.put("password", PASSWORD);
    try (Connection connection = DriverManager.getConnection(connect("jdbc").strip(), password);
        var rows = connection.createStatement().executeQuery("SELECT current_user")) {
      rows.next();
      assertThat(rows.getString(1)).isEqualTo("ada");
    }
  }
}
