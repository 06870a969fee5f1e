import { useRuns } from '../api/queries';
import { dateTime, duration } from '../ui/format';
import { toneOf, wordOf } from '../ui/Status';
import { useNow } from '../ui/ui';
import { ran } from '../runs/times';
import css from './flows.module.css';

const SHOWN = 24;

/** The last runs of a flow as bars: how each ended, and how long it took. */
export function History({ flow }: { flow: string }) {
  const runs = useRuns(flow, '').data?.pages[0]?.runs.slice(0, SHOWN).reverse() ?? [];
  const now = useNow();
  const longest = Math.max(1, ...runs.map((r) => ran(r, now) ?? 0));
  return (
    <ol className={css.history} aria-label={`The last runs of ${flow}`}>
      {runs.map((run) => {
        const took = ran(run, now);
        const text = `${wordOf(run.state)}, due ${dateTime(run.due)}${took === null ? '' : `, ran ${duration(took)}`}`;
        return (
          <li key={run.id} title={text}>
            <i data-tone={toneOf(run.state)} style={{ height: `${Math.max(14, (100 * (took ?? 0)) / longest)}%` }} />
            <span className="visually-hidden">{text}</span>
          </li>
        );
      })}
    </ol>
  );
}
