import type { NodeStatus, RunState, TaskState } from '../api/types';
import { words } from './format';
import { Icon, type IconName } from './icons';
import css from './Status.module.css';

export type Tone = 'ok' | 'bad' | 'warn' | 'busy' | 'quiet';

type AnyState = RunState | TaskState | NodeStatus | 'ACTIVE' | 'PAUSED' | 'DONE';

const LOOK: Record<AnyState, [IconName, Tone, string?]> = {
  OK: ['check', 'ok', 'up to date'],
  SUCCESS: ['check', 'ok'],
  DONE: ['check', 'ok'],
  RUNNING: ['running', 'busy'],
  ACTIVE: ['running', 'busy'],
  FAILED: ['failed', 'bad'],
  BLOCKED: ['blocked', 'warn', 'input failed'],
  UPSTREAM_FAILED: ['blocked', 'warn', 'input failed'],
  CHANGED: ['edit', 'warn', 'edited, not built'],
  MISSING: ['none', 'quiet', 'not built'],
  QUEUED: ['clock', 'quiet'],
  WAITING: ['clock', 'quiet'],
  READY: ['clock', 'quiet', 'waits for a slot'],
  RETRY_WAIT: ['retry', 'warn', 'tries again'],
  DEFERRED: ['clock', 'busy', 'watching'],
  SKIPPED: ['skip', 'quiet'],
  CANCELLED: ['stop', 'quiet'],
  PAUSED: ['pause', 'quiet'],
};

export const toneOf = (state: AnyState): Tone => LOOK[state][1];

export const wordOf = (state: AnyState): string => LOOK[state][2] ?? words(state);

/** How something stands: always an icon and a word. */
export function Status({ state, short = false, word }: { state: AnyState; short?: boolean; word?: string }) {
  const [icon, tone] = LOOK[state];
  return (
    <span className={css.status} data-tone={tone}>
      <Icon name={icon} className={icon === 'running' ? css.spin : undefined} />
      <span className={short ? 'visually-hidden' : undefined}>{word ?? wordOf(state)}</span>
    </span>
  );
}
