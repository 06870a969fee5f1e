package dev.towpath.metadata;

import java.util.List;

/**
 * The store's tables, as the steps that led to them. A step that has been released never changes;
 * {@code PRAGMA user_version} counts the steps that a file has taken.
 */
final class Migrations {
  /** "TOWP": tells our files from other SQLite databases. */
  static final int APPLICATION_ID = 0x544F5750;

  /** Each step is one or more statements, which take effect together. */
  static final List<String> STEPS =
      List.of(
          version1(),
          version2(),
          version3(),
          version4(),
          version5(),
          version6(),
          version7(),
          version8(),
          version9(),
          version10(),
          version11(),
          version12(),
          version13());

  private Migrations() {}

  // What a calendar asks for: the runs of a flow that were due in a time, however many came since.
  // And whether one of a flow is running, for which an index of all of them would be taken else.
  private static String version13() {
    return """
    CREATE INDEX flow_run_when ON flow_run (env, flow, due);
    DROP INDEX flow_run_running;
    CREATE INDEX flow_run_running ON flow_run (env, flow) WHERE state = 'RUNNING';
    """;
  }

  // since: when the table got the version that it has there, whichever state held it first; 0 where
  // that is not known any more.
  private static String version12() {
    return """
    ALTER TABLE pointer ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
    UPDATE pointer SET since = COALESCE((SELECT r.published FROM release r
      WHERE r.env = pointer.env AND r.number = pointer.from_release), 0);
    """;
  }

  // asked: whether a person wants a run that something else had set off, so that its flow's pause
  // does not hold it back.
  private static String version11() {
    return "ALTER TABLE flow_run ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;";
  }

  // Dashboards that are granted; NULL in what was made before there were such grants.
  private static String version10() {
    return """
    ALTER TABLE account ADD COLUMN dashboards TEXT;
    ALTER TABLE api_token ADD COLUMN dashboards TEXT;
    """;
  }

  // Who may come in. hash and scram are of the password; tables and endpoints are patterns, one a
  // line. A session ends when its proof is not that of its account or token any more.
  private static String version9() {
    return """
    CREATE TABLE account (
      name TEXT PRIMARY KEY, role TEXT NOT NULL, tables TEXT NOT NULL, endpoints TEXT NOT NULL,
      hash TEXT, scram TEXT, created INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE api_token (
      hash TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, account TEXT NOT NULL, shown TEXT NOT NULL,
      role TEXT NOT NULL, tables TEXT NOT NULL, endpoints TEXT NOT NULL, created INTEGER NOT NULL,
      expires INTEGER, used INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX api_token_account ON api_token (account);
    CREATE TABLE web_session (
      hash TEXT PRIMARY KEY, account TEXT, proof TEXT NOT NULL, created INTEGER NOT NULL,
      seen INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX web_session_proof ON web_session (proof);
    CREATE TABLE store_secret (id INTEGER PRIMARY KEY, secret BLOB NOT NULL);
    """;
  }

  // Flows of which a run failed and none has succeeded since: the first run that failed.
  private static String version8() {
    return """
    CREATE TABLE flow_broken (
      env TEXT NOT NULL, flow TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (env, flow)
    ) WITHOUT ROWID;
    """;
  }

  // The files that a run began with. files is a line for each; each content is kept once.
  private static String version7() {
    return """
    CREATE TABLE project_version (
      hash TEXT PRIMARY KEY, files TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE project_file (hash TEXT PRIMARY KEY, content BLOB NOT NULL);
    ALTER TABLE flow_run ADD COLUMN version TEXT;
    """;
  }

  // What is owed about no run is owed once: about says what it is about.
  private static String version6() {
    return """
    ALTER TABLE outbox ADD COLUMN about TEXT;
    CREATE UNIQUE INDEX outbox_about ON outbox (env, about, kind, target) WHERE about IS NOT NULL;
    """;
  }

  // Tasks of runs of flows. idx is -1, or the row of a mapped task. needs and successors are names
  // of
  // tasks, one a line. Slots are counted from the rows that are running.
  private static String version5() {
    return """
    ALTER TABLE flow_run ADD COLUMN params TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE flow_run ADD COLUMN backfill TEXT;
    ALTER TABLE flow_run ADD COLUMN open_tasks INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE flow_run ADD COLUMN open_last INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE flow_run ADD COLUMN until INTEGER;
    ALTER TABLE flow_run ADD COLUMN notices TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE flow_run ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
    UPDATE flow_run SET state = 'QUEUED', incarnation = NULL WHERE state = 'RUNNING';
    DROP INDEX flow_run_open;
    CREATE INDEX flow_run_open ON flow_run (env, due)
      WHERE state IN ('QUEUED', 'RUNNING') AND backfill IS NULL;
    CREATE INDEX flow_run_running ON flow_run (env) WHERE state = 'RUNNING';
    CREATE UNIQUE INDEX flow_run_backfill ON flow_run (backfill, due) WHERE backfill IS NOT NULL;
    CREATE TABLE flow_task (
      run TEXT NOT NULL, name TEXT NOT NULL, idx INTEGER NOT NULL, env TEXT NOT NULL,
      flow TEXT NOT NULL, type TEXT NOT NULL, is_last INTEGER NOT NULL, sensor INTEGER NOT NULL,
      mapped INTEGER NOT NULL, state TEXT NOT NULL, pool TEXT NOT NULL, priority INTEGER NOT NULL,
      rule TEXT NOT NULL, needs TEXT NOT NULL, successors TEXT NOT NULL,
      needs_open INTEGER NOT NULL, needs_ok INTEGER NOT NULL, needs_failed INTEGER NOT NULL,
      needs_skipped INTEGER NOT NULL, children INTEGER NOT NULL, ready INTEGER NOT NULL,
      attempts INTEGER NOT NULL, failures INTEGER NOT NULL, deaths INTEGER NOT NULL,
      fence INTEGER NOT NULL, incarnation TEXT, started INTEGER, finished INTEGER, outputs TEXT,
      message TEXT, item TEXT, place INTEGER NOT NULL, PRIMARY KEY (run, name, idx)
    ) WITHOUT ROWID;
    CREATE INDEX flow_task_ready ON flow_task (env, pool, priority DESC, ready, run, name, idx)
      WHERE state = 'READY';
    CREATE INDEX flow_task_due ON flow_task (env, ready) WHERE state IN ('RETRY_WAIT', 'DEFERRED');
    CREATE INDEX flow_task_running ON flow_task (env, pool) WHERE state = 'RUNNING';
    CREATE TABLE event (
      id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, env TEXT NOT NULL,
      type TEXT NOT NULL, flow TEXT, run TEXT, task TEXT, detail TEXT NOT NULL
    );
    CREATE INDEX event_env ON event (env, id);
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, env TEXT NOT NULL,
      who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL
    );
    CREATE INDEX audit_env ON audit (env, id);
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT, env TEXT NOT NULL, flow_run TEXT NOT NULL,
      kind TEXT NOT NULL, target TEXT NOT NULL, payload TEXT NOT NULL, due INTEGER NOT NULL,
      attempts INTEGER NOT NULL, done INTEGER, error TEXT
    );
    CREATE INDEX outbox_due ON outbox (env, due) WHERE done IS NULL;
    CREATE TABLE backfill (
      id TEXT PRIMARY KEY, env TEXT NOT NULL, flow TEXT NOT NULL, from_due INTEGER NOT NULL,
      to_due INTEGER NOT NULL, parallel INTEGER NOT NULL, backwards INTEGER NOT NULL,
      state TEXT NOT NULL, total INTEGER NOT NULL, who TEXT NOT NULL, created INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX backfill_env ON backfill (env, created);
    """;
  }

  // A flow is due once at a moment by its schedule, whoever finds out: the unique index says so.
  private static String version4() {
    return """
    CREATE TABLE flow (
      env TEXT NOT NULL, name TEXT NOT NULL, paused INTEGER NOT NULL, cursor INTEGER NOT NULL,
      seen TEXT NOT NULL, PRIMARY KEY (env, name)
    ) WITHOUT ROWID;
    CREATE TABLE flow_run (
      id TEXT PRIMARY KEY, env TEXT NOT NULL, flow TEXT NOT NULL, state TEXT NOT NULL,
      cause TEXT NOT NULL, due INTEGER NOT NULL, interval_start INTEGER, created INTEGER NOT NULL,
      started INTEGER, finished INTEGER, ready INTEGER NOT NULL, attempts INTEGER NOT NULL,
      failures INTEGER NOT NULL, run TEXT, release INTEGER, message TEXT, incarnation TEXT, cancel INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX flow_run_created ON flow_run (env, created);
    CREATE INDEX flow_run_of ON flow_run (env, flow, created);
    CREATE INDEX flow_run_open ON flow_run (env, due) WHERE state IN ('QUEUED', 'RUNNING');
    CREATE UNIQUE INDEX flow_run_due ON flow_run (env, flow, due) WHERE cause = 'SCHEDULE';
    """;
  }

  private static String version3() {
    return """
    CREATE TABLE export (
      env TEXT NOT NULL, tbl TEXT NOT NULL, target TEXT NOT NULL, schema_name TEXT NOT NULL,
      table_name TEXT NOT NULL, wanted TEXT NOT NULL, release INTEGER NOT NULL, done TEXT,
      failures INTEGER NOT NULL, error TEXT, PRIMARY KEY (env, tbl, target)
    ) WITHOUT ROWID;
    """;
  }

  private static String version2() {
    return "CREATE INDEX state_version ON state (tbl, version);";
  }

  // Times are nanoseconds since 1970. tbl is a table name's identity. A pointer holds from
  // from_release on, up to but without to_release; NULL means it still does. A state without
  // manifest has been staged and not been published.
  private static String version1() {
    return """
    CREATE TABLE store (id TEXT NOT NULL);
    CREATE TABLE environment (
      name TEXT PRIMARY KEY, head INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE release (
      env TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, effective INTEGER NOT NULL,
      tables INTEGER NOT NULL, changed INTEGER NOT NULL, run TEXT, published INTEGER NOT NULL,
      note TEXT NOT NULL, manifest TEXT NOT NULL, PRIMARY KEY (env, number)
    ) WITHOUT ROWID;
    CREATE TABLE state (
      id TEXT PRIMARY KEY, tbl TEXT NOT NULL, version TEXT NOT NULL, record TEXT NOT NULL,
      manifest TEXT
    );
    CREATE TABLE pointer (
      env TEXT NOT NULL, tbl TEXT NOT NULL, from_release INTEGER NOT NULL, to_release INTEGER,
      state TEXT NOT NULL REFERENCES state, PRIMARY KEY (env, tbl, from_release)
    ) WITHOUT ROWID;
    CREATE INDEX pointer_open ON pointer (env, to_release);
    CREATE INDEX pointer_state ON pointer (state);
    CREATE TABLE base (
      env TEXT NOT NULL, tbl TEXT NOT NULL, schema_name TEXT NOT NULL, table_name TEXT NOT NULL,
      version TEXT NOT NULL, PRIMARY KEY (env, tbl)
    ) WITHOUT ROWID;
    CREATE TABLE run (
      id TEXT PRIMARY KEY, env TEXT NOT NULL, state TEXT NOT NULL, started INTEGER NOT NULL,
      finished INTEGER, logical_time TEXT NOT NULL, selection TEXT NOT NULL, release INTEGER,
      message TEXT
    );
    CREATE INDEX run_env ON run (env, started);
    CREATE INDEX run_alive ON run (id) WHERE state = 'RUNNING';
    CREATE TABLE task (
      run TEXT NOT NULL, asset TEXT NOT NULL, state TEXT NOT NULL, started INTEGER NOT NULL,
      finished INTEGER, row_count INTEGER NOT NULL, reason TEXT NOT NULL, message TEXT,
      PRIMARY KEY (run, asset)
    ) WITHOUT ROWID;
    CREATE TABLE check_result (
      run TEXT NOT NULL, tbl TEXT NOT NULL, name TEXT NOT NULL, shown TEXT NOT NULL,
      passed INTEGER NOT NULL, warn INTEGER NOT NULL, failures INTEGER NOT NULL,
      sample TEXT NOT NULL, PRIMARY KEY (run, tbl, name)
    );
    CREATE INDEX check_tbl ON check_result (tbl, run);
    CREATE TABLE staged (
      key TEXT NOT NULL, run TEXT NOT NULL, state TEXT NOT NULL REFERENCES state,
      at INTEGER NOT NULL, PRIMARY KEY (key, run)
    ) WITHOUT ROWID;
    CREATE INDEX staged_state ON staged (state);
    CREATE TABLE hold (
      id TEXT PRIMARY KEY, incarnation TEXT NOT NULL, pid INTEGER NOT NULL, kind TEXT NOT NULL,
      env TEXT NOT NULL, release INTEGER NOT NULL, run TEXT, since INTEGER NOT NULL,
      lock_file TEXT NOT NULL
    ) WITHOUT ROWID;
    """;
  }
}
