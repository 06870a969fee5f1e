import { useRef, useState } from 'react';
import { ApiError, type Mistake } from '../api/client';
import { query, type Question, queryAs } from '../api/queries';
import type { Rows } from '../ui/Grid';
import { CsvRows } from './csv';
import { type Past, remember } from './history';

/** The most rows that come at once; the others come when they are asked for. */
const FIRST = 10_000;
const MOST_BYTES = 1_000_000_000;
const TELL_MILLIS = 200;

export interface Result {
  question: Question;
  rows: Rows;
  /** Whether there are more rows than these. */
  more: boolean;
  release: number;
  millis: number;
}

export interface Asking {
  state: 'idle' | 'running' | 'loading';
  result: Result | null;
  error: Error | null;
  mistakes: Mistake[];
  since: number;
  /** By which the progress of the query that runs is asked for. */
  watch: string;
  loaded: number;
}

const NOTHING: Asking = { state: 'idle', result: null, error: null, mistakes: [], since: 0, watch: '', loaded: 0 };

/** Runs queries. What was shown stays until the next result is there. */
export function useResult(onPast: (past: Past[]) => void) {
  const [asking, setAsking] = useState<Asking>(NOTHING);
  const running = useRef<AbortController | null>(null);

  const run = async (question: Question) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    const since = performance.now();
    const watch = `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    setAsking((was) => ({ ...was, state: 'running', error: null, mistakes: [], since, watch }));
    const note = (rows: number | null, error: string | null) =>
      onPast(
        remember({ sql: question.sql, at: new Date().toISOString(), rows, millis: performance.now() - since, error }),
      );
    try {
      const { columns, rows, truncated, release } = await query({ ...question, limit: FIRST, watch }, mine.signal);
      const millis = performance.now() - since;
      const kept: Rows = { columns, count: rows.length, row: (i) => rows[i]! };
      setAsking({ ...NOTHING, result: { question, rows: kept, more: truncated, release, millis } });
      note(rows.length, null);
    } catch (e) {
      if (running.current !== mine) return; // another query has taken its place
      const stopped = mine.signal.aborted;
      const error = stopped ? new Error('The query was cancelled') : (e as Error);
      setAsking((was) => ({ ...was, state: 'idle', error, mistakes: e instanceof ApiError ? e.mistakes : [] }));
      note(null, error.message);
    }
  };

  /** Gets the rows beyond the first ones. */
  const loadAll = async ({ question, rows, release, millis }: Result) => {
    const mine = new AbortController();
    running.current = mine;
    setAsking((was) => ({ ...was, state: 'loading', since: performance.now(), loaded: 0 }));
    try {
      const response = await queryAs('text/csv', { ...question, release }, mine.signal);
      const all = new CsvRows(rows.columns);
      let told = 0;
      for await (const piece of response.body!) {
        all.push(piece);
        if (performance.now() - told > TELL_MILLIS) {
          told = performance.now();
          setAsking((was) => ({ ...was, loaded: all.count }));
        }
        if (all.bytes > MOST_BYTES) throw new Error(`Only the first ${all.count} rows fit; write LIMIT, or export it`);
      }
      all.finish();
      setAsking({ ...NOTHING, result: { question, rows: all, more: false, release, millis } });
    } catch (e) {
      const error = mine.signal.aborted ? null : (e as Error);
      setAsking((was) => ({ ...was, state: 'idle', error }));
    }
  };

  return { asking, run, loadAll, cancel: () => running.current?.abort() };
}
