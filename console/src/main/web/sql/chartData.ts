import type { Cell, Column } from '../api/types';
import type { Figure } from '../dashboards/types';
import { isNumber, type Rows, text } from '../ui/Grid';

/** What of a result is drawn. */
export type Mark = 'bar' | 'line' | 'scatter';

export interface Choice {
  mark: Mark;
  x: number;
  ys: number[];
}

const FEW = 200; // points that are still told apart

const isTime = (type: string) => /^(DATE|TIMESTAMP\b[^[]*)$/.test(type);

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

/** The figure of a choice, of the first rows. */
export function figureOf(rows: Rows, { mark, x, ys }: Choice, most: number): Figure {
  const { name, type } = rows.columns[x]!;
  const inOrder = isTime(type) || isNumber(type);
  const drawn = Array.from({ length: Math.min(rows.count, most) }, (_, i) => rows.row(i));
  // a line goes from left to right, whatever the order of the rows
  if (mark === 'line' && inOrder) drawn.sort((a, b) => (position(a[x]!, type) ?? 0) - (position(b[x]!, type) ?? 0));
  const mode = mark === 'scatter' ? 'markers' : drawn.length <= FEW ? 'lines+markers' : 'lines';
  return {
    data: ys.map((y) => ({
      ...(mark === 'bar' ? { type: 'bar' } : { type: 'scatter', mode }),
      name: rows.columns[y]!.name,
      x: drawn.map((row) => (inOrder ? row[x] : text(row[x]!))),
      y: drawn.map((row) => position(row[y]!, rows.columns[y]!.type)),
    })),
    layout: {
      showlegend: false, // what is chosen stands above it, in its colours
      xaxis: { title: { text: name }, type: isTime(type) ? 'date' : inOrder ? 'linear' : 'category' },
    },
  };
}
