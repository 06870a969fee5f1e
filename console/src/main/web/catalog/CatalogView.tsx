import { useMemo } from 'react';
import { useColumns, useGraph } from '../api/queries';
import type { GraphNode } from '../api/types';
import { best } from '../app/find';
import { Link, useParam } from '../app/router';
import { count, plural } from '../ui/format';
import { Icon, isTable, kindIcon } from '../ui/icons';
import { Status } from '../ui/Status';
import { Ago, Code, Empty, Head, Loaded, Search, Tags } from '../ui/ui';
import css from './catalog.module.css';

const MOST = 1_000;

export default function CatalogView() {
  return <Loaded of={useGraph()}>{(graph) => <Catalog tables={graph.nodes.filter((n) => isTable(n.kind))} />}</Loaded>;
}

function Catalog({ tables }: { tables: GraphNode[] }) {
  const [typed, setTyped] = useParam('q');
  const [schema, setSchema] = useParam('schema');
  const columns = useColumns().data;
  const schemas = useMemo(() => [...new Set(tables.map(schemaOf))].sort(), [tables]);
  const shown = useMemo(() => {
    const inSchema = schema ? tables.filter((t) => schemaOf(t) === schema) : tables;
    const byName = [...inSchema].sort((a, b) => a.title.localeCompare(b.title));
    if (!typed) return byName;
    const found = best(typed, byName, (t) => `${t.title} ${t.tags.join(' ')}`, MOST).filter(Boolean);
    const word = typed.toLowerCase();
    const within = byName.filter(
      (t) => t.description.toLowerCase().includes(word) || hit(columns?.[t.id] ?? [], word) !== undefined,
    );
    return [...new Set([...found, ...within])];
  }, [tables, typed, schema, columns]);

  return (
    <>
      <Head title="Catalog">{plural(tables.length, 'table')}</Head>
      <div className={css.filters}>
        <Search label="Name, column or description" value={typed} onChange={setTyped} />
        <label>
          <span className="visually-hidden">Schema</span>
          <select value={schema} onChange={(e) => setSchema(e.target.value)}>
            <option value="">All schemas</option>
            {schemas.map((s) => (
              <option key={s}>{s}</option>
            ))}
          </select>
        </label>
      </div>
      {tables.length === 0 ? (
        <Empty title="The project has no tables yet">
          Write one: <Code>models/marts/first.sql</Code>
        </Empty>
      ) : shown.length === 0 ? (
        <Empty title="No table has that name, column or description" />
      ) : (
        <table className={css.catalog}>
          <thead>
            <tr>
              <th>Table</th>
              <th>Status</th>
              <th className="right">Rows</th>
              <th>Built</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((t) => (
              <tr key={t.id}>
                <td className={css.main}>
                  <span>
                    <Icon name={kindIcon(t.kind)} />
                    <Link to={`/catalog/${encodeURIComponent(t.id)}`}>{t.title}</Link>
                    <small>{t.kind}</small>
                    <Tags tags={t.tags} />
                  </span>
                  {t.description && <p>{t.description}</p>}
                  {typed && <Hit columns={columns?.[t.id] ?? []} word={typed.toLowerCase()} />}
                </td>
                <td>
                  <Status state={t.status} />
                </td>
                <td className="right">{t.rows === null ? '–' : count(t.rows)}</td>
                <td>
                  <Ago at={t.built} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

const schemaOf = (t: GraphNode) => t.title.slice(0, t.title.indexOf('.'));

const hit = (columns: { name: string }[], word: string) => columns.find((c) => c.name.toLowerCase().includes(word));

function Hit({ columns, word }: { columns: { name: string }[]; word: string }) {
  const found = hit(columns, word);
  return found ? (
    <p>
      column <code>{found.name}</code>
    </p>
  ) : null;
}
