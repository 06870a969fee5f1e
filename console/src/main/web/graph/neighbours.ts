import type { GraphNode } from '../api/types';

/** Who reads whom, both ways. */
export interface Links {
  reads: Map<string, string[]>;
  readers: Map<string, string[]>;
}

export function links(nodes: GraphNode[]): Links {
  const known = new Set(nodes.map((n) => n.id));
  const reads = new Map(nodes.map((n) => [n.id, n.reads.filter((id) => known.has(id))]));
  const readers = new Map<string, string[]>(nodes.map((n) => [n.id, []]));
  reads.forEach((inputs, id) => inputs.forEach((input) => readers.get(input)!.push(id)));
  return { reads, readers };
}

/** A node and what is at most so many steps away in one direction. */
export function reach(start: string, next: Map<string, string[]>, steps = Infinity): Set<string> {
  const found = new Set([start]);
  let edge = [start];
  for (let step = 0; step < steps && edge.length > 0; step++) {
    edge = edge.flatMap((id) => next.get(id) ?? []).filter((id) => !found.has(id));
    edge.forEach((id) => found.add(id));
  }
  return found;
}

/** A node with what is above and below it, so many steps far. */
export function neighbourhood(focus: string, { reads, readers }: Links, steps = Infinity): Set<string> {
  return new Set([...reach(focus, reads, steps), ...reach(focus, readers, steps)]);
}
