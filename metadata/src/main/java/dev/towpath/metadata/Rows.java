package dev.towpath.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.towpath.core.store.Release;
import dev.towpath.core.store.RunRecord;
import dev.towpath.core.store.StateJson;
import dev.towpath.core.store.TableState;
import dev.towpath.spi.TableName;
import dev.towpath.spi.TowpathException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Rows of the store's tables as values, and the queries that several operations share. */
final class Rows {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Rows() {}

  static Release release(ResultSet row) throws SQLException {
    return new Release(
        row.getString("env"),
        row.getLong("number"),
        Release.Kind.valueOf(row.getString("kind")),
        row.getLong("effective"),
        row.getInt("tables"),
        row.getInt("changed"),
        Optional.ofNullable(row.getString("run")),
        Sql.instant(row.getLong("published")),
        row.getString("note"),
        row.getString("manifest"));
  }

  /** The lake before an environment's first release. */
  static Release none(String environment) {
    return new Release(
        environment, 0, Release.Kind.EMPTY, 0, 0, 0, Optional.empty(), Instant.EPOCH, "", "");
  }

  static void insert(Link link, Release release) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO release VALUES (?,?,?,?,?,?,?,?,?,?)",
        release.environment(),
        release.number(),
        release.kind(),
        release.effective(),
        release.tables(),
        release.changed(),
        release.run().orElse(null),
        release.published(),
        release.note(),
        release.manifest());
  }

  /**
   * Lets a table have a state from a release on; where it had another one until then, that has been
   * closed. With the version that it had, nothing is new.
   */
  static void point(Link link, Release release, TableName table, String state) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO pointer (env, tbl, from_release, state, since) VALUES (?,?,?,?, COALESCE("
            + "(SELECT p.since FROM pointer p JOIN state b ON b.id = p.state"
            + " JOIN state s ON s.version = b.version WHERE p.env = ? AND p.tbl = ?"
            + " AND p.to_release = ? AND s.id = ?), ?))",
        release.environment(),
        table.identity(),
        release.number(),
        state,
        release.environment(),
        table.identity(),
        release.number(),
        state,
        release.published());
  }

  /** Number of an environment's head; 0 when it has no release or does not exist. */
  static long head(Link link, String environment) throws SQLException {
    return Sql.number(link, "SELECT head FROM environment WHERE name = ?", environment);
  }

  static boolean exists(Link link, String environment) throws SQLException {
    return Sql.number(link, "SELECT COUNT(*) FROM environment WHERE name = ?", environment) > 0;
  }

  /** A release; throws and names what there is when there is none of that number. */
  static Release release(Link link, String environment, long number) throws SQLException {
    if (number == 0) {
      return none(environment);
    }
    Optional<Release> found =
        Sql.first(
            link,
            "SELECT * FROM release WHERE env = ? AND number = ?",
            Rows::release,
            environment,
            number);
    if (found.isPresent()) {
      return found.get();
    }
    long head = head(link, environment);
    long oldest =
        Sql.number(link, "SELECT COALESCE(MIN(number), 0) FROM release WHERE env = ?", environment);
    boolean expired = number > 0 && number < head;
    throw new TowpathException(
        expired
            ? "release " + number + " of " + environment + " is not kept any more"
            : environment + " has no release " + number,
        head == 0
            ? "nothing has been published in " + environment + " yet"
            : "\"towpath releases\" lists what there is, from " + oldest + " to " + head);
  }

  static TableState state(ResultSet row) throws SQLException {
    return StateJson.read(row.getString("record"));
  }

  /** Adds a state, or leaves the record that is there. */
  static void insert(Link link, TableState state, String manifest, boolean published)
      throws SQLException {
    Sql.update(
        link,
        "INSERT INTO state VALUES (?,?,?,?,?)"
            + " ON CONFLICT (id) DO UPDATE SET manifest = COALESCE(state.manifest, excluded.manifest)",
        state.id(),
        state.table().identity(),
        state.version(),
        StateJson.write(state),
        published ? manifest : null);
  }

  static RunRecord run(ResultSet row) throws SQLException {
    long release = row.getLong("release");
    Optional<Long> published = row.wasNull() ? Optional.empty() : Optional.of(release);
    return new RunRecord(
        row.getString("id"),
        row.getString("env"),
        RunRecord.State.valueOf(row.getString("state")),
        Sql.instant(row.getLong("started")),
        Sql.instant(row, "finished"),
        Instant.parse(row.getString("logical_time")),
        texts(row.getString("selection")),
        published,
        Optional.ofNullable(row.getString("message")));
  }

  static RunRecord.Task task(ResultSet row) throws SQLException {
    return new RunRecord.Task(
        row.getString("run"),
        row.getString("asset"),
        RunRecord.State.valueOf(row.getString("state")),
        Sql.instant(row.getLong("started")),
        Sql.instant(row, "finished"),
        row.getLong("row_count"),
        row.getString("reason"),
        Optional.ofNullable(row.getString("message")));
  }

  static RunRecord.CheckResult check(ResultSet row) throws SQLException {
    return new RunRecord.CheckResult(
        row.getString("run"),
        row.getString("shown"),
        row.getString("name"),
        row.getInt("passed") != 0,
        row.getInt("warn") != 0,
        row.getLong("failures"),
        row.getString("sample"));
  }

  static String json(List<String> texts) {
    try {
      return JSON.writeValueAsString(texts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list of texts is always JSON", e);
    }
  }

  private static List<String> texts(String json) throws SQLException {
    try {
      return List.of(JSON.readValue(json, String[].class));
    } catch (JsonProcessingException e) {
      throw new SQLException("a list of texts cannot be read: " + json, e);
    }
  }
}
