import { useMemo, useState } from 'react';
import type { GraphNode } from '../api/types';
import { best } from '../app/find';
import { Icon, isTable, kindIcon, stands } from '../ui/icons';
import { Status } from '../ui/Status';
import { Search } from '../ui/ui';
import css from './Tree.module.css';

interface Props {
  nodes: GraphNode[];
  selected: string;
  onSelect: (id: string) => void;
}

const MOST = 500;

/** Everything by its schema, beside the graph: to find what one knows the name of. */
export function Tree({ nodes, selected, onSelect }: Props) {
  const [typed, setTyped] = useState('');
  const groups = useMemo(() => {
    const found = typed ? best(typed, nodes, (n) => `${n.title} ${n.tags.join(' ')}`, MOST) : nodes;
    const by = new Map<string, GraphNode[]>();
    for (const node of found) {
      const group = groupOf(node);
      by.set(group, [...(by.get(group) ?? []), node]);
    }
    return [...by];
  }, [nodes, typed]);

  return (
    <aside className={css.tree} aria-label="All of the project">
      <Search label="Filter" value={typed} onChange={setTyped} />
      <div className={css.groups} tabIndex={-1}>
        {groups.map(([group, members]) => (
          <details key={group} open>
            <summary>
              <Icon name="down" size={12} />
              {group}
              <span className="muted">{members.length}</span>
            </summary>
            <ul>
              {members.map((node) => (
                <li key={node.id}>
                  <button type="button" aria-pressed={node.id === selected} onClick={() => onSelect(node.id)}>
                    <Icon name={kindIcon(node.kind)} size={14} />
                    <span className="truncate">{nameIn(node)}</span>
                    {stands(node.kind) && node.status !== 'OK' && <Status state={node.status} short />}
                  </button>
                </li>
              ))}
            </ul>
          </details>
        ))}
        {groups.length === 0 && <p className={css.nothing}>Nothing has that name</p>}
      </div>
    </aside>
  );
}

const groupOf = (node: GraphNode) =>
  isTable(node.kind) ? node.title.slice(0, node.title.indexOf('.')) : `${node.kind}s`;

const nameIn = (node: GraphNode) => (isTable(node.kind) ? node.title.slice(node.title.indexOf('.') + 1) : node.title);
