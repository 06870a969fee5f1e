import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ApiError, ask, askJson, path } from './client';
import { session, type Who } from './session';
import type {
  Backfill,
  Build,
  BuiltTable,
  CheckedRun,
  Column,
  ColumnLineage,
  Firing,
  Flow,
  Graph,
  Lineage,
  PlanStep,
  Project,
  QueryResult,
  Release,
  ReleaseTable,
  RowsDiff,
  Run,
  TableDetail,
  WholeRun,
} from './types';

/**
 * All that the console reads. Live events say when something is out of date (see live.ts), so nothing is asked for twice
 * in between; what is shown stays until its successor is there.
 */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) =>
        failures < 3 && !(error instanceof ApiError && error.status < 500 && error.status !== 429),
    },
  },
});

/** Whether somebody has logged in before, in this browser; asked once, when the console is opened. */
export async function resume() {
  try {
    session.is(await askJson<Who>('/session'));
  } catch {
    session.over(); // the login says why, when it is tried
  }
}

export async function login(proof: { token: string } | { user: string; password: string }) {
  session.is(await askJson<Who>('/session', { method: 'POST', body: proof }));
}

export async function logout() {
  try {
    await ask('/session', { method: 'DELETE' });
  } finally {
    session.over();
  }
}

const get =
  <T>(url: string) =>
  ({ signal }: { signal: AbortSignal }) =>
    askJson<T>(url, { signal });

export const useProject = () => useQuery({ queryKey: ['project'], queryFn: get<Project>('/project') });

export const useGraph = () => useQuery({ queryKey: ['graph'], queryFn: get<Graph>('/graph') });

export const useColumns = () =>
  useQuery({
    queryKey: ['columns'],
    queryFn: get<{ tables: Record<string, Column[]> }>('/columns'),
    select: (d) => d.tables,
  });

export const useTable = (name: string | null) =>
  useQuery({
    queryKey: ['table', name],
    queryFn: get<TableDetail>(path`/assets/${name ?? ''}`),
    enabled: name !== null,
    placeholderData: (previous) => (previous?.name === name ? previous : undefined),
  });

export const useLineage = (name: string) =>
  useQuery({ queryKey: ['lineage', name], queryFn: get<Lineage>(path`/assets/${name}/lineage`) });

export const useColumnLineage = (table: string, column: string | null) =>
  useQuery({
    queryKey: ['lineage', table, column],
    queryFn: get<ColumnLineage>(path`/assets/${table}/columns/${column ?? ''}/lineage`),
    enabled: column !== null,
  });

export const useFlows = () =>
  useQuery({ queryKey: ['flows'], queryFn: get<{ flows: Flow[] }>('/flows'), select: (d) => d.flows });

export const useFirings = (flow: string, from: string, to: string) =>
  useQuery({
    queryKey: ['firings', flow, from, to],
    queryFn: get<{ firings: Firing[]; more: boolean }>(
      path`/flows/${flow}/firings?` + new URLSearchParams({ from, to, limit: '1000' }),
    ),
    placeholderData: keepPreviousData,
  });

export const useBackfills = () =>
  useQuery({
    queryKey: ['backfills'],
    queryFn: get<{ backfills: Backfill[] }>('/backfills'),
    select: (d) => d.backfills,
  });

export const useRuns = (flow: string, state: string) =>
  useInfiniteQuery({
    queryKey: ['runs', flow, state],
    queryFn: ({ pageParam, signal }) => {
      const wanted = new URLSearchParams({ limit: '50' });
      if (flow) wanted.set('flow', flow);
      if (state) wanted.set('state', state);
      if (pageParam) wanted.set('cursor', pageParam);
      return askJson<{ runs: Run[]; next: string | null }>(`/runs?${wanted}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

export const useRun = (id: string) => useQuery({ queryKey: ['run', id], queryFn: get<WholeRun>(path`/runs/${id}`) });

export const useLogs = (run: string) =>
  useQuery({
    queryKey: ['run', run, 'logs'],
    queryFn: get<{ logs: { log: string; bytes: number }[] }>(path`/runs/${run}/logs`),
    select: (d) => d.logs,
  });

export const useBuilds = () =>
  useQuery({
    queryKey: ['builds'],
    queryFn: get<{ builds: Build[] }>('/builds?limit=200'),
    select: (d) => d.builds,
  });

export const useBuiltTables = (build: string | undefined) =>
  useQuery({
    queryKey: ['builds', build],
    queryFn: get<{ tables: BuiltTable[] }>(path`/builds/${build ?? ''}/tables`),
    enabled: build !== undefined,
    select: (d) => d.tables,
  });

export const useReleases = () =>
  useQuery({
    queryKey: ['releases'],
    queryFn: get<{ releases: Release[] }>('/releases?limit=200'),
    select: (d) => d.releases,
  });

export const useRelease = (number: number | null) =>
  useQuery({
    queryKey: ['releases', number],
    queryFn: get<{ release: Release; tables: ReleaseTable[] }>(path`/releases/${number ?? 0}`),
    enabled: number !== null,
    staleTime: Infinity, // a release never changes
  });

export const useCheckHistory = (table: string) =>
  useQuery({
    queryKey: ['table', table, 'checks'],
    queryFn: get<{ runs: CheckedRun[] }>(path`/assets/${table}/checks?limit=30`),
    select: (d) => d.runs,
  });

/** What two releases have different does not change any more; a table without a key has to be given one. */
export const useRowsDiff = (table: string, from: number, to: number, key: string, enabled: boolean) =>
  useQuery({
    queryKey: ['versioned', table, from, to, key],
    queryFn: get<RowsDiff>(
      path`/assets/${table}/diff?` + new URLSearchParams({ from: `${from}`, to: `${to}`, ...(key ? { key } : {}) }),
    ),
    enabled,
    staleTime: Infinity,
  });

export const plan = (question: Question, signal?: AbortSignal) =>
  askJson<{ plan: PlanStep[]; release: number }>('/query/plan', { method: 'POST', body: question, signal });

export interface Question {
  sql: string;
  release?: number;
  limit?: number;
}

export const query = (question: Question, signal?: AbortSignal) =>
  askJson<QueryResult>('/query', { method: 'POST', body: question, signal });

/** All rows of a result in some form. */
export const queryAs = (accept: string, question: Question, signal?: AbortSignal) =>
  ask('/query', { method: 'POST', body: question, accept, signal });

/** A server runs few queries at once and refuses more, so what nobody asked for by hand waits for its turn here. */
const LANES = 2;
const turns: (() => void)[] = [];
let free = LANES;

export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else await new Promise<void>((resume) => turns.push(resume));
  try {
    return await work();
  } finally {
    const next = turns.shift();
    if (next) next();
    else free++;
  }
}

/** A query whose answer stays true as long as a table has this version. */
export const useVersioned = (version: string | undefined, name: string, question: Question, enabled = true) =>
  useQuery({
    queryKey: ['versioned', version, name, question.sql],
    queryFn: ({ signal }) => inTurn(() => query(question, signal)),
    enabled: enabled && version !== undefined,
    staleTime: Infinity,
  });
