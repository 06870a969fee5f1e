import { useEffect, useMemo, useRef, useState } from 'react';
import type { GraphNode } from '../api/types';
import { best } from '../app/find';
import { Icon, isTable, kindIcon, stands } from '../ui/icons';
import { Status } from '../ui/Status';
import { Search } from '../ui/ui';
import { scrollTo, seenRows, useScroll } from '../ui/window';
import css from './Tree.module.css';

interface Props {
  nodes: GraphNode[];
  selected: string;
  onSelect: (id: string) => void;
}

/** A line of the tree: a group, or something in it. */
type Line = { group: string; size: number } | { node: GraphNode };

const LINE = 28; // pixels, as in the style
const AROUND = 10; // lines above and below what is seen, so that the next one is there for a Tab

/**
 * Everything by its schema, beside the graph: to find what one knows the name of. Only the lines that are seen are in the
 * page: those of a thousand tables would take longer than the graph.
 */
export function Tree({ nodes, selected, onSelect }: Props) {
  const [typed, setTyped] = useState('');
  const [closed, setClosed] = useState(new Set<string>());
  const box = useRef<HTMLDivElement>(null);
  const scroll = useScroll(box);
  const lines = useMemo(() => linesOf(nodes, typed, typed ? new Set() : closed), [nodes, typed, closed]);
  const seen = seenRows(lines.length, LINE, scroll.top, scroll.height);
  const first = Math.max(0, seen.first - AROUND);
  const followed = useRef('');

  const toggle = (group: string) => {
    const next = new Set(closed);
    if (!next.delete(group)) next.add(group);
    setClosed(next);
  };
  // what was chosen elsewhere is shown here, once: whoever looks around after that is left alone
  useEffect(() => {
    if (followed.current === selected) return;
    const node = nodes.find((n) => n.id === selected);
    const at = lines.findIndex((line) => 'node' in line && line.node.id === selected);
    if (node && at < 0) {
      if (closed.has(groupOf(node))) toggle(groupOf(node));
      return;
    }
    followed.current = selected;
    const element = box.current!;
    if (node) element.scrollTop = scrollTo(at, lines.length, LINE, element.scrollTop, element.clientHeight);
  }, [selected, lines]);
  return (
    <aside className={css.tree} aria-label="All of the project">
      <Search label="Filter" value={typed} onChange={setTyped} />
      <div ref={box} className={css.lines} tabIndex={-1}>
        <ul style={{ height: lines.length * LINE }}>
          {lines.slice(first, seen.last + AROUND).map((line, i) => (
            <li
              key={'node' in line ? line.node.id : `group ${line.group}`}
              aria-setsize={lines.length}
              aria-posinset={first + i + 1}
              style={{ transform: `translateY(${(first + i) * LINE}px)` }}
            >
              {'node' in line ? (
                <button
                  type="button"
                  aria-pressed={line.node.id === selected}
                  title={line.node.title}
                  onClick={() => onSelect(line.node.id)}
                >
                  <Icon name={kindIcon(line.node.kind)} size={14} />
                  <span className="truncate">{nameIn(line.node)}</span>
                  {stands(line.node.kind) && line.node.status !== 'OK' && <Status state={line.node.status} short />}
                </button>
              ) : typed ? (
                // all that was found is shown
                <span className={css.group}>
                  <GroupFace {...line} />
                </span>
              ) : (
                <button
                  type="button"
                  className={css.group}
                  aria-expanded={!closed.has(line.group)}
                  onClick={() => toggle(line.group)}
                >
                  <Icon name="down" size={12} />
                  <GroupFace {...line} />
                </button>
              )}
            </li>
          ))}
        </ul>
        {lines.length === 0 && <p className={css.nothing}>Nothing has that name</p>}
      </div>
    </aside>
  );
}

function GroupFace({ group, size }: { group: string; size: number }) {
  return (
    <>
      <span className="truncate">{group}</span>
      <span className="muted">{size}</span>
    </>
  );
}

function linesOf(nodes: GraphNode[], typed: string, closed: Set<string>): Line[] {
  const found = typed ? best(typed, nodes, (n) => `${n.title} ${n.tags.join(' ')}`, nodes.length) : nodes;
  const groups = new Map<string, GraphNode[]>();
  for (const node of found) {
    const group = groupOf(node);
    const members = groups.get(group);
    if (members) members.push(node);
    else groups.set(group, [node]);
  }
  return [...groups].flatMap(([group, members]): Line[] => [
    { group, size: members.length },
    ...(closed.has(group) ? [] : members.map((node) => ({ node }))),
  ]);
}

const groupOf = (node: GraphNode) =>
  isTable(node.kind) ? node.title.slice(0, node.title.indexOf('.')) : `${node.kind}s`;

const nameIn = (node: GraphNode) => (isTable(node.kind) ? node.title.slice(node.title.indexOf('.') + 1) : node.title);
