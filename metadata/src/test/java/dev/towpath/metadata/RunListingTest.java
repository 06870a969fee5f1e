package dev.towpath.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.RunFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a store finds the few runs that a calendar shows among very many. */
class RunListingTest {
  private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");
  private static final int MANY = 20_000;
  private static final RunFilter DAY =
      new RunFilter(
          Optional.of("hourly"),
          Set.of(),
          Optional.of(START.plus(Duration.ofDays(10))),
          Optional.of(START.plus(Duration.ofDays(11))),
          Optional.empty());

  @TempDir private Path folder;

  @Test
  void aDayOfAFlowIsFoundByWhenItWasDue() {
    found(new SqliteBackend(folder.resolve("metadata.db")), "EXPLAIN QUERY PLAN ", "detail");
  }

  @Test
  @Tag("integration")
  void aDayOfAFlowIsFoundByWhenItWasDueInPostgres() {
    found(new PostgresBackend(), "EXPLAIN ", "QUERY PLAN");
  }

  private static void found(Backend of, String explain, String column) {
    try (Backend backend = of;
        SqlStore store = backend.open(new MemoryObjects(() -> START), () -> START)) {
      store
          .flows()
          .enqueue(
              FlowRun.queued(
                  "first", "dev", "hourly", FlowRun.Cause.BACKFILL, START, Optional.empty(), START),
              Optional.empty());
      try (Database database = backend.database(connection -> connection)) {
        database.grouped(link -> {
          int added = Sql.update(link, many());
          return backend instanceof PostgresBackend // as it does by itself after a while
              ? Sql.update(link, "ANALYZE flow_run")
              : added;
        });
        assertThat(store.flows().runs("dev", DAY, 50))
            .extracting(FlowRun::due)
            .hasSize(24)
            .allMatch(due -> Duration.between(START, due).toDays() == 10);
        Flows.Listing listing = Flows.listing("dev", DAY, 50);
        List<String> plan =
            database.read(link ->
                Sql.list(
                    link,
                    explain + listing.sql(),
                    row -> row.getString(column),
                    listing.values().toArray()));
        assertThat(plan).anyMatch(step -> step.contains("flow_run_when"));
        List<String> beginning =
            database.read(link ->
                Sql.list(
                    link,
                    explain + "SELECT id FROM flow_run WHERE id = 'first' AND" + Flows.MAY_START,
                    row -> row.getString(column)));
        assertThat(beginning).anyMatch(step -> step.contains("flow_run_running"));
      }
    }
  }

  /** A run each hour, as copies of the one that is there. */
  private static String many() {
    long hour = Duration.ofHours(1).toNanos();
    return "INSERT INTO flow_run (id, env, flow, state, cause, due, created, ready, attempts,"
        + " failures, params, cancel)"
        + " WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < "
        + MANY
        + ") SELECT 'run-' || n, env, flow, 'SUCCESS', cause, due + n * "
        + hour
        + ", created + n * "
        + hour
        + ", ready, 1, failures, params, cancel FROM numbers, flow_run";
  }
}
