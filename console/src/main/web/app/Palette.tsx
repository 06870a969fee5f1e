import { useEffect, useMemo, useRef, useState } from 'react';
import { useFlows, useGraph } from '../api/queries';
import { type IconName, Icon, isTable, kindIcon } from '../ui/icons';
import type { GraphNode } from '../api/types';
import { best } from './find';
import css from './Palette.module.css';
import { navigate } from './router';
import { PLACES } from './Shell';
import { nextTheme } from './theme';

interface Entry {
  title: string;
  note: string;
  icon: IconName;
  go: () => void;
}

const MOST = 50;

/** Ctrl K: everything that has a name, and what can be done, a few letters away. */
export default function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) ref.current?.showModal();
    else ref.current?.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      className={css.palette}
      aria-label="Find anything"
      onClose={onClose}
      onClick={(e) => e.target === ref.current && onClose()}
    >
      {open && <Finder onDone={onClose} />}
    </dialog>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const entries = useEntries();
  const found = useMemo(() => best(typed, entries, (e) => `${e.title} ${e.note}`, MOST), [typed, entries]);
  const current = Math.min(chosen, found.length - 1);

  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onDone();
    entry.go();
  };
  const press = (e: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) {
      e.preventDefault();
      const next = (current + step + found.length) % Math.max(1, found.length);
      setChosen(next);
      document.getElementById(`found-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (e.key === 'Enter') {
      e.preventDefault();
      go(found[current]);
    }
  };
  return (
    <>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={current >= 0 ? `found-${current}` : undefined}
        aria-label="Find tables, flows and views"
        placeholder="Find tables, flows and views"
        value={typed}
        spellCheck={false}
        onChange={(e) => {
          setTyped(e.target.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <ul id="found" role="listbox" aria-label="Found" className={css.found}>
        {found.map((entry, i) => (
          <li
            key={entry.title + entry.note}
            id={`found-${i}`}
            role="option"
            aria-selected={i === current}
            onMouseMove={() => setChosen(i)}
            onClick={() => go(entry)}
          >
            <Icon name={entry.icon} />
            <span className="truncate">{entry.title}</span>
            <small className="truncate">{entry.note}</small>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className={css.nothing}>Nothing has that name</p>}
    </>
  );
}

/** Where something of the graph is looked at. */
function placeOf({ id, kind }: GraphNode): string {
  if (isTable(kind)) return `/catalog/${encodeURIComponent(id)}`;
  if (kind === 'dashboard') return `/dashboards/${encodeURIComponent(id.slice(id.indexOf(':') + 1))}`;
  return `/graph?on=${encodeURIComponent(id)}`;
}

function useEntries(): Entry[] {
  const graph = useGraph().data;
  const flows = useFlows().data;
  return useMemo(() => {
    const to = (where: string) => () => navigate(where);
    const views = PLACES.map((p): Entry => ({ title: p.title, note: 'view', icon: p.icon, go: to(p.to) }));
    const nodes = (graph?.nodes ?? []).map((n): Entry => {
      return { title: n.title, note: n.kind, icon: kindIcon(n.kind), go: to(placeOf(n)) };
    });
    const named = (flows ?? []).map((f): Entry => ({
      title: f.name,
      note: 'flow',
      icon: 'flows',
      go: to(`/flows/${encodeURIComponent(f.name)}`),
    }));
    return [...views, ...named, ...nodes, { title: 'Change the theme', note: 'action', icon: 'sun', go: nextTheme }];
  }, [graph, flows]);
}
