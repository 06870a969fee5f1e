import { useMutation, useQueryClient } from '@tanstack/react-query';
import { path, post } from '../api/client';
import { useBuild, useLogs, useRun } from '../api/queries';
import { useMay, useSeesAll } from '../api/session';
import type { BuiltTable, Task, WholeRun } from '../api/types';
import { Link, useParam } from '../app/router';
import { count, dateTime, duration, plural, words } from '../ui/format';
import { Status } from '../ui/Status';
import { Ago, Button, Failure, Head, Loaded, Panel, useNow } from '../ui/ui';
import { type Bar, Gantt } from './Gantt';
import { LogPanel } from './LogPanel';
import css from './RunView.module.css';
import { logOf, queued, ran, taskBar, taskKey, waitsFor } from './times';

export default function RunView({ id = '' }: { id?: string }) {
  return <Loaded of={useRun(id)}>{(whole) => <Whole {...whole} />}</Loaded>;
}

const OVER = new Set(['SUCCESS', 'FAILED', 'CANCELLED']);

function Whole({ run, tasks, builds }: WholeRun) {
  const now = useNow();
  const tables = useBuild(useSeesAll() ? builds[0] : undefined).data?.tables ?? [];
  const [chosen, choose] = useParam('task');
  const act = useActs(run.id);
  const over = OVER.has(run.state);
  const edits = useMay('editor');
  const task = tasks.find((t) => taskKey(t) === chosen);
  const built = tables.find((t) => tableBar(t).key === chosen);
  const took = ran(run, now);

  return (
    <>
      <Head
        title={
          <span className={css.title}>
            <Link to={`/flows/${encodeURIComponent(run.flow)}`}>{run.flow}</Link> <Status state={run.state} />
          </span>
        }
        actions={
          edits &&
          (over ? (
            run.state !== 'SUCCESS' && (
              <Button icon="retry" look="primary" disabled={act.isPending} onClick={() => act.mutate({ act: 'retry' })}>
                Retry what failed
              </Button>
            )
          ) : (
            <Button icon="stop" look="danger" disabled={act.isPending} onClick={() => act.mutate({ act: 'cancel' })}>
              Cancel
            </Button>
          ))
        }
      >
        <code>{run.id}</code>
      </Head>
      <div className={css.body}>
        {act.error && <Failure error={act.error} />}
        {run.message && run.state !== 'SUCCESS' && <Why message={run.message} bad={run.state === 'FAILED'} />}
        {run.waits && <Why message={`It waits ${waitsFor(run)}.`} bad={false} />}
        <dl className={css.facts}>
          <Fact name="Cause">{words(run.cause)}</Fact>
          <Fact name="Due">
            <Ago at={run.due} />
          </Fact>
          {run.start && (
            <Fact name="Interval">
              {dateTime(run.start)} to {dateTime(run.due)}
            </Fact>
          )}
          <Fact name="Waited">{duration(queued(run, now))}</Fact>
          <Fact name="Ran">{took === null ? 'not yet' : duration(took)}</Fact>
          {run.attempts > 1 && <Fact name="Started">{plural(run.attempts, 'time')}</Fact>}
          {run.release !== null && (
            <Fact name="Published">
              <Link to={`/releases?on=${run.release}`}>release {run.release}</Link>
            </Fact>
          )}
          {Object.keys(run.params).length > 0 && (
            <Fact name="Parameters">
              <code>{JSON.stringify(run.params)}</code>
            </Fact>
          )}
        </dl>
        <Panel title={plural(tasks.length, 'task')}>
          {tasks.length === 0 ? (
            <p className={css.nothing}>{over ? 'It never began.' : 'They are made when it begins.'}</p>
          ) : (
            <Gantt
              bars={bars(tasks, tables)}
              from={run.started ?? run.created}
              chosen={chosen}
              onChoose={(key) => choose(key === chosen ? '' : key)}
            />
          )}
        </Panel>
        {built && <BuiltPanel built={built} />}
        {task && (
          <TaskPanel
            task={task}
            again={over && edits}
            onAgain={() => act.mutate({ act: 'retry', tasks: [task.name] })}
          />
        )}
        <Logs run={run.id} task={task} />
      </div>
    </>
  );
}

/** Retries and cancels; what comes of it is seen at once. */
function useActs(run: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ act, tasks }: { act: 'retry' | 'cancel'; tasks?: string[] }) =>
      post(`${path`/runs/${run}/`}${act}`, act === 'retry' ? { tasks } : undefined),
    onSettled: () => client.invalidateQueries({ queryKey: ['run', run] }),
  });
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Why({ message, bad }: { message: string; bad: boolean }) {
  return (
    <p className={css.why} data-bad={bad}>
      {message}
    </p>
  );
}

/** Tasks, and under the one that builds tables what it built. */
const bars = (tasks: Task[], tables: BuiltTable[]): Bar[] =>
  tasks.flatMap((task) => [taskBar(task), ...(task.name === 'tables' ? tables.map(tableBar) : [])]);

export const tableBar = (built: BuiltTable): Bar => ({
  key: `table ${built.table}`,
  title: built.table,
  note: '',
  depth: 1,
  state: built.state,
  ready: null,
  started: built.started,
  finished: built.finished,
});

function TaskPanel({ task, again, onAgain }: { task: Task; again: boolean; onAgain: () => void }) {
  const facts: [string, string][] = [
    ['Type', task.type],
    ['Pool', task.pool],
    ['Started', plural(task.attempts, 'time')],
  ];
  if (task.needs.length > 0) facts.push(['Needs', task.needs.join(', ')]);
  if (task.failures > 0) facts.push(['Failed before', plural(task.failures, 'time')]);
  if (task.deaths > 0) facts.push(['Its process died', plural(task.deaths, 'time')]);
  return (
    <Panel
      title={taskKey(task)}
      actions={
        again && (
          <Button icon="retry" onClick={onAgain}>
            Run again from here
          </Button>
        )
      }
    >
      <div className={css.task}>
        {task.message && <Why message={task.message} bad={task.state === 'FAILED'} />}
        {task.waits && <Why message={`It waits ${waitsFor(task)}.`} bad={false} />}
        <dl className={css.facts}>
          {facts.map(([name, value]) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
        {task.item && <pre>{JSON.stringify(task.item, null, 2)}</pre>}
        {task.outputs && Object.keys(task.outputs).length > 0 && <pre>{JSON.stringify(task.outputs, null, 2)}</pre>}
      </div>
    </Panel>
  );
}

function BuiltPanel({ built }: { built: BuiltTable }) {
  return (
    <Panel title={<Link to={`/catalog/${encodeURIComponent(built.table)}`}>{built.table}</Link>}>
      <div className={css.task}>
        {built.message && <Why message={built.message} bad={built.state === 'FAILED'} />}
        <dl className={css.facts}>
          <Fact name="Why it was built">{built.reason}</Fact>
          {built.rows !== null && <Fact name="Rows">{count(built.rows)}</Fact>}
        </dl>
      </div>
    </Panel>
  );
}

/** The log of the chosen task, or else of the first that printed something. */
function Logs({ run, task }: { run: string; task: Task | undefined }) {
  const logs = useLogs(run).data;
  const [wanted, want] = useParam('log');
  if (!logs || logs.length === 0) return null;
  const names = logs.map((l) => l.log);
  const ofTask = task && names.find((name) => name === logOf(task));
  const shown = ofTask ?? names.find((name) => name === wanted) ?? names[0]!;
  return (
    <Panel
      title="Logs"
      actions={
        names.length > 1 && (
          <label>
            <span className="visually-hidden">Log</span>
            <select
              className={css.select}
              value={shown}
              onChange={(e) => want(e.target.value)}
              disabled={ofTask !== undefined}
            >
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )
      }
    >
      <LogPanel key={shown} run={run} log={shown} />
    </Panel>
  );
}
