package dev.towpath.core.store;

import dev.towpath.core.access.ApiToken;
import dev.towpath.core.access.Grants;
import dev.towpath.core.access.Role;
import dev.towpath.core.access.User;
import dev.towpath.core.access.WebSession;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who may come in: users, their tokens, and who has signed in. Of secrets there are hashes only.
 * What people change is noted in the audit log by the same transaction. Thread-safe.
 */
public interface AccessStore {

  /** By name. */
  List<User> users();

  Optional<User> user(String name);

  /** Adds a user; false when there is one of that name. */
  boolean add(User user, AuditLog.Note note);

  /** Changes what a user may do and read; false when there is none. */
  boolean allow(String user, Role role, Grants grants, AuditLog.Note note);

  /** Changes a user's password or takes it away, which ends the sessions; false without a user. */
  boolean password(String user, Optional<User.Password> password, AuditLog.Note note);

  /** Removes a user with all tokens; false when there is none. */
  boolean drop(String user, AuditLog.Note note);

  /** By name. */
  List<ApiToken> tokens();

  Optional<ApiToken> token(String hash);

  /** Adds a token; false when there is one of that name, or no such user. */
  boolean add(ApiToken token, AuditLog.Note note);

  /** Notes that a token was used. */
  void used(String hash, Instant now);

  /** Removes a token; false when there is none of that name. */
  boolean revoke(String token, AuditLog.Note note);

  Optional<WebSession> session(String hash);

  /** Adds a session, and removes those that are over. */
  void open(WebSession session);

  /** Notes that a session was used. */
  void seen(String hash, Instant now);

  /** Removes a session. */
  void end(String hash);

  /**
   * A secret of this store, the same for every process: 32 random bytes, made when they are first
   * asked for.
   */
  byte[] secret();

  /** What signed links are signed with, likewise. */
  byte[] linkSecret();

  /** Makes another of these, which ends all links that there are. */
  void newLinkSecret(AuditLog.Note note);
}
