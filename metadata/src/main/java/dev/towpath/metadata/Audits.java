package dev.towpath.metadata;

import dev.towpath.core.store.AuditLog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The table of what people did; nothing changes or removes a row. */
final class Audits implements AuditLog {
  private final Database database;

  Audits(Database database) {
    this.database = database;
  }

  /** Adds an entry in the transaction of what it tells. */
  static void add(Link link, String environment, Act act, Instant now) throws SQLException {
    Sql.update(
        link,
        "INSERT INTO audit (at, env, who, action, subject, detail) VALUES (?,?,?,?,?,?)",
        now,
        environment,
        act.who(),
        act.action(),
        act.subject(),
        act.detail());
  }

  @Override
  public void add(String environment, Act act, Instant now) {
    database.synced(link -> {
      add(link, environment, act, now);
      return act;
    });
  }

  @Override
  public List<Entry> list(String environment, String word, long before, int limit) {
    return database.read(link ->
        Sql.list(
            link,
            "SELECT * FROM audit WHERE env = ? AND id < ? AND"
                + " lower(who || ' ' || action || ' ' || subject || ' ' || detail)"
                + " LIKE lower(?) ESCAPE '!' ORDER BY id DESC LIMIT ?",
            Audits::entry,
            environment,
            before,
            "%" + word.replaceAll("[!%_]", "!$0") + "%",
            limit));
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong("id"),
        Sql.instant(row.getLong("at")),
        row.getString("env"),
        new Act(
            row.getString("who"),
            row.getString("action"),
            row.getString("subject"),
            row.getString("detail")));
  }
}
