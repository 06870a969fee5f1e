package dev.towpath.core.access;

/** What a person may do; each may do what those before it may. */
public enum Role {
  /** Reads tables, endpoints and dashboards. */
  VIEWER,
  /** Starts, stops and repeats runs, too: whatever the project's files already say. */
  EDITOR,
  /** Everything: users, tokens, rollbacks, the audit log. */
  ADMIN;

  /** Whether it may do what another may. */
  public boolean isAtLeast(Role other) {
    return compareTo(other) >= 0;
  }
}
