package dev.towpath.cli;

import dev.towpath.core.store.AuditLog;

/** Who uses the command line, for the audit log. */
final class Who {
  private Who() {}

  /** The operating system's user. */
  static String name() {
    return System.getProperty("user.name", "unknown");
  }

  /** What that user does. */
  static AuditLog.Act does(String action, String subject, String detail) {
    return new AuditLog.Act(name(), action, subject, detail);
  }
}
