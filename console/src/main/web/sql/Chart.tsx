import { useMemo, useState } from 'react';
import { plural } from '../ui/format';
import { isNumber, type Rows, text } from '../ui/Grid';
import { Empty } from '../ui/ui';
import css from './Chart.module.css';
import { type Choice, isTime, type Mark, type Point, points, scale, suggest } from './chartData';

const MOST = 2_000;
const MOST_SERIES = 6;
const [WIDTH, HEIGHT] = [960, 360];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 12, 44];
const MARKS: Mark[] = ['line', 'bar', 'scatter'];

/** A quick picture of a result; what is drawn can be chosen. */
export function Chart({ rows }: { rows: Rows }) {
  const first = useMemo(() => suggest(rows.columns), [rows.columns]);
  const [chosen, choose] = useState<Choice | null>(null);
  const fits = chosen && [chosen.x, ...chosen.ys].every((i) => i < rows.columns.length);
  const choice = fits ? chosen : first;
  if (!choice) return <Empty title="There is no number to draw" />;
  const toggle = (i: number) => {
    const ys = choice.ys.includes(i) ? choice.ys.filter((y) => y !== i) : [...choice.ys, i].slice(-MOST_SERIES);
    choose({ ...choice, ys: ys.length > 0 ? ys : choice.ys });
  };
  return (
    <div className={css.chart}>
      <div className={css.choices}>
        <label>
          As{' '}
          <select value={choice.mark} onChange={(e) => choose({ ...choice, mark: e.target.value as Mark })}>
            {MARKS.map((m) => (
              <option key={m}>{m}</option>
            ))}
          </select>
        </label>
        <label>
          over{' '}
          <select value={choice.x} onChange={(e) => choose({ ...choice, x: Number(e.target.value) })}>
            {rows.columns.map((c, i) => (
              <option key={i} value={i}>
                {c.name}
              </option>
            ))}
          </select>
        </label>
        <fieldset>
          <legend className="visually-hidden">What is drawn</legend>
          {rows.columns.map(
            (c, i) =>
              isNumber(c.type) && (
                <label key={i}>
                  <input type="checkbox" checked={choice.ys.includes(i)} onChange={() => toggle(i)} />
                  {choice.ys.includes(i) && <i data-series={choice.ys.indexOf(i) + 1} />}
                  {c.name}
                </label>
              ),
          )}
        </fieldset>
      </div>
      <Plot rows={rows} choice={choice} />
      {rows.count > MOST && <p className="muted">Drawn are the first {plural(MOST, 'row')}.</p>}
    </div>
  );
}

function Plot({ rows, choice }: { rows: Rows; choice: Choice }) {
  const all = useMemo(() => points(rows, choice, MOST), [rows, choice]);
  const column = rows.columns[choice.x]!;
  const named = choice.mark === 'bar' || all.some((p) => p.at === null);
  const drawn = named || choice.mark !== 'line' ? all : [...all].sort((a, b) => a.at! - b.at!);
  const values = drawn.flatMap((p) => p.ys.filter((y) => y !== null));
  if (values.length === 0) return <Empty title="There is no value to draw" />;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const ticks = scale(choice.mark === 'bar' ? Math.min(0, low) : low, choice.mark === 'bar' ? Math.max(0, high) : high);
  const [bottom, top] = [ticks[0]!, ticks.at(-1)!];
  const y = (v: number) => TOP + ((top - v) / (top - bottom)) * (HEIGHT - TOP - BOTTOM);
  const ats = drawn.flatMap((p) => (p.at === null ? [] : [p.at]));
  const [from, to] = [Math.min(...ats), Math.max(...ats)];
  const slot = (WIDTH - LEFT - RIGHT) / drawn.length;
  const x = (p: Point, i: number) =>
    named
      ? LEFT + (i + 0.5) * slot
      : LEFT + (to === from ? 0.5 : (p.at! - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const name = (p: Point) => (isTime(column.type) ? String(p.x).slice(0, 10) : text(p.x));
  const labelled = labels(drawn, x, name);

  return (
    <svg
      className={css.plot}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${choice.ys.map((i) => rows.columns[i]!.name).join(', ')} over ${column.name}; the result has the numbers`}
    >
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} data-zero={tick === 0} />
          <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
            {tick.toLocaleString()}
          </text>
        </g>
      ))}
      {labelled.map(({ at, label, anchor }) => (
        <text key={at} x={at} y={HEIGHT - BOTTOM + 18} textAnchor={anchor}>
          {label}
        </text>
      ))}
      <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 6} textAnchor="middle">
        {column.name}
      </text>
      {choice.ys.map((_, s) => (
        <Series key={s} mark={choice.mark} s={s} of={choice.ys.length} {...{ drawn, x, y, slot, name }} />
      ))}
    </svg>
  );
}

interface SeriesProps {
  mark: Mark;
  s: number;
  of: number;
  drawn: Point[];
  x: (p: Point, i: number) => number;
  y: (v: number) => number;
  slot: number;
  name: (p: Point) => string;
}

function Series({ mark, s, of, drawn, x, y, slot, name }: SeriesProps) {
  const title = (p: Point) => <title>{`${name(p)}: ${p.ys[s]!.toLocaleString()}`}</title>;
  if (mark === 'line') {
    let path = '';
    drawn.forEach((p, i) => {
      const value = p.ys[s]!;
      const joined = i > 0 && drawn[i - 1]!.ys[s] !== null;
      if (value !== null) path += `${joined ? 'L' : 'M'}${x(p, i).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    return (
      <g data-series={s + 1} className={css.line}>
        <path d={path} />
        {drawn.length <= 200 &&
          drawn.map(
            (p, i) =>
              p.ys[s] !== null && (
                <circle key={i} cx={x(p, i)} cy={y(p.ys[s]!)} r="2.5">
                  {title(p)}
                </circle>
              ),
          )}
      </g>
    );
  }
  if (mark === 'scatter') {
    return (
      <g data-series={s + 1} className={css.dots}>
        {drawn.map(
          (p, i) =>
            p.ys[s] !== null && (
              <circle key={i} cx={x(p, i)} cy={y(p.ys[s]!)} r="3.5">
                {title(p)}
              </circle>
            ),
        )}
      </g>
    );
  }
  const width = (slot * 0.8) / of;
  return (
    <g data-series={s + 1} className={css.bars}>
      {drawn.map((p, i) => {
        const value = p.ys[s];
        if (value === null || value === undefined) return null;
        const edge = Math.min(y(value), y(0));
        return (
          <rect
            key={i}
            x={x(p, i) - slot * 0.4 + s * width}
            y={edge}
            width={Math.max(0.5, width - 0.5)}
            height={Math.max(1, Math.abs(y(value) - y(0)))}
          >
            {title(p)}
          </rect>
        );
      })}
    </g>
  );
}

const LETTER = 6.6;

/** As many names below the axis as there is room for. */
function labels(drawn: Point[], x: SeriesProps['x'], name: SeriesProps['name']) {
  const found: { at: number; label: string; anchor: 'start' | 'middle' | 'end' }[] = [];
  let free = 0;
  drawn.forEach((p, i) => {
    const label = name(p).slice(0, 18);
    const half = (label.length * LETTER) / 2 + 6;
    const at = x(p, i);
    const anchor = at - half < LEFT - 40 ? 'start' : at + half > WIDTH ? 'end' : 'middle';
    const from = anchor === 'start' ? at : anchor === 'end' ? at - 2 * half : at - half;
    if (from < free) return;
    free = from + 2 * half;
    found.push({ at, label, anchor });
  });
  return found;
}
