import { useBuilds, useFlows, useRuns } from '../api/queries';
import { useSeesAll } from '../api/session';
import type { Build, Run, RunState } from '../api/types';
import { Link, setParams, useParam } from '../app/router';
import { duration, words } from '../ui/format';
import { More } from '../ui/More';
import { Status } from '../ui/Status';
import { Ago, Code, Empty, Head, Loaded, type Tab, Tabs, useNow } from '../ui/ui';
import css from './RunsView.module.css';
import { queued, ran, waitsFor } from './times';

const STATES: RunState[] = ['QUEUED', 'RUNNING', 'SUCCESS', 'FAILED', 'CANCELLED'];

export default function RunsView() {
  const [tab, setTab] = useParam('tab');
  const tabs: Tab[] = [{ id: 'flows', title: 'Runs of flows', body: () => <FlowRuns /> }];
  if (useSeesAll()) tabs.push({ id: 'builds', title: 'Builds of tables', body: () => <Builds /> });
  return (
    <>
      <Head title="Runs" />
      <Tabs chosen={tab || 'flows'} onChoose={(id) => setTab(id === 'flows' ? '' : id)} tabs={tabs} />
    </>
  );
}

function FlowRuns() {
  const [flow] = useParam('flow');
  const [state] = useParam('state');
  const flows = useFlows().data ?? [];
  const pages = useRuns(flow, state);
  const runs = pages.data?.pages.flatMap((p) => p.runs);
  return (
    <>
      <div className={css.filters}>
        <label>
          <span className="visually-hidden">Flow</span>
          <select value={flow} onChange={(e) => setParams({ flow: e.target.value })}>
            <option value="">All flows</option>
            {flows.map((f) => (
              <option key={f.name}>{f.name}</option>
            ))}
          </select>
        </label>
        <label>
          <span className="visually-hidden">State</span>
          <select value={state} onChange={(e) => setParams({ state: e.target.value })}>
            <option value="">All states</option>
            {STATES.map((s) => (
              <option key={s} value={s}>
                {words(s)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Loaded of={{ data: runs, error: pages.error }}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="No runs here yet">
              {flows.length === 0 ? (
                <>
                  A flow runs tables and jobs on a schedule. Write one: <Code>flows/nightly.yml</Code>
                </>
              ) : (
                <Link to="/flows">Run a flow</Link>
              )}
            </Empty>
          ) : (
            <RunTable runs={all} />
          )
        }
      </Loaded>
      <More what="runs" pages={pages} />
    </>
  );
}

export function RunTable({ runs }: { runs: Run[] }) {
  const now = useNow();
  return (
    <table className={css.runs}>
      <thead>
        <tr>
          <th>State</th>
          <th>Flow</th>
          <th>Cause</th>
          <th>Due</th>
          <th className="right">Waited</th>
          <th className="right">Ran</th>
          <th className="right">Release</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const took = ran(run, now);
          const waits = waitsFor(run);
          return (
            <tr key={run.id}>
              <td>
                <Status state={run.state} />
              </td>
              <td className={css.main}>
                <Link to={`/runs/${encodeURIComponent(run.id)}`}>{run.flow}</Link>
                {run.message && run.state !== 'SUCCESS' && <p title={run.message}>{run.message}</p>}
                {waits && <p title={waits}>waits {waits}</p>}
              </td>
              <td data-label="Cause">{words(run.cause)}</td>
              <td data-label="Due">
                <Ago at={run.due} />
              </td>
              <td data-label="Waited" className="right">
                {duration(queued(run, now))}
              </td>
              <td data-label="Ran" className="right">
                {took === null ? '–' : duration(took)}
              </td>
              <td data-label="Release" className="right">
                {run.release ?? '–'}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Builds() {
  const pages = useBuilds();
  return (
    <>
      <Loaded of={{ data: pages.data?.pages.flatMap((p) => p.builds), error: pages.error }}>
        {(builds) =>
          builds.length === 0 ? (
            <Empty title="No table has been built yet">
              <Code>towpath run</Code>
            </Empty>
          ) : (
            <BuildTable builds={builds} />
          )
        }
      </Loaded>
      <More what="builds" pages={pages} />
    </>
  );
}

function BuildTable({ builds }: { builds: Build[] }) {
  const now = useNow();
  return (
    <table className={css.runs}>
      <thead>
        <tr>
          <th>State</th>
          <th>Of</th>
          <th>Started</th>
          <th className="right">Ran</th>
          <th className="right">Release</th>
        </tr>
      </thead>
      <tbody>
        {builds.map((build) => (
          <tr key={build.id}>
            <td>
              <Status state={build.state} />
            </td>
            <td className={css.main}>
              <Link to={`/builds/${encodeURIComponent(build.id)}`}>{build.select.join(' ') || 'everything'}</Link>
              {build.message && <p title={build.message}>{build.message}</p>}
            </td>
            <td data-label="Started">
              <Ago at={build.started} />
            </td>
            <td data-label="Ran" className="right">
              {duration(ran(build, now)!)}
            </td>
            <td data-label="Release" className="right">
              {build.release ?? '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
