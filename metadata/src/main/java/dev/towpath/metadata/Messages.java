package dev.towpath.metadata;

import dev.towpath.core.project.Flow;
import dev.towpath.core.store.FlowRun;
import dev.towpath.core.store.JsonText;
import dev.towpath.core.store.Outbox;
import dev.towpath.spi.Location;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table of messages that are owed. */
final class Messages implements Outbox {
  private static final long KEPT = 10_000;
  private static final long TRIMMED_EVERY = 100;

  private final Database database;

  Messages(Database database) {
    this.database = database;
  }

  /** Owes everybody who wants to know of an event a message, in the transaction of the event. */
  static void owe(Link link, List<Flow.Notice> notices, Flow.Event event, FlowRun run, Instant now)
      throws SQLException {
    for (Flow.Notice notice : notices) {
      if (notice.on().contains(event)) {
        Sql.update(
            link,
            "INSERT INTO outbox (env, flow_run, kind, target, payload, due, attempts)"
                + " VALUES (?,?,?,?,?,?,0)",
            run.environment(),
            run.id(),
            notice.type(),
            notice.target(),
            JsonText.write(payload(event, run)),
            now);
      }
    }
  }

  private static Map<String, String> payload(Flow.Event event, FlowRun run) {
    Map<String, String> payload = new LinkedHashMap<>();
    payload.put("event", event.name().toLowerCase(Locale.ROOT));
    payload.put("environment", run.environment());
    payload.put("flow", run.flow());
    payload.put("run", run.id());
    payload.put("state", run.state().name());
    payload.put("due", run.due().toString());
    run.message().ifPresent(m -> payload.put("message", m));
    run.release().ifPresent(r -> payload.put("release", r.toString()));
    return payload;
  }

  /** Whom a run's end is told, as text for its row. */
  static String text(List<Flow.Notice> notices) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Flow.Notice notice : notices) {
      list.add(
          Map.of(
              "type",
              notice.type(),
              "target",
              notice.target(),
              "on",
              notice.on().stream().map(Enum::name).toList()));
    }
    return JsonText.write(Map.of("notices", list));
  }

  /** The opposite of {@link #text}. */
  static List<Flow.Notice> notices(String text) {
    List<Flow.Notice> notices = new ArrayList<>();
    if (text.startsWith("{") && JsonText.object(text).get("notices") instanceof List<?> list) {
      for (Object one : list) {
        if (one instanceof Map<?, ?> map && map.get("on") instanceof List<?> on) {
          notices.add(
              new Flow.Notice(
                  String.valueOf(map.get("type")),
                  String.valueOf(map.get("target")),
                  on.stream().map(e -> Flow.Event.valueOf(String.valueOf(e))).toList(),
                  Location.of("flows")));
        }
      }
    }
    return notices;
  }

  @Override
  public List<Message> claim(String environment, int most, Instant now, Instant until) {
    if (next(environment).filter(due -> !due.isAfter(now)).isEmpty()) {
      return List.of(); // without the write lock: mostly there is nothing
    }
    return database.grouped(link -> {
      List<Message> due =
          Sql.list(
              link,
              "SELECT * FROM outbox WHERE env = ? AND done IS NULL AND due <= ? ORDER BY due, id"
                  + " LIMIT ?",
              Messages::message,
              environment,
              now,
              most);
      List<Message> claimed = new ArrayList<>();
      for (Message message : due) {
        claimed.addAll(
            Sql.list(
                link,
                "UPDATE outbox SET due = ?, attempts = attempts + 1 WHERE id = ? AND done IS NULL"
                    + " AND due = ? RETURNING *",
                Messages::message,
                until,
                message.id(),
                message.due()));
      }
      return claimed;
    });
  }

  @Override
  public boolean owe(
      String environment, String key, Flow.Notice to, Map<String, String> payload, Instant now) {
    String known =
        "SELECT count(*) FROM outbox WHERE env = ? AND about = ? AND kind = ? AND target = ?";
    if (database.read(link -> Sql.number(link, known, environment, key, to.type(), to.target()))
        > 0) {
      return false; // without the write lock: it is asked again and again
    }
    return database.grouped(link ->
        Sql.update(
                link,
                "INSERT INTO outbox (env, flow_run, kind, target, payload, due, attempts, about)"
                    + " VALUES (?,'',?,?,?,?,0,?) ON CONFLICT DO NOTHING",
                environment,
                to.type(),
                to.target(),
                JsonText.write(payload),
                now,
                key)
            == 1);
  }

  @Override
  public Optional<Instant> next(String environment) {
    return database.read(link ->
        Sql.first(
            link,
            "SELECT due FROM outbox WHERE env = ? AND done IS NULL ORDER BY due LIMIT 1",
            row -> Sql.instant(row.getLong(1)),
            environment));
  }

  @Override
  public void delivered(Message message, Instant now) {
    settle(message, null, null, now);
  }

  @Override
  public void failed(Message message, String error, Optional<Instant> again, Instant now) {
    settle(message, error, again.orElse(null), now);
  }

  private void settle(
      Message message, @Nullable String error, @Nullable Instant again, Instant now) {
    database.grouped(link -> {
      int settled =
          Sql.update(
              link,
              "UPDATE outbox SET error = ?, due = ?, done = ? WHERE id = ? AND done IS NULL",
              error,
              again == null ? message.due() : again,
              again == null ? now : null,
              message.id());
      if (settled == 1 && error != null && again == null) {
        Events.add(
            link,
            now,
            message.environment(),
            "notice.failed",
            message.payload().get("flow"),
            message.run().isEmpty() ? null : message.run(),
            null,
            "kind",
            message.kind(),
            "event",
            message.payload().get("event"),
            "error",
            error);
      }
      if (message.id() % TRIMMED_EVERY == 0) {
        // those that say what they are about are what keeps it from being told again
        Sql.update(
            link,
            "DELETE FROM outbox WHERE id <= ? AND done IS NOT NULL AND about IS NULL",
            message.id() - KEPT);
      }
      return settled;
    });
  }

  @Override
  public List<Message> list(String environment, int limit) {
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM outbox WHERE env = ? ORDER BY id DESC LIMIT ?",
            Messages::message,
            environment,
            limit));
  }

  private static Message message(ResultSet row) throws SQLException {
    return new Message(
        row.getLong("id"),
        row.getString("env"),
        row.getString("flow_run"),
        row.getString("kind"),
        row.getString("target"),
        Events.texts(row.getString("payload")),
        Sql.instant(row.getLong("due")),
        row.getInt("attempts"),
        Sql.instant(row, "done"),
        Optional.ofNullable(row.getString("error")));
  }
}
