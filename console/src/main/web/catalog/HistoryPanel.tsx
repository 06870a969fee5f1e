import { useSeesAll } from '../api/session';
import type { TableDetail } from '../api/types';
import { Link } from '../app/router';
import { bytes, count, dateTime } from '../ui/format';
import { Empty, Wide } from '../ui/ui';
import css from './catalog.module.css';

/** What the table held through the releases that are kept: a line of its rows, and each state. */
export function HistoryPanel({ detail: { history, name } }: { detail: TableDetail }) {
  const all = useSeesAll();
  if (history.length === 0) return <Empty title="It has not been built yet" />;
  return (
    <Wide label="History">
      {history.length > 1 && <Line points={[...history].reverse().map((h) => h.rows ?? 0)} name={name} />}
      <table className={css.table}>
        <thead>
          <tr>
            <th>Built</th>
            <th className="right">Rows</th>
            <th className="right">Change</th>
            <th className="right">Size</th>
            <th>Build</th>
            <th>Commit</th>
          </tr>
        </thead>
        <tbody>
          {history.map((h, i) => (
            <tr key={h.state}>
              <th scope="row">{dateTime(h.built)}</th>
              <td className="right">{h.rows === null ? '–' : count(h.rows)}</td>
              <td className="right">{change(h.rows, history[i + 1]?.rows)}</td>
              <td className="right">{bytes(h.bytes)}</td>
              <td>{all ? <Link to={`/builds/${encodeURIComponent(h.run)}`}>{h.run}</Link> : h.run}</td>
              <td>
                <code>{h.commit?.slice(0, 10) ?? '–'}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

export function change(now: number | null | undefined, before: number | null | undefined): string {
  if (now === null || now === undefined || before === null || before === undefined) return '–';
  return now === before ? '0' : `${now > before ? '+' : '−'}${count(Math.abs(now - before))}`;
}

const WIDTH = 640;
const HEIGHT = 80;

function Line({ points, name }: { points: number[]; name: string }) {
  const most = Math.max(1, ...points);
  const x = (i: number) => (i * WIDTH) / Math.max(1, points.length - 1);
  const y = (v: number) => HEIGHT - (v / most) * (HEIGHT - 8);
  const path = points.map((v, i) => `${i === 0 ? 'M' : `L${x(i)} ${y(points[i - 1]!)}L`}${x(i)} ${y(v)}`).join('');
  return (
    <svg
      className={css.line}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Rows of ${name} through its history, from ${count(points[0]!)} to ${count(points.at(-1)!)}`}
    >
      <path d={`${path}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} className={css.area} />
      <path d={path} />
    </svg>
  );
}
