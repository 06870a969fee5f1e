package dev.towpath.pgwire.catalog;

import dev.towpath.pgwire.session.Settings;

/**
 * What some functions tell of a session.
 *
 * @param id of the session, as pg_backend_pid says it
 */
record Facts(String user, String database, int id, Settings settings) {
  static final String VERSION = "PostgreSQL " + Settings.VERSION + " (Towpath)";
}
