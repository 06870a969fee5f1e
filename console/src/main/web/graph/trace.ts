import type { ColumnLineage, Trace } from '../api/types';

/** A trace and all that is beyond it. */
export const flat = (traces: Trace[]): Trace[] =>
  traces.flatMap((t) => [t, ...flat(t.upstream ?? []), ...flat(t.downstream ?? [])]);

const KNOWN = new Set(['use', 'file', 'rows', 'shown', 'cut', 'upstream', 'downstream']);

/** The member that names it: column, table, or the kind of a reader such as check. */
export const kindOf = (trace: Trace) => Object.keys(trace).find((key) => !KNOWN.has(key)) ?? '';

export const nameOf = (trace: Trace) => String((trace as Record<string, unknown>)[kindOf(trace)] ?? '');

/** The nodes of the graph on the way of a column of a table, this one included. */
export const nodesOf = (table: string, { upstream, downstream }: ColumnLineage): Set<string> =>
  new Set([table, ...flat([...upstream, ...downstream]).flatMap((t) => idOf(t) ?? [])]);

function idOf(trace: Trace): string | undefined {
  if (trace.column) return trace.column.split('.').slice(0, 2).join('.');
  if (trace.table) return trace.table;
  if (trace.dashboard) return `dashboard:${trace.dashboard}`;
  return trace.endpoint && trace.file ? `endpoint:${trace.file.replace(/^.*\/|\.sql$/g, '')}` : undefined;
}
