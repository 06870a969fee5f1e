package dev.towpath.core.access;

import java.util.Map;

/**
 * What each role may read, as {@code access:} in towpath.yml says. A role that it does not name
 * reads everything.
 */
public record Access(Map<Role, Grants> roles) {
  /** No role is limited. */
  public static final Access OPEN = new Access(Map.of());

  public Access {
    roles = Map.copyOf(roles);
  }

  /** What a role may read. */
  public Grants of(Role role) {
    return role == Role.ADMIN ? Grants.ALL : roles.getOrDefault(role, Grants.ALL);
  }

  /** A user who has come in: reads what the role may and what is granted to this user besides. */
  public Principal principal(User user) {
    return new Principal(user.name(), user.role(), of(user.role()).or(user.grants()));
  }

  /** A user who has come in by a token, which allows no more than the user may. */
  public Principal principal(User user, ApiToken token) {
    Principal whole = principal(user);
    Role role = whole.role().atMost(token.role());
    return new Principal(user.name(), role, limit(whole, role).and(token.grants()));
  }

  /** An admin reads all, but a token that lets an admin do less reads what that role may. */
  private Grants limit(Principal whole, Role role) {
    return role == whole.role() ? whole.grants() : whole.grants().and(of(role));
  }
}
