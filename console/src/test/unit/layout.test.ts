import { describe, expect, it } from 'vitest';
import { type Item, layOut } from '../../main/web/graph/layout';

const SIZE = { width: 100, height: 40, gap: 50, space: 10 };

/** A seeded generator (mulberry32), so that a failure can be played again. */
function random(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function graph(nodes: number, seed: number): Item[] {
  const next = random(seed);
  return Array.from({ length: nodes }, (_, i) => ({
    id: `n${i}`,
    reads: Array.from({ length: Math.min(i, Math.floor(next() * 4)) }, () => `n${Math.floor(i * next())}`),
  }));
}

describe('the layout', () => {
  it.each([1, 2, 3, 4, 5])('puts what reads right of what is read, and nothing over another (seed %i)', (seed) => {
    const items = graph(120, seed);
    const { boxes } = layOut(items, SIZE);
    for (const item of items) {
      for (const read of item.reads) expect(boxes.get(read)!.x).toBeLessThan(boxes.get(item.id)!.x);
    }
    const all = [...boxes.values()];
    for (const a of all) {
      for (const b of all) {
        if (a !== b && a.layer === b.layer)
          expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(SIZE.height + SIZE.space - 0.01);
      }
    }
  });

  it('draws a chain straight', () => {
    const items = ['a', 'b', 'c', 'd'].map((id, i, all) => ({ id, reads: i === 0 ? [] : [all[i - 1]!] }));
    const ys = [...layOut(items, SIZE).boxes.values()].map((b) => b.y);
    expect(new Set(ys)).toEqual(new Set([0]));
  });

  it('undoes crossings that need not be', () => {
    const items = [
      { id: 'a', reads: [] },
      { id: 'b', reads: [] },
      { id: 'x', reads: ['b'] },
      { id: 'y', reads: ['a'] },
    ];
    const { boxes } = layOut(items, SIZE);
    const above = (p: string, q: string) => boxes.get(p)!.y < boxes.get(q)!.y;
    expect(above('a', 'b')).toBe(above('y', 'x'));
  });

  it('puts a source next to its reader, and follows long edges around what is between', () => {
    const items = [
      { id: 'raw', reads: [] },
      { id: 'mid', reads: ['raw'] },
      { id: 'late', reads: [] },
      { id: 'end', reads: ['mid', 'late', 'raw'] },
    ];
    const { boxes, wires } = layOut(items, SIZE);
    expect(boxes.get('late')!.layer).toBe(1);
    const long = wires.find((w) => w.from === 'raw' && w.to === 'end')!;
    expect(long.points).toHaveLength(4);
  });

  it('survives nothing, a lonely node, a node that reads itself and a cycle', () => {
    expect(layOut([], SIZE).boxes.size).toBe(0);
    expect(layOut([{ id: 'a', reads: [] }], SIZE)).toMatchObject({ width: 100, height: 40 });
    expect(layOut([{ id: 'a', reads: ['a', 'gone'] }], SIZE).wires).toEqual([]);
    const cycle = layOut(
      [
        { id: 'a', reads: ['b'] },
        { id: 'b', reads: ['a'] },
      ],
      SIZE,
    );
    expect(cycle.boxes.size).toBe(2);
  });

  it('gives the same picture for the same graph', () => {
    expect(layOut(graph(80, 7), SIZE)).toEqual(layOut(graph(80, 7), SIZE));
  });
});
