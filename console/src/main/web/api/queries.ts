import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Pauses } from './again';
import { ApiError, ask, askJson, passes, path } from './client';
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
      retry: (failures, error) => failures < 3 && passes(error),
    },
  },
});

/**
 * Whether somebody has logged in before, in this browser; asked when the console is opened, until there is an answer.
 * A server that cannot be asked has not logged anybody out.
 */
export async function resume(signal: AbortSignal, failed: (error: Error) => void) {
  const pauses = new Pauses();
  while (!signal.aborted) {
    try {
      return session.is(await askJson<Who>('/session', { signal }));
    } catch (e) {
      if (signal.aborted || (e instanceof ApiError && e.status === 401)) return; // nobody has
      failed(e as Error);
    }
    await pauses.pause(signal);
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
    enabled: (column ?? '') !== '',
  });

export const useFlows = () =>
  useQuery({ queryKey: ['flows'], queryFn: get<{ flows: Flow[] }>('/flows'), select: (d) => d.flows });

const MOST_FIRINGS = 2_000;

export const useFirings = (flow: string, from: string, to: string) =>
  useQuery({
    queryKey: ['firings', flow, from, to],
    queryFn: get<{ firings: Firing[]; more: boolean }>(
      path`/flows/${flow}/firings?` + new URLSearchParams({ from, to, limit: String(MOST_FIRINGS) }),
    ),
    placeholderData: keepPreviousData,
  });

export const useBackfills = () =>
  useQuery({
    queryKey: ['backfills'],
    queryFn: get<{ backfills: Backfill[] }>('/backfills'),
    select: (d) => d.backfills,
  });

interface RunPage {
  runs: Run[];
  next: string | null;
}

export const useRuns = (flow: string, state: string) =>
  useInfiniteQuery({
    queryKey: ['runs', flow, state],
    queryFn: ({ pageParam, signal }) => {
      const wanted = new URLSearchParams({ limit: '50' });
      if (flow) wanted.set('flow', flow);
      if (state) wanted.set('state', state);
      if (pageParam) wanted.set('cursor', pageParam);
      return askJson<RunPage>(`/runs?${wanted}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** The most runs of a time that are looked at: what people can tell apart on a calendar. */
const MOST_DUE = 2_000;

/** Runs of a flow that were due in a time; `whole` says whether these are all. */
export const useRunsDue = (flow: string, from: string, to: string) =>
  useQuery({
    queryKey: ['runs', 'due', flow, from, to],
    queryFn: async ({ signal }) => {
      const runs: Run[] = [];
      let cursor: string | null = '';
      while (cursor !== null && runs.length < MOST_DUE) {
        const wanted = new URLSearchParams({ flow, due_from: from, due_to: to, limit: '500' });
        if (cursor) wanted.set('cursor', cursor);
        const page: RunPage = await askJson<RunPage>(`/runs?${wanted}`, { signal });
        runs.push(...page.runs);
        cursor = page.next;
      }
      return { runs, whole: cursor === null };
    },
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
  useInfiniteQuery({
    queryKey: ['builds'],
    queryFn: ({ pageParam, signal }) => {
      const wanted = new URLSearchParams({ limit: '100', ...(pageParam ? { cursor: pageParam } : {}) });
      return askJson<{ builds: Build[]; next: string | null }>(`/builds?${wanted}`, { signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });

export const useBuild = (id: string | undefined) =>
  useQuery({
    queryKey: ['builds', id],
    queryFn: get<{ build: Build | null; tables: BuiltTable[] }>(path`/builds/${id ?? ''}/tables`),
    enabled: id !== undefined,
  });

/** Those that were published, newest first; a page has at most 200 of them. */
export const useReleases = () =>
  useInfiniteQuery({
    queryKey: ['releases'],
    queryFn: ({ pageParam, signal }) => {
      const wanted = new URLSearchParams({ limit: '200', ...(pageParam ? { before: String(pageParam) } : {}) });
      return askJson<{ releases: Release[]; more: boolean }>(`/releases?${wanted}`, { signal });
    },
    initialPageParam: 0,
    getNextPageParam: (page) => (page.more ? page.releases.at(-1)!.release : null),
    select: (d) => d.pages.flatMap((page) => page.releases).filter((r) => r.release > 0),
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
    gcTime: Infinity,
  });

export const plan = (question: Question, signal?: AbortSignal) =>
  askJson<{ plan: PlanStep[]; release: number }>('/query/plan', { method: 'POST', body: question, signal });

export interface Question {
  sql: string;
  release?: number;
  limit?: number;
  /** A name by which its progress is asked for. */
  watch?: string;
}

/** How far a query is that runs, from 0 to 1; null while that is not known. */
export const useProgress = (watch: string) =>
  useQuery({
    queryKey: ['progress', watch],
    queryFn: get<{ progress: number | null }>(path`/query/progress/${watch}`),
    select: (d) => d.progress,
    enabled: watch !== '',
    refetchInterval: 500,
    retry: false,
    gcTime: 0,
  });

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
    gcTime: Infinity,
  });
