import { useMemo, useState } from 'react';
import { Plot } from '../dashboards/Plot';
import { plural } from '../ui/format';
import { isNumber, type Rows } from '../ui/Grid';
import { Empty } from '../ui/ui';
import css from './Chart.module.css';
import { type Choice, figureOf, type Mark, suggest } from './chartData';

const MOST = 2_000;
const MOST_SERIES = 6;
const HEIGHT = 360;
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
      <Drawn rows={rows} choice={choice} />
      {rows.count > MOST && <p className="muted">Drawn are the first {plural(MOST, 'row')}.</p>}
    </div>
  );
}

function Drawn({ rows, choice }: { rows: Rows; choice: Choice }) {
  const figure = useMemo(() => figureOf(rows, choice, MOST), [rows, choice]);
  const names = choice.ys.map((i) => rows.columns[i]!.name).join(', ');
  return (
    <Plot
      figure={figure}
      label={`${names} over ${rows.columns[choice.x]!.name}; the result has the numbers`}
      height={HEIGHT}
      titled={false}
      authored={false}
    />
  );
}
