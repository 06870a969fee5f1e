package dev.towpath.metadata;

import dev.towpath.core.access.ApiToken;
import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.User;
import dev.towpath.core.access.WebSession;
import dev.towpath.core.store.AccessStore;
import dev.towpath.core.store.AuditLog;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The tables of users, tokens and sessions. */
final class Accounts implements AccessStore {
  private static final int SECRET_BYTES = 32;
  private static final int STORE_SECRET = 1;
  private static final int LINK_SECRET = 2;

  /** Of one user; the oldest go. */
  private static final int MOST_SESSIONS = 50;

  private final Database database;

  Accounts(Database database) {
    this.database = database;
  }

  @Override
  public List<User> users() {
    return database.read(
        link -> Sql.list(link, "SELECT * FROM account ORDER BY name", Accounts::user));
  }

  @Override
  public Optional<User> user(String name) {
    return database.read(
        link -> Sql.first(link, "SELECT * FROM account WHERE name = ?", Accounts::user, name));
  }

  @Override
  public boolean add(User user, AuditLog.Note note) {
    return noted(
        note,
        link ->
            Sql.update(
                link,
                "INSERT INTO account (name, role, tables, endpoints, dashboards, hash, scram,"
                    + " created) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (name) DO NOTHING",
                user.name(),
                user.role(),
                lines(user.grants().tables()),
                lines(user.grants().endpoints()),
                lines(user.grants().dashboards()),
                user.password().map(User.Password::hash).orElse(null),
                user.password().map(User.Password::scram).orElse(null),
                user.created()));
  }

  @Override
  public boolean allow(String user, Role role, Grants grants, AuditLog.Note note) {
    return noted(
        note,
        link ->
            Sql.update(
                link,
                "UPDATE account SET role = ?, tables = ?, endpoints = ?, dashboards = ?"
                    + " WHERE name = ?",
                role,
                lines(grants.tables()),
                lines(grants.endpoints()),
                lines(grants.dashboards()),
                user));
  }

  @Override
  public boolean password(String user, Optional<User.Password> password, AuditLog.Note note) {
    return noted(
        note,
        link -> {
          Sql.update(link, "DELETE FROM web_session WHERE account = ?", user);
          return Sql.update(
              link,
              "UPDATE account SET hash = ?, scram = ? WHERE name = ?",
              password.map(User.Password::hash).orElse(null),
              password.map(User.Password::scram).orElse(null),
              user);
        });
  }

  @Override
  public boolean drop(String user, AuditLog.Note note) {
    return noted(
        note,
        link -> {
          Sql.update(
              link,
              "DELETE FROM web_session WHERE account = ?"
                  + " OR proof IN (SELECT hash FROM api_token WHERE account = ?)",
              user,
              user);
          Sql.update(link, "DELETE FROM api_token WHERE account = ?", user);
          return Sql.update(link, "DELETE FROM account WHERE name = ?", user);
        });
  }

  @Override
  public List<ApiToken> tokens() {
    return database.read(
        link -> Sql.list(link, "SELECT * FROM api_token ORDER BY name", Accounts::token));
  }

  @Override
  public Optional<ApiToken> token(String hash) {
    return database.read(
        link -> Sql.first(link, "SELECT * FROM api_token WHERE hash = ?", Accounts::token, hash));
  }

  @Override
  public boolean add(ApiToken token, AuditLog.Note note) {
    return noted(
        note,
        link -> {
          // who is dropped at the same moment leaves no token behind
          if (Sql.number(link, "SELECT COUNT(*) FROM account WHERE name = ?", token.user()) == 0) {
            return 0;
          }
          return Sql.update(
              link,
              "INSERT INTO api_token"
                  + " (hash, name, account, shown, role, tables, endpoints, dashboards, created,"
                  + " expires) VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (name) DO NOTHING",
              token.hash(),
              token.name(),
              token.user(),
              token.shown(),
              token.role(),
              lines(token.grants().tables()),
              lines(token.grants().endpoints()),
              lines(token.grants().dashboards()),
              token.created(),
              token.expires().orElse(null));
        });
  }

  @Override
  public void used(String hash, Instant now) {
    database.grouped(
        link -> Sql.update(link, "UPDATE api_token SET used = ? WHERE hash = ?", now, hash));
  }

  @Override
  public boolean revoke(String token, AuditLog.Note note) {
    return noted(
        note,
        link -> {
          Sql.update(
              link,
              "DELETE FROM web_session WHERE proof IN (SELECT hash FROM api_token WHERE name = ?)",
              token);
          return Sql.update(link, "DELETE FROM api_token WHERE name = ?", token);
        });
  }

  @Override
  public Optional<WebSession> session(String hash) {
    return database.read(link ->
        Sql.first(link, "SELECT * FROM web_session WHERE hash = ?", Accounts::session, hash));
  }

  @Override
  public void open(WebSession session) {
    database.synced(link -> {
      Sql.update(
          link,
          "DELETE FROM web_session WHERE created < ? OR seen < ?",
          session.created().minus(WebSession.LONGEST),
          session.created().minus(WebSession.IDLE));
      Sql.update(
          link,
          "INSERT INTO web_session (hash, account, proof, created, seen) VALUES (?,?,?,?,?)",
          session.hash(),
          session.user().orElse(null),
          session.proof(),
          session.created(),
          session.seen());
      return Sql.update(
          link,
          "DELETE FROM web_session WHERE hash IN (SELECT hash FROM web_session WHERE proof = ?"
              + " ORDER BY created DESC, hash LIMIT 1000000 OFFSET "
              + MOST_SESSIONS
              + ")",
          session.proof());
    });
  }

  @Override
  public void seen(String hash, Instant now) {
    database.grouped(
        link -> Sql.update(link, "UPDATE web_session SET seen = ? WHERE hash = ?", now, hash));
  }

  @Override
  public void end(String hash) {
    database.synced(link -> Sql.update(link, "DELETE FROM web_session WHERE hash = ?", hash));
  }

  @Override
  public byte[] secret() {
    return secret(STORE_SECRET);
  }

  @Override
  public byte[] linkSecret() {
    return secret(LINK_SECRET);
  }

  @Override
  public void newLinkSecret(AuditLog.Note note) {
    linkSecret();
    noted(
        note,
        link ->
            Sql.update(
                link, "UPDATE store_secret SET secret = ? WHERE id = ?", fresh(), LINK_SECRET));
  }

  private byte[] secret(int id) {
    Optional<byte[]> known = database.read(link -> secret(link, id));
    return known.orElseGet(() ->
        database.synced(link -> {
          Sql.update(
              link,
              "INSERT INTO store_secret (id, secret) VALUES (?, ?) ON CONFLICT DO NOTHING",
              id,
              fresh());
          return secret(link, id).orElseThrow();
        }));
  }

  private static byte[] fresh() {
    byte[] fresh = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(fresh);
    return fresh;
  }

  private static Optional<byte[]> secret(Link link, int id) throws SQLException {
    return Sql.first(
        link, "SELECT secret FROM store_secret WHERE id = ?", row -> row.getBytes("secret"), id);
  }

  /** Work that changes one row, or none; only then is it noted. */
  private boolean noted(AuditLog.Note note, Database.Work<Integer> work) {
    return database.synced(link -> {
      boolean changed = work.run(link) > 0;
      if (changed) {
        Audits.add(link, note.environment(), note.act(), note.at());
      }
      return changed;
    });
  }

  private static User user(ResultSet row) throws SQLException {
    String hash = row.getString("hash");
    String scram = row.getString("scram");
    return new User(
        row.getString("name"),
        Role.valueOf(row.getString("role")),
        grants(row),
        hash == null || scram == null
            ? Optional.empty()
            : Optional.of(new User.Password(hash, scram)),
        Sql.instant(row.getLong("created")));
  }

  private static ApiToken token(ResultSet row) throws SQLException {
    return new ApiToken(
        row.getString("name"),
        row.getString("account"),
        row.getString("hash"),
        row.getString("shown"),
        Role.valueOf(row.getString("role")),
        grants(row),
        Sql.instant(row.getLong("created")),
        Sql.instant(row, "expires"),
        Sql.instant(row, "used"));
  }

  private static WebSession session(ResultSet row) throws SQLException {
    return new WebSession(
        row.getString("hash"),
        Optional.ofNullable(row.getString("account")),
        row.getString("proof"),
        Sql.instant(row.getLong("created")),
        Sql.instant(row.getLong("seen")));
  }

  /** What a row allows; a token that is older than grants of dashboards has those of its tables. */
  private static Grants grants(ResultSet row) throws SQLException {
    List<String> tables = row.getString("tables").lines().toList();
    List<String> endpoints = row.getString("endpoints").lines().toList();
    String dashboards = row.getString("dashboards");
    return dashboards == null
        ? new Grants(tables, endpoints)
        : new Grants(tables, endpoints, dashboards.lines().toList());
  }

  private static String lines(List<String> grants) {
    return String.join("\n", grants);
  }
}
