import { useMemo, useState } from 'react';
import { useFirings, useRunsDue } from '../api/queries';
import type { Flow } from '../api/types';
import { Link, useParam } from '../app/router';
import { inZone } from '../ui/format';
import { Icon } from '../ui/icons';
import { Status, wordOf } from '../ui/Status';
import { Button, Failure, Panel } from '../ui/ui';
import { days, type Day, monthOf, shift, weekday } from './calendar';
import css from './flows.module.css';
import { startOfDay } from './zone';

const SHOWN = 3;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A month of a flow: how the run of each interval ended, what was due without one, and what comes. */
export function Calendar({ flow }: { flow: Flow }) {
  const { timezone } = flow;
  const [today] = useState(() => new Date().toISOString());
  const [chosen, choose] = useParam('month');
  const current = monthOf(today, timezone);
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.test(chosen) ? chosen : current;
  const go = (by: number) => choose(shift(month, by) === current ? '' : shift(month, by));
  const from = startOfDay(`${month}-01`, timezone);
  const to = startOfDay(`${shift(month, 1)}-01`, timezone);
  const firings = useFirings(flow.name, from, to);
  const runs = useRunsDue(flow.name, from, to);
  // until both are there, and of the same month, nobody knows on which days there was no run
  const known = firings.data && runs.data && !firings.isPlaceholderData && !runs.isPlaceholderData;
  const shown = useMemo(
    () =>
      days(month, timezone, firings.data?.firings ?? [], runs.data?.runs ?? []).map((day) =>
        known && runs.data!.whole ? day : { ...day, open: [] },
      ),
    [month, timezone, firings.data, runs.data, known],
  );
  const often = (runs.data && !runs.data.whole) || firings.data?.more;
  const error = firings.error ?? runs.error;
  const title = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
  return (
    <Panel
      title={title}
      actions={
        <span className={css.pair}>
          <Button icon="left" look="quiet" aria-label="The month before" onClick={() => go(-1)} />
          <Button icon="right" look="quiet" aria-label="The month after" onClick={() => go(1)} />
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
      {error && <Failure error={error} />}
      {often && (
        <p className={css.none}>
          It is due too often for a calendar: not all that it ran or will run in this month is shown.{' '}
          <Link to={`/runs?flow=${encodeURIComponent(flow.name)}`}>All runs</Link>
        </p>
      )}
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
