import { useLineage, useTable, useVersioned } from '../api/queries';
import type { TableDetail } from '../api/types';
import { Link, useParam } from '../app/router';
import { BuildButton } from '../graph/BuildButton';
import { bytes, count, plural } from '../ui/format';
import { Grid } from '../ui/Grid';
import { Icon } from '../ui/icons';
import { Ago, Code, Empty, Head, Loaded, type Tab, Tabs, Tags, Wide } from '../ui/ui';
import css from './catalog.module.css';
import { ChecksPanel } from './ChecksPanel';
import { HistoryPanel } from './HistoryPanel';
import { table as sqlName } from './profile';
import { ProfilePanel } from './ProfilePanel';

const SAMPLE = 200;

export default function TableView({ name = '' }: { name?: string }) {
  return <Loaded of={useTable(name)}>{(detail) => <Detail detail={detail} />}</Loaded>;
}

function Detail({ detail }: { detail: TableDetail }) {
  const [tab, setTab] = useParam('tab');
  const version = detail.history[0]?.state;
  const { name, checks } = detail;
  const failed = checks.filter((c) => c.result === 'failed' || c.result === 'warned').length;
  const built = (body: (version: string) => React.ReactNode) => () =>
    detail.published && version !== undefined ? (
      body(version)
    ) : (
      <Empty title="It has not been built yet">
        <Code>{`towpath run +${name}`}</Code>
      </Empty>
    );
  const tabs: Tab[] = [
    { id: 'columns', title: `Columns ${detail.columns.length}`, body: () => <Columns detail={detail} /> },
    {
      id: 'sample',
      title: 'Sample',
      fills: true,
      body: built((v) => <Sample table={name} version={v} />),
    },
    {
      id: 'profile',
      title: 'Profile',
      body: built((v) => <ProfilePanel table={name} version={v} columns={detail.columns} />),
    },
    {
      id: 'checks',
      title: failed > 0 ? `Checks ${checks.length}, ${failed} not passed` : `Checks ${checks.length}`,
      body: () => <ChecksPanel detail={detail} />,
    },
    { id: 'readers', title: 'Read by', body: () => <Readers name={name} /> },
    { id: 'history', title: 'History', body: () => <HistoryPanel detail={detail} /> },
  ];
  return (
    <>
      <Head
        title={name}
        actions={
          <>
            <Link className={css.action} to={`/graph?on=${encodeURIComponent(name)}`}>
              <Icon name="graph" /> In the graph
            </Link>
            <Link
              className={css.action}
              to={`/sql?q=${encodeURIComponent(`SELECT *\nFROM ${plainName(name)}\nLIMIT 100`)}`}
            >
              <Icon name="sql" /> Query
            </Link>
            <BuildButton table={name} />
          </>
        }
      >
        {detail.description}
      </Head>
      <dl className={css.facts}>
        <div>
          <dt>Kind</dt>
          <dd>{detail.kind}</dd>
        </div>
        <div>
          <dt>File</dt>
          <dd>
            <code>{detail.file}</code>
          </dd>
        </div>
        {detail.rows !== null && (
          <div>
            <dt>Rows</dt>
            <dd>{count(detail.rows)}</dd>
          </div>
        )}
        {detail.bytes !== null && detail.bytes > 0 && (
          <div>
            <dt>Size</dt>
            <dd>{bytes(detail.bytes)}</dd>
          </div>
        )}
        <div>
          <dt>Built</dt>
          <dd>
            <Ago at={detail.built} />
            {detail.published && !detail.current && ', before its file was edited'}
          </dd>
        </div>
        {detail.tags.length > 0 && (
          <div>
            <dt>Tags</dt>
            <dd>
              <Tags tags={detail.tags} />
            </dd>
          </div>
        )}
      </dl>
      <Tabs tabs={tabs} chosen={tab || 'columns'} onChoose={(id) => setTab(id === 'columns' ? '' : id)} />
    </>
  );
}

/** A name as people write it, when it needs no quotes. */
const plainName = (name: string) => (/^[a-z_]\w*\.[a-z_]\w*$/i.test(name) ? name : sqlName(name));

function Columns({ detail }: { detail: TableDetail }) {
  const lineage = useLineage(detail.name).data;
  const described = detail.columns.some((c) => c.description !== '');
  const origins = new Map(lineage?.columns.map((c) => [c.name, c.from]));
  return (
    <Wide label="Columns">
      <table className={css.table}>
        <thead>
          <tr>
            <th>Column</th>
            <th>Type</th>
            <th>Comes from</th>
            {described && <th>Description</th>}
          </tr>
        </thead>
        <tbody>
          {detail.columns.map((c) => (
            <tr key={c.name}>
              <th scope="row">{c.name}</th>
              <td>
                <code>{c.type.toLowerCase()}</code>
              </td>
              <td>
                {(origins.get(c.name) ?? []).map(({ column, use }) => (
                  <div key={column} className={css.origin}>
                    <Link to={`/catalog/${encodeURIComponent(column.split('.').slice(0, 2).join('.'))}`}>{column}</Link>{' '}
                    <small>{use}</small>
                  </div>
                ))}
              </td>
              {described && <td className={css.words}>{c.description}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {lineage && lineage.rows.length > 0 && (
        <p className={css.note}>Which rows there are depends on {lineage.rows.join(', ')}.</p>
      )}
    </Wide>
  );
}

function Sample({ table, version }: { table: string; version: string }) {
  const sample = useVersioned(version, table, { sql: `SELECT * FROM ${sqlName(table)} LIMIT ${SAMPLE}` });
  return (
    <Loaded of={sample}>
      {({ columns, rows }) => (
        <Grid label={`Rows of ${table}`} rows={{ columns, count: rows.length, row: (i) => rows[i]! }} />
      )}
    </Loaded>
  );
}

function Readers({ name }: { name: string }) {
  return (
    <Loaded of={useLineage(name)}>
      {({ readers }) =>
        readers.length === 0 ? (
          <Empty title="Nothing in the project reads it" />
        ) : (
          <Wide label="Readers">
            <table className={css.table}>
              <thead>
                <tr>
                  <th>Reader</th>
                  <th>Kind</th>
                  <th>Columns that it reads</th>
                </tr>
              </thead>
              <tbody>
                {readers.map((r) => (
                  <tr key={`${r.kind} ${r.name}`}>
                    <th scope="row">
                      {MODELS.has(r.kind) ? (
                        <Link to={`/catalog/${encodeURIComponent(r.name)}`}>{r.name}</Link>
                      ) : r.kind === 'dashboard' ? (
                        <Link to={`/dashboards/${encodeURIComponent(r.name)}`}>{r.name}</Link>
                      ) : (
                        r.name
                      )}
                      <br />
                      <small>{r.file}</small>
                    </th>
                    <td>{r.kind}</td>
                    <td className={css.words}>{r.columns.length === 0 ? 'only its rows' : r.columns.join(', ')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className={css.note}>{plural(readers.length, 'reader')} would notice a change.</p>
          </Wide>
        )
      }
    </Loaded>
  );
}

const MODELS = new Set(['table', 'view', 'incremental', 'merge', 'append', 'scd2']);
