package dev.towpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on real data: the flights example from folder to release and back. */
class FlightsExampleTest {
  @TempDir private Path folder;

  @Test
  void becomesALakeAndGoesBack() throws IOException, SQLException {
    Example flights = Example.copy("flights", folder);
    Path march = folder.resolve("data/flights/2013-03.csv.gz");
    Path later = folder.resolve("march.csv.gz");
    Files.move(march, later);

    Example.Said first = flights.run("run");
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("published release 1 of dev");
    assertThat(flights.run("test").out()).contains("4 passed, 0 failed");
    assertThat(flights.run("run").out()).contains("nothing is stale");
    assertThat(flights.run("plan").out()).contains("nothing is stale");
    assertThat(rows(flights)).isEqualTo("307942");

    changeOneAirline();
    assertThat(flights.run("plan").out().lines().skip(1).toList())
        .contains("  + ref.airlines (source): its rows changed in data/reference.sqlite")
        .contains("  ? core.flights (table): ref.airlines is built again")
        .noneMatch(l -> l.contains("ref.airports") || l.contains("ref.planes"))
        .noneMatch(
            l -> l.contains(" staging.") || l.contains("core.aircraft (")); // nor their readers
    Example.Said renamed = flights.run("run");
    assertThat(renamed.code()).as(renamed.err()).isZero();
    assertThat(renamed.out()).contains("published release 2 of dev");
    assertThat(renamed.err().lines().filter(l -> l.contains("✓") && !l.contains("same rows")))
        .extracting(l -> l.split(" ")[2])
        .containsExactlyInAnyOrder("ref.airlines", "core.flights", "core.routes", "marts.league");

    Files.move(later, march); // a month arrives late
    assertThat(flights.run("plan").out())
        .contains("+ raw.flights (source): 1 new file")
        .contains("? staging.flights (incremental): raw.flights is built again")
        .doesNotContain("raw.weather");
    Example.Said second = flights.run("run");
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(second.err()).contains("31 of 365 intervals differ");
    assertThat(rows(flights)).isEqualTo("336776");

    assertThat(flights.run("rollback").out()).contains("release 4").contains("release 2 had");
    assertThat(rows(flights)).isEqualTo("307942");
    assertThat(flights.run("query", "--release", "3", "--format", "csv", COUNT).out().strip())
        .endsWith("336776");
    assertThat(flights.run("env", "create", "feature", "--from", "dev").code()).isZero();
    Example.Said feature = flights.run("--env", "feature", "run");
    assertThat(feature.code()).as(feature.err()).isZero();
    assertThat(rows(flights)).isEqualTo("307942");
    assertThat(flights.run("gc", "--dry-run").code()).isZero();
  }

  @Test
  @Tag("integration")
  void hasAProfileInPandasThatIsBuiltOnRequest() {
    Example flights = Example.copy("flights", folder);
    Example.Said plain = flights.run("run");
    assertThat(plain.code()).as(plain.err()).isZero();
    assertThat(plain.err())
        .contains("note: left out profiles.delays")
        .contains("\"towpath run profiles.*\" builds it")
        .doesNotContain("installing");

    Example.Said profiles = flights.run("run", "profiles.*");
    assertThat(profiles.code()).as(profiles.err()).isZero();
    assertThat(profiles.out()).contains("5 of 5 checks passed");
    // What SQL can say of it, too, is the same there.
    String different =
        """
        WITH flown AS (
          SELECT * FROM core.flights WHERE status = 'flown' AND tailnum IS NOT NULL
          QUALIFY count(*) OVER (PARTITION BY tailnum) >= 20)
        SELECT count(*) FROM (
          SELECT tailnum, hour, count(*) AS flights, median(dep_delay) AS typical_delay
          FROM flown GROUP BY ALL
          EXCEPT SELECT tailnum, hour, flights, typical_delay FROM profiles.delays)
        """;
    assertThat(flights.run("query", "--format", "csv", different).out().strip()).endsWith("\n0");
    assertThat(
            flights
                .run(
                    "query",
                    "--format",
                    "csv",
                    "SELECT count(*) > 40000 AND min(inherited_minutes) = 0 FROM profiles.delays")
                .out()
                .strip())
        .endsWith("\ntrue");
    assertThat(flights.run("run", "profiles.*").out()).contains("nothing is stale");
    reports(flights);
  }

  /** The notebook reads the published lake by the client, which starts the program. */
  private void reports(Example flights) {
    try {
      ClientTest.launcher(folder.resolve("towpath"));
      Path job = folder.resolve("jobs/report.yml");
      Files.writeString(job, Files.readString(job) + "env: {TOWPATH_HOME: \"" + folder + "\"}\n");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Example.Said report = flights.run("run", "job:report");
    assertThat(report.code()).as(report.err()).isZero();
    assertThat(report.err())
        .containsPattern("UA: best at \\d+h with [\\d.]+ % on time, worst at \\d+h")
        .contains("the executed notebook is in");
  }

  private void changeOneAirline() throws SQLException {
    String database = "jdbc:sqlite:" + folder.resolve("data/reference.sqlite");
    try (Connection connection = DriverManager.getConnection(database);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("UPDATE airlines SET name = 'Envoy' WHERE carrier = 'MQ'"))
          .isEqualTo(1);
    }
  }

  private static final String COUNT = "SELECT count(*) AS n FROM staging.flights";

  private static String rows(Example project) {
    Example.Said said = project.run("query", "--format", "csv", COUNT);
    assertThat(said.code()).as(said.err()).isZero();
    return said.out().lines().skip(1).findFirst().orElse("");
  }
}
