import { useColumnLineage, useTable } from '../api/queries';
import type { GraphNode, Trace } from '../api/types';
import { Link, setParams, useParam } from '../app/router';
import { count, plural } from '../ui/format';
import { Icon, isTable, kindIcon, stands } from '../ui/icons';
import { Status } from '../ui/Status';
import { Ago, Button, Loaded, Tags } from '../ui/ui';
import { BuildButton } from './BuildButton';
import css from './Inspector.module.css';
import { flat, kindOf, nameOf } from './trace';

interface Props {
  node: GraphNode;
  nodes: GraphNode[];
  readers: string[];
  onSelect: (id: string) => void;
  onClose: () => void;
}

/** All about what is chosen in the graph. */
export function Inspector({ node, nodes, readers, onSelect, onClose }: Props) {
  const table = isTable(node.kind);
  return (
    <aside className={css.inspector} aria-label={node.title}>
      <header>
        <Icon name={kindIcon(node.kind)} />
        <h2>{node.title}</h2>
        <Button icon="close" look="quiet" aria-label="Close" onClick={onClose} />
      </header>
      {stands(node.kind) && (
        <p>
          <Status state={node.status} />
        </p>
      )}
      {node.message && (
        <p className={css.message} data-bad={node.status === 'FAILED'}>
          {node.message}
        </p>
      )}
      {node.description && <p>{node.description}</p>}
      <dl className={css.facts}>
        <dt>Kind</dt>
        <dd>{node.kind}</dd>
        <dt>File</dt>
        <dd>
          <code>{node.file}</code>
        </dd>
        {node.built && (
          <>
            <dt>{table ? 'Built' : 'Ran'}</dt>
            <dd>
              <Ago at={node.built} />
            </dd>
          </>
        )}
        {node.rows !== null && (
          <>
            <dt>Rows</dt>
            <dd>{count(node.rows)}</dd>
          </>
        )}
        {node.tags.length > 0 && (
          <>
            <dt>Tags</dt>
            <dd>
              <Tags tags={node.tags} />
            </dd>
          </>
        )}
      </dl>
      {table && (
        <div className={css.actions}>
          <BuildButton table={node.id} />
          <Link to={`/catalog/${encodeURIComponent(node.id)}`}>In the catalog</Link>
        </div>
      )}
      {node.kind === 'dashboard' && (
        <div className={css.actions}>
          <Link to={`/dashboards/${encodeURIComponent(nameIn(node))}`}>Open it</Link>
        </div>
      )}
      <Names title="Reads" ids={node.reads} nodes={nodes} onSelect={onSelect} />
      <Names title="Read by" ids={readers} nodes={nodes} onSelect={onSelect} />
      {table && <Columns table={node.id} />}
    </aside>
  );
}

/** The name of an endpoint or a dashboard, whose id says what it is, too. */
const nameIn = (node: GraphNode) => node.id.slice(node.id.indexOf(':') + 1);

function Names({
  title,
  ids,
  nodes,
  onSelect,
}: {
  title: string;
  ids: string[];
  nodes: GraphNode[];
  onSelect: (id: string) => void;
}) {
  if (ids.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className={css.names}>
        {ids.map((id) => (
          <li key={id}>
            <button type="button" onClick={() => onSelect(id)}>
              {nodes.find((n) => n.id === id)?.title ?? id}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Columns({ table }: { table: string }) {
  const detail = useTable(table);
  const [column] = useParam('column');
  const choose = (name: string) => setParams({ column: name === column ? '' : name, traced: '' });
  return (
    <section>
      <h3>Columns</h3>
      <Loaded of={detail} rows={4}>
        {({ columns }) => (
          <ul className={css.columns}>
            {columns.map((c) => (
              <li key={c.name}>
                <button
                  type="button"
                  aria-expanded={c.name === column}
                  title={c.description || undefined}
                  onClick={() => choose(c.name)}
                >
                  <Icon name="right" size={12} />
                  <span className="truncate">{c.name}</span>
                  <small className="truncate">{c.type.toLowerCase()}</small>
                </button>
                {c.name === column && <ColumnTrace table={table} column={c.name} />}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function ColumnTrace({ table, column }: { table: string; column: string }) {
  const [traced, trace] = useParam('traced');
  const lineage = useColumnLineage(table, column);
  return (
    <div className={css.trace}>
      <Loaded of={lineage} rows={2}>
        {({ upstream, downstream }) => {
          const users = flat(downstream);
          return (
            <>
              <h4>Comes from</h4>
              {upstream.length === 0 ? (
                <p className="muted">a source, a seed or no column</p>
              ) : (
                <Steps traces={upstream} way="upstream" />
              )}
              <h4>If it goes, {plural(new Set(users.map(nameOf)).size, 'user')} would break</h4>
              {downstream.length === 0 ? (
                <p className="muted">nothing reads it</p>
              ) : (
                <Steps traces={downstream} way="downstream" />
              )}
              <Button aria-pressed={traced !== ''} onClick={() => trace(traced === '' ? 'yes' : '')}>
                Show in the graph
              </Button>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function Steps({ traces, way }: { traces: Trace[]; way: 'upstream' | 'downstream' }) {
  return (
    <ul className={css.steps}>
      {traces.map((trace, i) => (
        <li key={i}>
          <span>{nameOf(trace)}</span>
          <small> {trace.shown ? 'as above' : (trace.use ?? kindOf(trace))}</small>
          {(trace[way] ?? []).length > 0 && <Steps traces={trace[way]!} way={way} />}
        </li>
      ))}
    </ul>
  );
}
