import { useMemo, useState } from 'react';
import { useColumnLineage, useGraph } from '../api/queries';
import type { Graph } from '../api/types';
import { setParams, useParam } from '../app/router';
import { plural } from '../ui/format';
import { Button, Code, Empty, Loaded } from '../ui/ui';
import { Canvas } from './Canvas';
import css from './GraphView.module.css';
import { Inspector } from './Inspector';
import { type Links, links, neighbourhood } from './neighbours';
import { nodesOf } from './trace';
import { Tree } from './Tree';

/** More than so many nodes are not shown at once unless somebody asks for all. */
const LARGE = 150;
const STEPS = ['1', '2', '3'];
const DEFAULT_STEPS = '2';

export default function GraphView() {
  return <Loaded of={useGraph()}>{(graph) => <Explorer graph={graph} />}</Loaded>;
}

function Explorer({ graph }: { graph: Graph }) {
  const { nodes } = graph;
  const [on] = useParam('on');
  const [scope, setScope] = useParam('scope');
  const [listed, list] = useState(false);
  const [column] = useParam('column');
  const [traces] = useParam('traced');
  const linked = useMemo(() => links(nodes), [nodes]);

  const lineage = useColumnLineage(on, on === '' || traces === '' ? null : column).data;
  const traced = useMemo(() => (lineage ? nodesOf(on, lineage) : null), [on, lineage]);
  const steps = scope || (nodes.length > LARGE ? DEFAULT_STEPS : 'all');
  const centre = linked.reads.has(on) ? on : steps === 'all' ? '' : busiest(linked);
  const shown = useMemo(() => {
    if (steps === 'all' || centre === '') return nodes;
    const near = neighbourhood(centre, linked, Number(steps) || Infinity);
    return nodes.filter((n) => near.has(n.id) || traced?.has(n.id));
  }, [nodes, linked, steps, centre, traced]);
  const lit = useMemo(() => traced ?? (on ? neighbourhood(on, linked) : new Set<string>()), [traced, on, linked]);
  const chosen = nodes.find((n) => n.id === on);

  const select = (id: string) => {
    list(false);
    setParams({ on: id === on ? '' : id, column: '', traced: '' });
  };

  if (nodes.length === 0) {
    return (
      <Empty title="The project has no tables yet">
        Write one: <Code>models/marts/first.sql</Code> with a SELECT in it.
      </Empty>
    );
  }
  return (
    <div className={css.explorer} data-listed={listed}>
      <Tree nodes={nodes} selected={on} onSelect={select} />
      <div className={css.stage}>
        <div className={css.bar}>
          <Button className={css.list} aria-pressed={listed} onClick={() => list(!listed)}>
            List
          </Button>
          <label>
            <span className="visually-hidden">How much is shown</span>
            <select value={steps} onChange={(e) => setScope(e.target.value)}>
              <option value="all">Whole project</option>
              {STEPS.map((n) => (
                <option key={n} value={n}>
                  {`Within ${plural(Number(n), 'step')}`}
                </option>
              ))}
              <option value="lineage">Whole lineage</option>
            </select>
          </label>
          <span className="muted">
            {shown.length === nodes.length
              ? plural(nodes.length, 'asset')
              : `${shown.length} of ${nodes.length} assets`}
          </span>
        </div>
        <Canvas nodes={shown} selected={on} lit={lit} onSelect={select} />
      </div>
      {chosen && (
        <Inspector
          key={chosen.id}
          node={chosen}
          nodes={nodes}
          readers={linked.readers.get(chosen.id) ?? []}
          onSelect={select}
          onClose={() => select(on)}
        />
      )}
    </div>
  );
}

/** Where to begin when nothing is chosen: what most others are linked with. */
function busiest({ reads, readers }: Links): string {
  const degree = (id: string) => reads.get(id)!.length + readers.get(id)!.length;
  return [...reads.keys()].reduce((a, b) => (degree(b) > degree(a) ? b : a), [...reads.keys()][0] ?? '');
}
