import { useMemo, useState } from 'react';
import { useFirings, useRuns } from '../api/queries';
import type { Flow } from '../api/types';
import { Link } from '../app/router';
import { inZone } from '../ui/format';
import { Icon } from '../ui/icons';
import { Status, wordOf } from '../ui/Status';
import { Button, Panel } from '../ui/ui';
import { days, type Day, monthOf, shift, weekday } from './calendar';
import css from './flows.module.css';
import { startOfDay } from './zone';

const SHOWN = 3;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A month of a flow: how the run of each interval ended, what was due without one, and what comes. */
export function Calendar({ flow }: { flow: Flow }) {
  const { timezone } = flow;
  const [today] = useState(() => new Date().toISOString());
  const [month, setMonth] = useState(() => monthOf(today, timezone));
  const firings = useFirings(
    flow.name,
    startOfDay(`${month}-01`, timezone),
    startOfDay(`${shift(month, 1)}-01`, timezone),
  ).data;
  const runs = useRuns(flow.name, '').data;
  const shown = useMemo(
    () => days(month, timezone, firings?.firings ?? [], runs?.pages.flatMap((p) => p.runs) ?? []),
    [month, timezone, firings, runs],
  );
  const title = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
  return (
    <Panel
      title={title}
      actions={
        <span className={css.pair}>
          <Button icon="left" look="quiet" aria-label="The month before" onClick={() => setMonth(shift(month, -1))} />
          <Button icon="right" look="quiet" aria-label="The month after" onClick={() => setMonth(shift(month, 1))} />
        </span>
      }
    >
      <div className={css.calendar}>
        {WEEKDAYS.map((name) => (
          <b key={name}>{name}</b>
        ))}
        <ol>
          {shown.map((day, i) => (
            <li key={day.day} style={i === 0 ? { gridColumnStart: weekday(day.day) + 1 } : undefined}>
              <OneDay day={day} now={today} zone={timezone} />
            </li>
          ))}
        </ol>
      </div>
    </Panel>
  );
}

function OneDay({ day, now, zone }: { day: Day; now: string; zone: string }) {
  const { runs, open } = day;
  const number = Number(day.day.slice(8));
  const planned = open.filter((f) => Date.parse(f.at) > Date.parse(now)).length;
  return (
    <>
      <time dateTime={day.day}>{number}</time>
      <span>
        {runs.slice(0, SHOWN).map((run) => (
          <Link
            key={run.id}
            to={`/runs/${encodeURIComponent(run.id)}`}
            title={`${inZone(run.due, zone)}: ${wordOf(run.state)}`}
          >
            <Status state={run.state} short />
          </Link>
        ))}
        {runs.length > SHOWN && <small>+{runs.length - SHOWN}</small>}
        {runs.length === 0 && open.length > 0 && (
          <span
            className={css.open}
            title={open
              .map((f) => inZone(f.at, zone))
              .slice(0, 24)
              .join('\n')}
          >
            {planned > 0 ? <Icon name="clock" /> : '–'}
            <span className="visually-hidden">{planned > 0 ? 'due' : 'no run'}</span>
            {open.length > 1 && <small>{open.length}</small>}
          </span>
        )}
      </span>
    </>
  );
}
