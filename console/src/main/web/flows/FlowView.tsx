import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { path, post } from '../api/client';
import { useBackfills, useFirings, useFlows, useRuns } from '../api/queries';
import { useMay } from '../api/session';
import type { Backfill, Flow } from '../api/types';
import { Link } from '../app/router';
import { RunTable } from '../runs/RunsView';
import { dateTime, inZone, plural } from '../ui/format';
import { Status } from '../ui/Status';
import { Ago, Button, Dialog, Empty, Failure, Head, Loaded, Panel, Tags } from '../ui/ui';
import { BackfillForm } from './BackfillForm';
import { Calendar } from './Calendar';
import css from './flows.module.css';
import { TriggerButton } from './TriggerForm';
import { when } from './when';

const DAY = 86_400_000;
const FIRINGS = 5;

export default function FlowView({ name = '' }: { name?: string }) {
  return (
    <Loaded of={useFlows()}>
      {(flows) => {
        const flow = flows.find((f) => f.name === name);
        return flow ? <One flow={flow} /> : <Empty title={`There is no flow ${name}`} />;
      }}
    </Loaded>
  );
}

function One({ flow }: { flow: Flow }) {
  const client = useQueryClient();
  const [filling, fill] = useState(false);
  const pause = useMutation({
    mutationFn: () => post(`${path`/flows/${flow.name}/`}${flow.paused ? 'resume' : 'pause'}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['flows'] }),
  });
  const edits = useMay('editor');
  const scheduled = flow.trigger === 'cron' || flow.trigger === 'every';
  return (
    <>
      <Head
        title={
          <span className={css.title}>
            {flow.name} {flow.paused && <Status state="PAUSED" />}
          </span>
        }
        actions={
          edits && (
            <>
              {scheduled && (
                <Button icon="retry" onClick={() => fill(true)}>
                  Backfill
                </Button>
              )}
              <Button icon={flow.paused ? 'play' : 'pause'} disabled={pause.isPending} onClick={() => pause.mutate()}>
                {flow.paused ? 'Resume' : 'Pause'}
              </Button>
              <TriggerButton flow={flow} look="primary" />
            </>
          )
        }
      >
        {flow.description}
      </Head>
      <Dialog title={`Run ${flow.name} for the past`} open={filling} onClose={() => fill(false)}>
        <BackfillForm flow={flow} onDone={() => fill(false)} />
      </Dialog>
      <div className={css.body}>
        {pause.error && <Failure error={pause.error} />}
        <dl className={css.facts}>
          <div>
            <dt>Runs</dt>
            <dd>{when(flow)}</dd>
          </div>
          <div>
            <dt>What</dt>
            <dd>
              <code>{flow.run.join(' ')}</code>
            </dd>
          </div>
          <div>
            <dt>File</dt>
            <dd>
              <code>{flow.file}</code>
            </dd>
          </div>
          {flow.tags.length > 0 && (
            <div>
              <dt>Tags</dt>
              <dd>
                <Tags tags={flow.tags} />
              </dd>
            </div>
          )}
        </dl>
        <div className={css.columns}>
          <Panel title="Last runs" actions={<Link to={`/runs?flow=${encodeURIComponent(flow.name)}`}>All runs</Link>}>
            <LastRuns flow={flow.name} />
          </Panel>
          <div className={css.side}>
            {scheduled && <Calendar flow={flow} />}
            {scheduled && <Next flow={flow} />}
            <Backfills flow={flow.name} />
          </div>
        </div>
      </div>
    </>
  );
}

function LastRuns({ flow }: { flow: string }) {
  const runs = useRuns(flow, '');
  return (
    <Loaded of={{ data: runs.data?.pages[0]?.runs.slice(0, 10), error: runs.error }}>
      {(all) => (all.length === 0 ? <Empty title="It has not run yet" /> : <RunTable runs={all} />)}
    </Loaded>
  );
}

function Next({ flow }: { flow: Flow }) {
  const [from, to] = useMemo(() => {
    const now = new Date();
    return [now.toISOString(), new Date(now.getTime() + 14 * DAY).toISOString()];
  }, []);
  return (
    <Panel title={`Next, in ${flow.timezone}`}>
      <Loaded of={useFirings(flow.name, from, to)} rows={3}>
        {({ firings }) =>
          firings.length === 0 ? (
            <p className={css.none}>Not within two weeks.</p>
          ) : (
            <ol className={css.firings}>
              {firings.slice(0, FIRINGS).map((f) => (
                <li key={f.at}>
                  <span>{inZone(f.at, flow.timezone)}</span>
                  <span className="muted">{flow.paused ? 'paused' : <Ago at={f.at} />}</span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Panel>
  );
}

function Backfills({ flow }: { flow: string }) {
  const all = useBackfills().data?.filter((b) => b.flow === flow) ?? [];
  if (all.length === 0) return null;
  return (
    <Panel title="Backfills">
      <ul className={css.backfills}>
        {all.map((backfill) => (
          <Progress key={backfill.id} backfill={backfill} />
        ))}
      </ul>
    </Panel>
  );
}

function Progress({ backfill }: { backfill: Backfill }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (word: string) => post(`${path`/backfills/${backfill.id}/`}${word}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['backfills'] }),
  });
  const { state, total, succeeded, failed, cancelled, running } = backfill;
  const share = (n: number) => `${(100 * n) / Math.max(1, total)}%`;
  const open = useMay('editor') && (state === 'ACTIVE' || state === 'PAUSED');
  return (
    <li>
      <div className={css.pair}>
        <Status state={state} />
        <span className="muted">
          {succeeded + failed + cancelled} of {plural(total, 'run')}
          {failed > 0 && `, ${failed} failed`}
          {running > 0 && `, ${running} running`}
        </span>
      </div>
      <div className={css.progress} aria-hidden="true">
        <i data-tone="ok" style={{ width: share(succeeded) }} />
        <i data-tone="bad" style={{ width: share(failed) }} />
        <i data-tone="busy" style={{ width: share(running) }} />
      </div>
      <p className="muted">
        {dateTime(backfill.from)} to {dateTime(backfill.to)}, by {backfill.who}
      </p>
      {open && (
        <div className={css.pair}>
          <Button onClick={() => act.mutate(state === 'ACTIVE' ? 'pause' : 'resume')}>
            {state === 'ACTIVE' ? 'Pause' : 'Resume'}
          </Button>
          <Button look="danger" onClick={() => act.mutate('cancel')}>
            Cancel
          </Button>
        </div>
      )}
      {act.error && <Failure error={act.error} />}
    </li>
  );
}
