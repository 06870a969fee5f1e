import type { Run, Task, TaskState } from '../api/types';
import { dateTime } from '../ui/format';
import type { Bar } from './Gantt';

/** How long a run waited for its start, in milliseconds. */
export function queued(run: Run, now: number): number {
  const from = Math.max(Date.parse(run.created), Date.parse(run.due));
  return Math.max(0, (run.started ? Date.parse(run.started) : run.finished ? Date.parse(run.finished) : now) - from);
}

/** How long it ran, or has run by now; null before it began. */
export const ran = (timed: { started: string | null; finished: string | null }, now: number): number | null =>
  timed.started === null
    ? null
    : Math.max(0, (timed.finished ? Date.parse(timed.finished) : now) - Date.parse(timed.started));

/** For what a run or a task waits, in words after "it waits", by the reader's clock; null when it does not. */
export const waitsFor = ({ waits, waits_until: until }: Pick<Run, 'waits' | 'waits_until'>): string | null =>
  waits && until ? `${waits}, at ${dateTime(until)}` : waits;

export const taskKey = (task: Pick<Task, 'name' | 'index'>) =>
  task.index === null ? task.name : `${task.name}[${task.index}]`;

/** The name of what a task prints into; a task of tables prints one log for each Python model. */
export const logOf = (task: Pick<Task, 'name' | 'index'>) =>
  task.name.replace(':', '.') + (task.index === null ? '' : `.${task.index}`);

const WAITS = new Set<TaskState>(['READY', 'RETRY_WAIT', 'DEFERRED']);

export const taskBar = (task: Task): Bar => ({
  key: taskKey(task),
  title: task.name.replace(/^job:/, ''),
  note: task.index === null ? (task.type === task.name ? '' : task.type) : `#${task.index}`,
  depth: task.index === null ? 0 : 1,
  state: task.state,
  ready: task.started !== null || WAITS.has(task.state) ? task.ready : null,
  started: task.started,
  finished: task.finished,
});

/** The time that all bars together span, widened when it is hardly any. */
export function span(bars: Bar[], from: string, now: number): [number, number] {
  const open = bars.some((b) => b.finished === null && (b.started !== null || b.ready !== null));
  const ends = bars.flatMap((b) => [b.started, b.finished].flatMap((t) => (t ? [Date.parse(t)] : [])));
  const start = Math.min(Date.parse(from), ...ends);
  const end = Math.max(start + 100, ...ends, open ? now : 0);
  return [start, end];
}

/** Round moments to mark on the axis: four or five steps of a round size. */
export function ticks(millis: number): number[] {
  const rough = millis / 5;
  const sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5];
  const hour = 36e5;
  const size = sizes.find((s) => s >= rough) ?? Math.ceil(rough / hour / 6) * hour * 6;
  return Array.from({ length: Math.floor(millis / size) + 1 }, (_, i) => i * size);
}
