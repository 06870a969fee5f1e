/** What the API gives, as /api/v1/openapi.json describes it. */

export interface Problem {
  file: string;
  line: number | null;
  column: number | null;
  severity: 'error' | 'warning';
  message: string;
  hint: string | null;
}

export interface Project {
  name: string;
  environment: string;
  version: string;
  release: number;
  since: string;
  assets: number;
  flows: number;
  jobs: number;
  endpoints: number;
  current: boolean;
  problems: Problem[];
  warnings: Problem[];
}

export type NodeStatus = 'RUNNING' | 'WAITING' | 'FAILED' | 'BLOCKED' | 'OK' | 'CHANGED' | 'MISSING';

export interface GraphNode {
  id: string;
  kind: string;
  title: string;
  file: string;
  description: string;
  tags: string[];
  reads: string[];
  status: NodeStatus;
  message: string | null;
  built: string | null;
  rows: number | null;
}

export interface Graph {
  release: number;
  nodes: GraphNode[];
}

export interface Column {
  name: string;
  type: string;
}

export interface TableDetail {
  name: string;
  kind: string;
  file: string;
  description: string;
  tags: string[];
  reads: string[];
  readers: string[];
  published: boolean;
  current: boolean;
  built: string | null;
  rows: number | null;
  bytes: number | null;
  columns: (Column & { description: string })[];
  checks: { check: string; result: 'passed' | 'warned' | 'failed' | null; failures: number | null }[];
  endpoints: string[];
  history: { state: string; built: string; rows: number | null; bytes: number; run: string; commit: string | null }[];
}

export interface Lineage {
  table: string;
  columns: { name: string; from: { column: string; use: string }[] }[];
  rows: string[];
  readers: { kind: string; name: string; file: string; columns: string[] }[];
}

/** A place on the way of a column; what it is follows from the member that names it. */
export interface Trace {
  column?: string;
  table?: string;
  check?: string;
  test?: string;
  endpoint?: string;
  dashboard?: string;
  file?: string;
  use?: string;
  rows?: boolean;
  shown?: boolean;
  upstream?: Trace[];
  downstream?: Trace[];
}

export interface ColumnLineage {
  column: string;
  upstream: Trace[];
  downstream: Trace[];
}

export interface Parameter {
  name: string;
  type: string;
  list: boolean;
  required: boolean;
  default: string | null;
  min: string | null;
  max: string | null;
  values: string[];
}

export interface Flow {
  name: string;
  file: string;
  description: string;
  tags: string[];
  trigger: 'cron' | 'every' | 'after' | 'webhook' | 'people';
  when: string | null;
  timezone: string;
  run: string[];
  parameters: Parameter[];
  paused: boolean;
  next: string | null;
}

export interface Firing {
  at: string;
  start: string;
  end: string;
}

export type RunState = 'QUEUED' | 'RUNNING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';

export interface Run {
  id: string;
  flow: string;
  state: RunState;
  cause: 'SCHEDULE' | 'TABLE' | 'PERSON' | 'WEBHOOK' | 'BACKFILL';
  due: string;
  start: string | null;
  created: string;
  started: string | null;
  finished: string | null;
  attempts: number;
  release: number | null;
  message: string | null;
  /** For what it waits, while it has not begun: words after "it waits". */
  waits: string | null;
  /** When it goes on, if it waits for a moment. */
  waits_until: string | null;
  params: Record<string, unknown>;
  backfill: string | null;
  build: string | null;
}

export type TaskState =
  | 'WAITING'
  | 'READY'
  | 'RUNNING'
  | 'SUCCESS'
  | 'FAILED'
  | 'SKIPPED'
  | 'UPSTREAM_FAILED'
  | 'CANCELLED'
  | 'RETRY_WAIT'
  | 'DEFERRED';

export interface Task {
  name: string;
  index: number | null;
  type: string;
  state: TaskState;
  finally: boolean;
  sensor: boolean;
  mapped: boolean;
  pool: string;
  needs: string[];
  attempts: number;
  failures: number;
  deaths: number;
  ready: string;
  started: string | null;
  finished: string | null;
  message: string | null;
  waits: string | null;
  waits_until: string | null;
  outputs: Record<string, unknown> | null;
  item: Record<string, unknown> | null;
}

export interface WholeRun {
  run: Run;
  tasks: Task[];
  builds: string[];
}

export interface Build {
  id: string;
  state: TaskState;
  started: string;
  finished: string | null;
  select: string[];
  release: number | null;
  message: string | null;
}

export interface BuiltTable {
  table: string;
  state: TaskState;
  started: string;
  finished: string | null;
  rows: number | null;
  reason: string;
  message: string | null;
}

export interface Release {
  release: number;
  environment: string;
  kind: string;
  effective: number;
  published: string | null;
  tables: number;
  changed: number;
  run: string | null;
  note: string;
}

export interface ReleaseTable {
  name: string;
  kind: string;
  state: string;
  version: string;
  built: string;
  rows: number | null;
  bytes: number;
}

/** What the checks of a table said in one run. */
export interface CheckedRun {
  run: string;
  started: string;
  checks: { check: string; result: 'passed' | 'warned' | 'failed'; failures: number }[];
}

/** How the rows of a table differ between two releases: what happened, all values before, all values after. */
export interface RowsDiff {
  key: string[];
  columns: Column[];
  added: number;
  removed: number;
  changed: number;
  rows: Cell[][];
}

/** A step of a plan, as DuckDB says it. */
export interface PlanStep {
  name: string;
  children?: PlanStep[];
  extra_info?: Record<string, string | string[]>;
}

export interface Connections {
  sources: {
    name: string;
    type: string;
    schema: string;
    file: string;
    description: string;
    settings: Record<string, string>;
    tables: string[];
  }[];
  exports: { table: string; to: string; mode: string; file: string }[];
  stores: { name: string; type: string; settings: Record<string, string> }[];
}

export interface Backfill {
  id: string;
  flow: string;
  from: string;
  to: string;
  state: 'ACTIVE' | 'PAUSED' | 'CANCELLED' | 'DONE';
  parallel: number;
  backwards: boolean;
  total: number;
  queued: number;
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  who: string;
  created: string;
}

export type Cell = string | number | boolean | null | object;

export interface QueryResult {
  columns: Column[];
  rows: Cell[][];
  truncated: boolean;
  release: number;
}
