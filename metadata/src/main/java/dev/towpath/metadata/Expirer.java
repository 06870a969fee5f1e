package dev.towpath.metadata;

import dev.towpath.core.store.MetadataStore.Expiry;
import dev.towpath.core.store.TableState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Forgets releases and states that nothing can reach. */
final class Expirer {
  private Expirer() {}

  /** The transaction of {@link dev.towpath.core.store.MetadataStore#expire}, after a sweep. */
  static Expiry expire(Connection connection, ToIntFunction<String> keep, Instant staged)
      throws SQLException {
    long releases = count(connection, "release");
    long states = count(connection, "state");
    for (String environment :
        Sql.list(connection, "SELECT name FROM environment", row -> row.getString(1))) {
      // A live run may read any release since it began; a reader reads exactly one.
      Sql.update(
          connection,
          """
          DELETE FROM release WHERE env = ?1
          AND number <= (SELECT head FROM environment WHERE name = ?1) - ?2
          AND number < (SELECT COALESCE(MIN(release), 1 << 60) FROM hold
            WHERE kind = 'run' AND env = ?1)
          AND number NOT IN (SELECT release FROM hold WHERE kind = 'reader' AND env = ?1)
          """,
          environment,
          Math.max(1, keep.applyAsInt(environment)));
    }
    Sql.update(
        connection,
        """
        DELETE FROM pointer WHERE NOT EXISTS (SELECT 1 FROM release r
          WHERE r.env = pointer.env AND r.number >= pointer.from_release
          AND (pointer.to_release IS NULL OR r.number < pointer.to_release))
        """);
    String rooted =
        """
        SELECT state FROM pointer
        UNION SELECT state FROM staged
          WHERE at >= ? OR run IN (SELECT run FROM hold WHERE run IS NOT NULL)
        """;
    Sql.update(connection, "DELETE FROM staged WHERE state NOT IN (" + rooted + ")", staged);
    // What is staged still is rooted, or it would have gone with the statement above.
    Sql.update(
        connection,
        "DELETE FROM state WHERE id NOT IN (SELECT state FROM pointer UNION SELECT state FROM"
            + " staged)");
    List<TableState> kept = Sql.list(connection, "SELECT record FROM state", Rows::state);
    Set<String> sources = new HashSet<>();
    kept.forEach(state -> state.source().ifPresent(sources::add));
    return new Expiry(
        kept,
        manifests(connection),
        sources,
        (int) (releases - count(connection, "release")),
        (int) (states - count(connection, "state")),
        Runs.alive(connection),
        since(connection));
  }

  private static Set<String> manifests(Connection connection) throws SQLException {
    return new HashSet<>(
        Sql.list(
            connection,
            "SELECT manifest FROM release UNION SELECT manifest FROM state"
                + " WHERE manifest IS NOT NULL",
            row -> row.getString(1)));
  }

  private static Optional<Instant> since(Connection connection) throws SQLException {
    return Sql.list(
            connection,
            "SELECT since FROM hold WHERE kind = 'run' ORDER BY since LIMIT 1",
            row -> Sql.instant(row.getLong(1)))
        .stream()
        .findFirst();
  }

  private static long count(Connection connection, String table) throws SQLException {
    return Sql.number(connection, "SELECT COUNT(*) FROM " + table);
  }
}
