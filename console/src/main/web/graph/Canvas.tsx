import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { GraphNode } from '../api/types';
import { compact } from '../ui/format';
import { Icon, isTable, kindIcon, stands } from '../ui/icons';
import { Status, toneOf } from '../ui/Status';
import { Button } from '../ui/ui';
import css from './Canvas.module.css';
import { begin, type Camera, type Extent, fit, reveal, zoom } from './camera';
import { type Box, type Layout, layOut, type Size, type Wire } from './layout';

/**
 * The graph as a picture. Moving it moves one layer of the page, which the browser does without us; only what can be seen
 * is in the page, so that thousands of nodes cost no more than dozens.
 */
const SIZE: Size = { width: 196, height: 46, gap: 60, space: 16 };
const DRAG = 4; // pixels before a press is a drag
const CELL = 400; // of the page: what is drawn is looked at again when the view has moved so far
const STEP = 1.25;

interface Props {
  nodes: GraphNode[];
  selected: string;
  /** What stands out; the rest is dimmed. Empty when nothing does. */
  lit: Set<string>;
  onSelect: (id: string) => void;
}

export function Canvas({ nodes, selected, lit, onSelect }: Props) {
  const shape = nodes.map((n) => `${n.id}<${n.reads}`).join('\n');
  // how nodes are may change without moving them
  const layout = useMemo(() => layOut(nodes, SIZE), [shape]);
  const { window, world, move, cell } = useCamera(layout, layout.boxes.get(selected));

  const seen = useMemo(() => visible(nodes, layout, cell), [nodes, layout, cell]);
  const step = (e: KeyboardEvent, id: string) => {
    const next = neighbour(layout, id, e.key);
    if (next === null) return;
    e.preventDefault();
    onSelect(next);
    requestAnimationFrame(() => document.getElementById(`node-${next}`)?.focus());
  };
  const first = layout.boxes.has(selected) ? selected : nodes[0]?.id;

  return (
    <div ref={window} className={css.window}>
      <div ref={world} className={css.world} role="group" aria-label="Graph: arrow keys move along it">
        <Wires layout={layout} lit={lit} />
        {seen.map((node) => {
          const box = layout.boxes.get(node.id)!;
          return (
            <button
              key={node.id}
              id={`node-${node.id}`}
              type="button"
              className={css.node}
              data-tone={toneOf(node.status)}
              data-dim={lit.size > 0 && !lit.has(node.id)}
              aria-pressed={node.id === selected}
              tabIndex={node.id === first ? 0 : -1}
              style={{ transform: `translate(${box.x}px, ${box.y}px)`, width: SIZE.width, height: SIZE.height }}
              title={node.description || node.title}
              onClick={() => onSelect(node.id)}
              onKeyDown={(e) => step(e, node.id)}
            >
              <NodeFace node={node} />
            </button>
          );
        })}
      </div>
      <div className={css.controls}>
        <Button
          icon="plus"
          aria-label="Larger"
          onClick={() => move((c, s) => zoom(c, STEP, s.width / 2, s.height / 2))}
        />
        <Button
          icon="minus"
          aria-label="Smaller"
          onClick={() => move((c, s) => zoom(c, 1 / STEP, s.width / 2, s.height / 2))}
        />
        <Button icon="fit" aria-label="All of it" onClick={() => move((_, s) => fit(layout, s))} />
      </div>
    </div>
  );
}

const NodeFace = memo(function NodeFace({ node }: { node: GraphNode }) {
  const dot = isTable(node.kind) ? node.title.indexOf('.') : -1;
  return (
    <>
      <span className={css.title}>
        <Icon name={kindIcon(node.kind)} />
        <span className="truncate">
          <span className="muted">{node.title.slice(0, dot + 1)}</span>
          {node.title.slice(dot + 1)}
        </span>
      </span>
      <span className={css.foot}>
        {stands(node.kind) ? (
          <Status state={node.status} word={node.kind === 'job' && node.status === 'MISSING' ? 'not run' : undefined} />
        ) : (
          <span className="muted">{node.kind}</span>
        )}
        {node.rows !== null && (
          <span className="muted">
            {compact(node.rows)} {node.rows === 1 ? 'row' : 'rows'}
          </span>
        )}
      </span>
    </>
  );
});

const Wires = memo(function Wires({ layout, lit }: { layout: Layout; lit: Set<string> }) {
  const strong = layout.wires.filter((w) => lit.has(w.from) && lit.has(w.to));
  return (
    <svg className={css.wires} width={layout.width} height={layout.height} aria-hidden="true">
      <path data-dim={lit.size > 0} d={layout.wires.map(trace).join('')} />
      {strong.length > 0 && <path data-lit d={strong.map(trace).join('')} />}
    </svg>
  );
});

function trace({ points }: Wire): string {
  let text = `M${points[0]![0]} ${points[0]![1]}`;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1]!;
    const [x, y] = points[i]!;
    const middle = (x0 + x) / 2;
    text += i % 2 === 1 ? `C${middle} ${y0} ${middle} ${y} ${x} ${y}` : `L${x} ${y}`;
  }
  return text;
}

/** The nodes in the part of the graph that is seen, and around it. */
function visible(nodes: GraphNode[], layout: Layout, cell: string): GraphNode[] {
  const [left, top, right, bottom] = cell.split(' ').map(Number) as [number, number, number, number];
  return nodes.filter((n) => {
    const box = layout.boxes.get(n.id);
    return box && box.x < right && box.x + SIZE.width > left && box.y < bottom && box.y + SIZE.height > top;
  });
}

/** What most others are linked with. */
function hub(layout: Layout): Box | undefined {
  const links = new Map<string, number>();
  for (const { from, to } of layout.wires) {
    links.set(from, (links.get(from) ?? 0) + 1);
    links.set(to, (links.get(to) ?? 0) + 1);
  }
  const most = [...links].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0]);
  return layout.boxes.get(most[0]);
}

/** Where an arrow key leads: to what is read or reads, or up and down its layer. */
function neighbour(layout: Layout, id: string, key: string): string | null {
  const box = layout.boxes.get(id)!;
  const nearest = (ids: string[]) =>
    ids.sort((a, b) => Math.abs(layout.boxes.get(a)!.y - box.y) - Math.abs(layout.boxes.get(b)!.y - box.y))[0] ?? null;
  const beside = [...layout.boxes.values()].filter((b) => b.layer === box.layer).sort((a, b) => a.y - b.y);
  const at = beside.indexOf(box);
  switch (key) {
    case 'ArrowLeft':
      return nearest(layout.wires.filter((w) => w.to === id).map((w) => w.from));
    case 'ArrowRight':
      return nearest(layout.wires.filter((w) => w.from === id).map((w) => w.to));
    case 'ArrowUp':
      return beside[at - 1]?.id ?? null;
    case 'ArrowDown':
      return beside[at + 1]?.id ?? null;
    default:
      return null;
  }
}

/** Moves the camera; by hand, unless it is said otherwise. */
type Move = (change: (now: Camera, window: Extent) => Camera, byHand?: boolean) => void;

/** Keeps the camera, and follows wheel, mouse and fingers. It fits the graph until somebody moves it. */
function useCamera(layout: Layout, chosen: Box | undefined) {
  const window = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const camera = useRef<Camera>({ x: 0, y: 0, scale: 1 });
  const touched = useRef(false);
  const first = useRef(chosen);
  first.current = chosen;
  const [cell, setCell] = useState('0 0 0 0');

  const show = useCallback((next: Camera) => {
    camera.current = next;
    world.current!.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
    const size = window.current!.getBoundingClientRect();
    const snap = (value: number, by: number) => Math.floor(value / CELL) * CELL + by;
    const [left, top] = [-next.x / next.scale, -next.y / next.scale];
    const [right, bottom] = [left + size.width / next.scale, top + size.height / next.scale];
    setCell([snap(left, -CELL), snap(top, -CELL), snap(right, 2 * CELL), snap(bottom, 2 * CELL)].join(' '));
  }, []);

  const move: Move = useCallback(
    (change, byHand = true) => {
      touched.current ||= byHand;
      show(change(camera.current, window.current!.getBoundingClientRect()));
    },
    [show],
  );

  useLayoutEffect(() => {
    touched.current = false;
    const again = () =>
      show(
        touched.current
          ? camera.current
          : begin(layout, { chosen: first.current, hub: hub(layout) }, SIZE, window.current!.getBoundingClientRect()),
      );
    again();
    const observer = new ResizeObserver(again);
    observer.observe(window.current!);
    return () => observer.disconnect();
  }, [layout, show]);

  useEffect(() => {
    if (chosen) move((now, size) => reveal(now, chosen, SIZE, size), false);
  }, [chosen, move]);

  useEffect(() => {
    const element = window.current!;
    const corner = () => element.getBoundingClientRect();
    const fingers = new Map<number, { x: number; y: number }>();
    let dragged = false;
    let from = { x: 0, y: 0 };

    const wheel = (e: WheelEvent) => {
      e.preventDefault();
      const { left, top } = corner();
      const factor = Math.exp(-e.deltaY * (e.ctrlKey ? 0.01 : 0.0015));
      move((now) => zoom(now, factor, e.clientX - left, e.clientY - top));
    };
    const down = (e: PointerEvent) => {
      if (e.button !== 0) return;
      fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      dragged = false;
      from = { x: e.clientX, y: e.clientY };
    };
    const drag = (e: PointerEvent) => {
      const before = fingers.get(e.pointerId);
      if (!before) return;
      if (!dragged && Math.hypot(e.clientX - from.x, e.clientY - from.y) < DRAG) return;
      if (!dragged) element.setPointerCapture(e.pointerId);
      dragged = true;
      const other = [...fingers].find(([id]) => id !== e.pointerId)?.[1];
      fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      if (!other) {
        move((now) => ({ ...now, x: now.x + e.clientX - before.x, y: now.y + e.clientY - before.y }));
        return;
      }
      const { left, top } = corner();
      const apart = (p: { x: number; y: number }) => Math.hypot(p.x - other.x, p.y - other.y);
      move((now) =>
        zoom(now, apart({ x: e.clientX, y: e.clientY }) / Math.max(1, apart(before)), other.x - left, other.y - top),
      );
    };
    const up = (e: PointerEvent) => fingers.delete(e.pointerId);
    const click = (e: MouseEvent) => {
      if (dragged) e.stopPropagation();
    };
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', drag);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('click', click, { capture: true });
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', drag);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('click', click, { capture: true });
    };
  }, [move]);

  return { window, world, move, cell };
}
