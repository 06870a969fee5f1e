import type { Cell, Column } from '../api/types';
import type { Answer, Figure, Trace } from './types';

/** The numbers of a figure as a table, for those who read them rather than see them. */

const MOST = 10_000;

const ARRAYS = {
  f8: Float64Array,
  f4: Float32Array,
  i4: Int32Array,
  u4: Uint32Array,
  i2: Int16Array,
  u2: Uint16Array,
  i1: Int8Array,
  u1: Uint8Array,
} as const;

/** A list of a figure; Python packs those of numbers as base64. */
export function values(packed: unknown): Cell[] {
  if (Array.isArray(packed)) return packed as Cell[];
  const { dtype, bdata } = (packed ?? {}) as { dtype?: string; bdata?: string };
  const Typed = ARRAYS[dtype?.replace(/^[<|=]/, '') as keyof typeof ARRAYS];
  if (!Typed || typeof bdata !== 'string') return [];
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0));
  return Array.from(new Typed(bytes.buffer, 0, Math.floor(bytes.length / Typed.BYTES_PER_ELEMENT)));
}

/** The names of a trace's lists, by what people call them. */
const LISTS: [key: string, title: string][] = [
  ['labels', 'label'],
  ['locations', 'location'],
  ['lon', 'longitude'],
  ['lat', 'latitude'],
  ['x', 'x'],
  ['y', 'y'],
  ['values', 'value'],
  ['z', 'value'],
];

const titled = (figure: Figure, key: string, title: string): string => {
  if (key !== 'x' && key !== 'y') return title;
  const axis = figure.layout?.[`${key}axis`] as { title?: { text?: string } | string } | undefined;
  const said = typeof axis?.title === 'string' ? axis.title : axis?.title?.text;
  return said || title;
};

function rowsOf(trace: Trace): Record<string, Cell>[] {
  if (trace.type === 'heatmap' && Array.isArray(trace.z)) {
    const [x, y] = [values(trace.x), values(trace.y)];
    return (trace.z as unknown[]).flatMap((line, j) =>
      values(line).map((z, i) => ({ x: x[i] ?? i, y: y[j] ?? j, value: z })),
    );
  }
  if (trace.type === 'indicator') return [{ value: (trace.value ?? null) as Cell }];
  const lists = LISTS.map(([key, title]) => [title, values(trace[key])] as const).filter(([, list]) => list.length > 0);
  const most = Math.min(MOST, Math.max(0, ...lists.map(([, list]) => list.length)));
  return Array.from({ length: most }, (_, i) =>
    Object.fromEntries(lists.map(([title, list]) => [title, list[i] ?? null])),
  );
}

/** The rows that a figure was drawn from: those of its query, else what the figure itself holds. */
export function tableOf(answer: Answer): Pick<Answer, 'columns' | 'rows'> {
  if (answer.rows.length > 0 || !answer.figure) return answer;
  const figure = answer.figure;
  const parts = figure.data.map((trace) => ({ name: trace.name, rows: rowsOf(trace) }));
  const named = parts.length > 1 && parts.some((p) => typeof p.name === 'string');
  const titles = [...new Set(parts.flatMap((p) => p.rows.flatMap((row) => Object.keys(row))))];
  const all = parts.flatMap((p) =>
    p.rows.map((row) => [...(named ? [String(p.name ?? '')] : []), ...titles.map((t) => row[t] ?? null)]),
  );
  const column = (name: string, at: number): Column => ({
    name,
    type: all.every((row) => row[at] === null || typeof row[at] === 'number') ? 'DOUBLE' : 'VARCHAR',
  });
  const names = [...(named ? ['series'] : []), ...titles.map((t) => titled(figure, t, t))];
  return { columns: names.map(column), rows: all.slice(0, MOST) };
}
