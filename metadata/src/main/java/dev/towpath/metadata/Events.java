package dev.towpath.metadata;

import dev.towpath.core.store.Event;
import dev.towpath.core.store.EventStore;
import dev.towpath.core.store.JsonText;
import dev.towpath.core.store.Release;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of events; whoever changes something adds them in its own transaction. */
final class Events implements EventStore {
  private static final long KEPT = 100_000;
  private static final long TRIMMED_EVERY = 1_000;

  private final Database database;

  Events(Database database) {
    this.database = database;
  }

  /**
   * Adds an event; now and then the oldest go.
   *
   * @param detail alternating names and values; those without a value are left out
   */
  static void add(
      Link link,
      Instant now,
      String environment,
      String type,
      @Nullable String flow,
      @Nullable String run,
      @Nullable String task,
      @Nullable Object... detail)
      throws SQLException {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < detail.length; i += 2) {
      if (detail[i + 1] != null) {
        map.put(String.valueOf(detail[i]), String.valueOf(detail[i + 1]));
      }
    }
    long id =
        Sql.number(
            link,
            "INSERT INTO event (at, env, type, flow, run, task, detail) VALUES (?,?,?,?,?,?,?)"
                + " RETURNING id",
            now,
            environment,
            type,
            flow,
            run,
            task,
            map.isEmpty() ? "{}" : JsonText.write(map));
    if (id % TRIMMED_EVERY == 0) {
      Sql.update(link, "DELETE FROM event WHERE id <= ?", id - KEPT);
    }
  }

  /** Adds the event of a release that has just been published. */
  static void released(Link link, Release release, Instant now) throws SQLException {
    add(
        link,
        now,
        release.environment(),
        "release.published",
        null,
        release.run().orElse(null),
        null,
        "release",
        release.number());
  }

  @Override
  public List<Event> after(String environment, long id, int limit) {
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM event WHERE env = ? AND id > ? ORDER BY id LIMIT ?",
            Events::event,
            environment,
            id,
            limit));
  }

  @Override
  public long last(String environment) {
    return database.read(
        link -> Sql.number(link, "SELECT MAX(id) FROM event WHERE env = ?", environment));
  }

  /**
   * Ids may have gaps at their beginning, too, so that alone says nothing before any can be gone.
   */
  @Override
  public boolean trimmed(long id) {
    return database.read(link ->
        Sql.number(link, "SELECT MAX(id) FROM event") > KEPT
            && Sql.number(link, "SELECT MIN(id) FROM event") > id + 1);
  }

  private static Event event(ResultSet row) throws SQLException {
    return new Event(
        row.getLong("id"),
        Sql.instant(row.getLong("at")),
        row.getString("env"),
        row.getString("type"),
        Optional.ofNullable(row.getString("flow")),
        Optional.ofNullable(row.getString("run")),
        Optional.ofNullable(row.getString("task")),
        texts(row.getString("detail")));
  }

  /** An object of texts. */
  static Map<String, String> texts(String json) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonText.object(json).forEach((name, value) -> texts.put(name, String.valueOf(value)));
    return texts;
  }
}
