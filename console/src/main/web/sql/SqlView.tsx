import { Suspense, useEffect, useRef, useState } from 'react';
import { type Question, queryAs, useColumns, useProgress, useReleases } from '../api/queries';
import { useSeesAll } from '../api/session';
import { Boundary, later } from '../app/Boundary';
import { useParam } from '../app/router';
import { count, duration, plural } from '../ui/format';
import { Grid } from '../ui/Grid';
import { Ago, Button, Empty, Failure, Skeleton, type Tab, Tabs } from '../ui/ui';
import { CsvRows } from './csv';
import { Editor, type EditorHandle } from './Editor';
import { type Past, readHistory } from './history';
import css from './SqlView.module.css';
import { type Asking, type Result, useResult } from './useResult';

// what most people do not look at comes when it is looked at
const Chart = later(async () => ({ default: (await import('./Chart')).Chart }));
const Plan = later(async () => ({ default: (await import('./Plan')).Plan }));

const KEPT = 'towpath.sql.text';
const OLDER = 'older';
const NONE = {};
const MOST_IN_URL = 2_000; // characters, which every browser and mail program leaves whole

export default function SqlView() {
  const [given, setGiven] = useParam('q');
  const [release, setRelease] = useParam('release');
  const [tab, setTab] = useState('rows');
  const [past, setPast] = useState(readHistory);
  const [line, setLine] = useState(0);
  const [planned, setPlanned] = useState<Question | null>(null);
  const editor = useRef<EditorHandle>(null);
  const start = useRef(given || (localStorage.getItem(KEPT) ?? ''));
  const tables = useColumns().data ?? NONE;
  const releases = useReleases();
  const numbers = (releases.data ?? []).map((r) => String(r.release));
  const { asking, run, loadAll, cancel } = useResult(setPast);
  const plans = useSeesAll(); // a plan may say something of any table

  const runIt = () => {
    const { sql, line: first, whole } = editor.current!.query();
    if (sql.trim() === '') return;
    setGiven(whole && sql.length <= MOST_IN_URL ? sql : '');
    setLine(first);
    setTab((was) => (was === 'history' || was === 'plan' ? 'rows' : was));
    void run({ sql, release: release ? Number(release) : undefined });
  };
  const choose = (next: string) => {
    setTab(next);
    const sql = editor.current!.query().sql;
    if (next === 'plan') setPlanned(sql.trim() === '' ? null : { sql, release: release ? Number(release) : undefined });
  };
  useEffect(() => {
    if (!given) return;
    localStorage.setItem(KEPT, given);
    runIt();
    // a query that came by a link runs once
  }, []);
  const keep = (text: string) => {
    localStorage.setItem(KEPT, text);
    if (given) setGiven(''); // the address has what was run
  };
  const tabs: Tab[] = [
    {
      id: 'rows',
      title: 'Result',
      fills: true,
      body: () => <Outcome asking={asking} onAll={loadAll} onCancel={cancel} />,
    },
    {
      id: 'chart',
      title: 'Chart',
      body: () =>
        asking.result ? (
          <Boundary>
            <Suspense fallback={<Skeleton />}>
              <Chart rows={asking.result.rows} />
            </Suspense>
          </Boundary>
        ) : (
          <Empty title="Run a query first" />
        ),
    },
  ];
  if (plans) {
    tabs.push({
      id: 'plan',
      title: 'Plan',
      body: () => (
        <Boundary>
          <Suspense fallback={<Skeleton />}>
            <Plan question={planned} />
          </Suspense>
        </Boundary>
      ),
    });
  }
  tabs.push({
    id: 'history',
    title: `History ${past.length}`,
    body: () => <History past={past} onTake={(sql) => editor.current?.replace(sql)} />,
  });

  return (
    <div className={css.sql}>
      <div className={css.bar}>
        <h1>SQL</h1>
        {asking.state === 'running' ? (
          <Button icon="stop" look="danger" onClick={cancel}>
            Cancel
          </Button>
        ) : (
          <Button icon="play" look="primary" onClick={runIt} title="Ctrl Enter">
            Run
          </Button>
        )}
        <span className={css.keys}>
          <kbd>Ctrl Enter</kbd> runs all, or what is selected; <kbd>Esc</kbd> <kbd>Tab</kbd> leaves the editor
        </span>
        <label>
          Release{' '}
          <select
            value={release}
            onChange={(e) => (e.target.value === OLDER ? void releases.fetchNextPage() : setRelease(e.target.value))}
          >
            <option value="">newest</option>
            {numbers.map((number) => (
              <option key={number}>{number}</option>
            ))}
            {releases.hasNextPage && <option value={OLDER}>older …</option>}
            {release !== '' && !numbers.includes(release) && <option>{release}</option>}
          </select>
        </label>
      </div>
      <div className={css.editor}>
        <Editor
          ref={editor}
          start={start.current}
          tables={tables}
          mistakes={asking.mistakes}
          mistakesFrom={line}
          onChange={keep}
          onRun={runIt}
        />
      </div>
      {asking.error && (
        <div className={css.error}>
          <Failure error={asking.error} />
        </div>
      )}
      <div className={css.results} data-stale={asking.state === 'running'}>
        <Tabs chosen={tab} onChoose={choose} tabs={tabs} />
      </div>
    </div>
  );
}

function Outcome({
  asking,
  onAll,
  onCancel,
}: {
  asking: Asking;
  onAll: (result: Result) => Promise<void>;
  onCancel: () => void;
}) {
  const { result, state } = asking;
  if (!result) {
    if (state === 'running') return <Running since={asking.since} watch={asking.watch} />;
    return asking.error ? null : (
      <Empty title="Nothing has been run yet">Tables and columns are completed as you type.</Empty>
    );
  }
  return (
    <>
      <div className={css.outcome} role="status">
        {state === 'running' ? (
          <Running since={asking.since} watch={asking.watch} />
        ) : (
          <>
            <span>
              {result.more ? `The first ${count(result.rows.count)} rows` : plural(result.rows.count, 'row')} in{' '}
              {duration(result.millis)}, release {result.release}
            </span>
            {result.more && state === 'idle' && <Button onClick={() => void onAll(result)}>Load all rows</Button>}
            {state === 'loading' && (
              <>
                <span>{plural(asking.loaded, 'row')} loaded</span>
                <Button icon="stop" onClick={onCancel}>
                  Stop
                </Button>
              </>
            )}
          </>
        )}
        <Export result={result} />
      </div>
      <Grid key={result.question.sql} rows={result.rows} label="The result" />
    </>
  );
}

const SOON = 700; // what is over by then has no progress worth asking for

function Running({ since, watch }: { since: number; watch: string }) {
  const [now, setNow] = useState(since);
  const progress = useProgress(now - since > SOON ? watch : '').data ?? null;
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className={css.running}>
      Running, {duration(Math.max(0, now - since))}
      {progress !== null && (
        <>
          {' '}
          <progress value={progress} aria-label="How far the query is" /> {Math.floor(100 * progress)} %
        </>
      )}
    </span>
  );
}

const FORMS: [string, string, string][] = [
  ['CSV', 'text/csv', 'csv'],
  ['Excel', 'text/csv', 'xlsx'],
  ['Parquet', 'application/vnd.apache.parquet', 'parquet'],
];

/** A file of all rows; Excel's is made here, with a sheet that says what was asked. */
async function file(response: Response, ending: string, { question, rows, release }: Result): Promise<Blob> {
  if (ending !== 'xlsx') return response.blob();
  const all = new CsvRows(rows.columns);
  for await (const piece of response.body!) all.push(piece);
  all.finish();
  const { MOST_ROWS, workbook } = await import('./xlsx');
  if (all.count > MOST_ROWS) throw new Error(`Excel holds ${count(MOST_ROWS)} rows, and these are ${count(all.count)}`);
  return workbook(all, [
    ['Query', question.sql],
    ['Release', String(release)],
    ['Made', new Date().toISOString()],
  ]);
}

/** All rows as a file, computed anew from the same release. */
function Export({ result }: { result: Result }) {
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState('');
  const save = async ([name, accept, ending]: [string, string, string]) => {
    setBusy(name);
    setError(null);
    try {
      const response = await queryAs(accept, { sql: result.question.sql, release: result.release });
      const url = URL.createObjectURL(await file(response, ending, result));
      const link = document.createElement('a');
      link.href = url;
      link.download = `result.${ending}`;
      link.click();
      URL.revokeObjectURL(url);
    } catch (e) {
      setError(e as Error);
    }
    setBusy('');
  };
  return (
    <span className={css.exports}>
      {error && <Failure error={error} />}
      {FORMS.map((form) => (
        <Button key={form[0]} icon="download" disabled={busy !== ''} onClick={() => void save(form)}>
          {form[0]}
        </Button>
      ))}
    </span>
  );
}

function History({ past, onTake }: { past: Past[]; onTake: (sql: string) => void }) {
  if (past.length === 0) return <Empty title="Nothing has been run in this browser yet" />;
  return (
    <ul className={css.history}>
      {past.map((p) => (
        <li key={p.at}>
          <button type="button" onClick={() => onTake(p.sql)}>
            <code>{p.sql.replace(/\s+/g, ' ').slice(0, 300)}</code>
            <small data-bad={p.error !== null}>
              <Ago at={p.at} /> · {p.error ?? `${plural(p.rows ?? 0, 'row')} in ${duration(p.millis)}`}
            </small>
          </button>
        </li>
      ))}
    </ul>
  );
}
