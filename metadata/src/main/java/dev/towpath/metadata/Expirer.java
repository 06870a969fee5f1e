package dev.towpath.metadata;

import dev.towpath.core.store.MetadataStore;
import dev.towpath.core.store.MetadataStore.Expiry;
import dev.towpath.core.store.TableState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Forgets releases and states that nothing can reach. */
final class Expirer {
  private static final Set<String> READERS = Set.of("append", "merge", "scd2");

  private Expirer() {}

  /** The transaction of {@link dev.towpath.core.store.MetadataStore#expire}, after a sweep. */
  static Expiry expire(Link link, ToIntFunction<String> keep, Instant staged) throws SQLException {
    long releases = count(link, "release");
    long states = count(link, "state");
    for (String environment :
        Sql.list(link, "SELECT name FROM environment", row -> row.getString(1))) {
      // A live run may read any release since it began; a reader reads exactly one.
      Sql.update(
          link,
          """
          DELETE FROM release WHERE env = ?
          AND number <= (SELECT head FROM environment WHERE name = ?) - ?
          AND number < (SELECT COALESCE(MIN(release), 9223372036854775807) FROM hold
            WHERE kind = 'run' AND env = ?)
          AND number NOT IN (SELECT release FROM hold WHERE kind <> 'run' AND env = ?)
          """,
          environment,
          environment,
          Math.max(1, keep.applyAsInt(environment)),
          environment,
          environment);
    }
    Sql.update(
        link,
        """
        DELETE FROM pointer WHERE NOT EXISTS (SELECT 1 FROM release r
          WHERE r.env = pointer.env AND r.number >= pointer.from_release
          AND (pointer.to_release IS NULL OR r.number < pointer.to_release))
        """);
    String rooted =
        """
        SELECT state FROM pointer
        UNION SELECT wanted FROM export UNION SELECT done FROM export WHERE done IS NOT NULL
        UNION SELECT state FROM staged
          WHERE at >= ? OR run IN (SELECT run FROM hold WHERE run IS NOT NULL)
        UNION SELECT g.state FROM staged g JOIN pointer p ON g.key = ? || p.state
          WHERE g.at = (SELECT max(n.at) FROM staged n WHERE n.key = g.key)
        """;
    Sql.update(
        link,
        "DELETE FROM staged WHERE state NOT IN (" + rooted + ")",
        staged,
        MetadataStore.rereading(""));
    // What is staged still is rooted, or it would have gone with the statement above.
    forgetStates(link);
    List<TableState> kept = Sql.list(link, "SELECT record FROM state", Rows::state);
    Set<String> sources = new HashSet<>();
    kept.forEach(state -> state.source().ifPresent(sources::add));
    return new Expiry(
        kept,
        manifests(link),
        sources,
        (int) (releases - count(link, "release")),
        (int) (states - count(link, "state")),
        Runs.alive(link),
        since(link));
  }

  private static final String UNROOTED =
      """
      FROM state WHERE id NOT IN (SELECT state FROM pointer UNION SELECT state FROM staged
        UNION SELECT wanted FROM export UNION SELECT done FROM export WHERE done IS NOT NULL)
      """;

  /**
   * Forgets states that nothing reaches. A table that reads only what is new needs, to tell it, the
   * version that it last read.
   */
  private static void forgetStates(Link link) throws SQLException {
    Set<String> unrooted =
        new HashSet<>(Sql.list(link, "SELECT id " + UNROOTED, row -> row.getString(1)));
    if (unrooted.isEmpty()) {
      return;
    }
    Set<String> read = new HashSet<>();
    for (TableState state : Sql.list(link, "SELECT record FROM state", Rows::state)) {
      if (!unrooted.contains(state.id()) && READERS.contains(state.kind())) {
        read.addAll(state.inputs().values());
      }
    }
    for (Map.Entry<String, String> entry :
        Sql.list(
            link,
            "SELECT id, version " + UNROOTED,
            row -> Map.entry(row.getString(1), row.getString(2)))) {
      if (!read.contains(entry.getValue())) {
        Sql.update(link, "DELETE FROM state WHERE id = ?", entry.getKey());
      }
    }
  }

  private static Set<String> manifests(Link link) throws SQLException {
    return new HashSet<>(
        Sql.list(
            link,
            "SELECT manifest FROM release UNION SELECT manifest FROM state"
                + " WHERE manifest IS NOT NULL",
            row -> row.getString(1)));
  }

  private static Optional<Instant> since(Link link) throws SQLException {
    return Sql.list(
            link,
            "SELECT since FROM hold WHERE kind = 'run' ORDER BY since LIMIT 1",
            row -> Sql.instant(row.getLong(1)))
        .stream()
        .findFirst();
  }

  private static long count(Link link, String table) throws SQLException {
    return Sql.number(link, "SELECT COUNT(*) FROM " + table);
  }
}
