import type { Cell, Column } from '../api/types';
import { isNumber, type Rows } from '../ui/Grid';

/** What of a result is drawn. */
export type Mark = 'bar' | 'line' | 'scatter';

export interface Choice {
  mark: Mark;
  x: number;
  ys: number[];
}

export const isTime = (type: string) => /^(DATE|TIMESTAMP\b[^[]*)$/.test(type);

/** A first picture of columns: times as a line, anything else as bars, over the first column that is no number. */
export function suggest(columns: Column[]): Choice | null {
  const numbers = columns.flatMap((c, i) => (isNumber(c.type) ? [i] : []));
  if (numbers.length === 0) return null;
  const time = columns.findIndex((c) => isTime(c.type));
  const other = columns.findIndex((c) => !isNumber(c.type));
  const x = time >= 0 ? time : other >= 0 ? other : numbers[0]!;
  const ys = numbers.filter((i) => i !== x);
  if (ys.length === 0) return { mark: 'bar', x, ys: [x] };
  return { mark: time >= 0 ? 'line' : other >= 0 ? 'bar' : 'scatter', x, ys: [ys[0]!] };
}

/** A position on the x axis: a number, a time in milliseconds, or null for something that has only a name. */
export function position(cell: Cell, type: string): number | null {
  if (cell === null) return null;
  if (isTime(type)) {
    const text = String(cell);
    const moment = Date.parse(
      /[zZ]|[+-]\d\d(:?\d\d)?$/.test(text) && text.length > 10
        ? text
        : `${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`,
    );
    return Number.isNaN(moment) ? null : moment;
  }
  const number = Number(cell);
  return isNumber(type) && Number.isFinite(number) ? number : null;
}

export interface Point {
  x: Cell;
  at: number | null;
  ys: (number | null)[];
}

export function points(rows: Rows, { x, ys }: Choice, most: number): Point[] {
  const type = rows.columns[x]!.type;
  return Array.from({ length: Math.min(rows.count, most) }, (_, i) => {
    const row = rows.row(i);
    return { x: row[x]!, at: position(row[x]!, type), ys: ys.map((y) => position(row[y]!, rows.columns[y]!.type)) };
  });
}

/** Round values for an axis, from below the least to above the greatest. */
export function scale(least: number, most: number, steps = 5): number[] {
  const span = most - least || Math.abs(most) || 1;
  const rough = span / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough)!;
  const first = Math.floor(least / size);
  const last = Math.ceil(most / size);
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, i) => Number(((first + i) * size).toPrecision(12)));
}
