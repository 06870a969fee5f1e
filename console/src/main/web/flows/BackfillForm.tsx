import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { path, post } from '../api/client';
import type { Backfill, Firing, Flow } from '../api/types';
import { count, inZone, plural } from '../ui/format';
import { Button, Failure, Field } from '../ui/ui';
import css from './flows.module.css';
import { startOfDay } from './zone';

const SHOWN = 5;

/** Runs a flow for past intervals. It is shown what that would be before anything is started. */
export function BackfillForm({ flow, onDone }: { flow: Flow; onDone: () => void }) {
  const client = useQueryClient();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [parallel, setParallel] = useState('1');
  const [backwards, setBackwards] = useState(false);
  const ask = (dry: boolean) =>
    post<{ backfill: Backfill | null; intervals: Firing[] }>(path`/flows/${flow.name}/backfills`, {
      from: startOfDay(from, flow.timezone),
      to: startOfDay(to, flow.timezone),
      parallel: Number(parallel),
      backwards,
      dry_run: dry,
    });
  const preview = useMutation({ mutationFn: () => ask(true) });
  const start = useMutation({
    mutationFn: () => ask(false),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['backfills'] });
      onDone();
    },
  });
  const change = (set: () => void) => {
    set();
    preview.reset();
  };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (preview.data) start.mutate();
    else preview.mutate();
  };
  const intervals = preview.data?.intervals;

  return (
    <form className={css.form} onSubmit={submit}>
      <p className="muted">
        Days in {flow.timezone}. Every interval that ends from the first day on and before the last one runs once.
      </p>
      <div className={css.pair}>
        <Field label="From">
          <input type="date" required value={from} onChange={(e) => change(() => setFrom(e.target.value))} />
        </Field>
        <Field label="To, not included">
          <input type="date" required value={to} onChange={(e) => change(() => setTo(e.target.value))} />
        </Field>
        <Field label="At a time">
          <input
            type="number"
            min="1"
            max="1000"
            required
            value={parallel}
            onChange={(e) => change(() => setParallel(e.target.value))}
          />
        </Field>
      </div>
      <label className={css.check}>
        <input type="checkbox" checked={backwards} onChange={(e) => change(() => setBackwards(e.target.checked))} />
        The newest first
      </label>
      {intervals && (
        <div className={css.preview} role="status">
          <strong>{plural(intervals.length, 'run')}</strong>
          <ol>
            {intervals.slice(0, SHOWN).map((i) => (
              <li key={i.at}>
                {inZone(i.start, flow.timezone, 'numeric')} to {inZone(i.end, flow.timezone, 'numeric')}
              </li>
            ))}
          </ol>
          {intervals.length > SHOWN && <p className="muted">and {count(intervals.length - SHOWN)} more</p>}
        </div>
      )}
      {(preview.error ?? start.error) && <Failure error={(preview.error ?? start.error)!} />}
      <Button type="submit" look={intervals ? 'primary' : 'plain'} disabled={preview.isPending || start.isPending}>
        {intervals ? `Start ${plural(intervals.length, 'run')}` : 'Preview'}
      </Button>
    </form>
  );
}
