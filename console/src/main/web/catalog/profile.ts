import type { Column, QueryResult } from '../api/types';
import { isNumber } from '../ui/Grid';

/** What a table's columns hold, asked by queries like anybody's: one for the counts, one for how values are spread. */
export interface Profile {
  column: Column;
  rows: number;
  nulls: number;
  distinct: number;
  least: string | null;
  most: string | null;
}

export interface Share {
  label: string;
  rows: number;
}

const BINS = 20;
const TOP = 6;

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A name such as marts.daily as SQL reads it. */
export const table = (name: string) => {
  const dot = name.indexOf('.');
  return `${quoted(name.slice(0, dot))}.${quoted(name.slice(dot + 1))}`;
};

export type Spread = 'number' | 'time' | 'value' | 'none';

export function spreadOf(type: string): Spread {
  if (isNumber(type)) return 'number';
  if (/^(DATE|TIMESTAMP\b[^[]*)$/.test(type)) return 'time';
  return /^(VARCHAR|BOOLEAN|UUID|TIME|ENUM\(.*\))$/.test(type) ? 'value' : 'none';
}

/** One row: the number of rows, then five figures for each column. */
export function countsSql(name: string, columns: Column[]): string {
  const figures = columns.map(({ name: column, type }, i) => {
    const c = quoted(column);
    const values =
      spreadOf(type) === 'none'
        ? ['NULL', 'NULL', 'NULL']
        : [`approx_count_distinct(${c})`, `min(${c})::VARCHAR`, `max(${c})::VARCHAR`];
    return [`count(${c})`, ...values].map((figure, f) => `${figure} AS f${i}_${f}`).join(', ');
  });
  return `SELECT count(*) AS n, ${figures.join(',\n  ')}\nFROM ${table(name)}`;
}

export function counts(columns: Column[], { rows: [row] }: QueryResult): Profile[] {
  const rows = Number(row![0]);
  return columns.map((column, i) => {
    const [known, distinct, least, most] = row!.slice(1 + 4 * i, 5 + 4 * i);
    return {
      column,
      rows,
      nulls: rows - Number(known),
      distinct: Number(distinct ?? 0),
      least: least === null ? null : String(least),
      most: most === null ? null : String(most),
    };
  });
}

/** How the values of one column are spread: over equal ranges, or the most frequent ones. */
export function spreadSql(name: string, { name: column, type }: Column): string {
  const c = quoted(column);
  const from = table(name);
  const kind = spreadOf(type);
  if (kind === 'value') {
    return `SELECT ${c}::VARCHAR AS label, count(*) AS n FROM ${from} WHERE ${c} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP}`;
  }
  const value = kind === 'time' ? `epoch(${c})` : `${c}::DOUBLE`;
  return `WITH v AS (SELECT ${value} AS v FROM ${from} WHERE ${c} IS NOT NULL),
  e AS (SELECT min(v) AS low, max(v) AS high FROM v WHERE isfinite(v))
SELECT least(floor((v - low) / nullif(high - low, 0) * ${BINS}), ${BINS - 1})::INTEGER AS bin, count(*) AS n, any_value(low) AS low, any_value(high) AS high
FROM v, e WHERE isfinite(v) GROUP BY bin ORDER BY bin`;
}

export function spread({ type }: Column, { rows }: QueryResult): Share[] {
  const kind = spreadOf(type);
  if (kind === 'value') return rows.map(([label, n]) => ({ label: String(label), rows: Number(n) }));
  const low = Number(rows[0]?.[2] ?? 0);
  const high = Number(rows[0]?.[3] ?? 0);
  const found = new Map(rows.map(([bin, n]) => [Number(bin ?? 0), Number(n)]));
  const at = (bin: number) => low + ((high - low) * bin) / BINS;
  const show = (v: number) => (kind === 'time' ? new Date(v * 1000).toISOString().slice(0, 10) : short(v));
  const all = [...found.values()].reduce((sum, n) => sum + n, 0);
  if (low === high) return [{ label: show(low), rows: all }];
  return Array.from({ length: BINS }, (_, bin) => ({
    label: `${show(at(bin))} to ${show(at(bin + 1))}`,
    rows: found.get(bin) ?? 0,
  }));
}

const short = (v: number) => new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 }).format(v);
