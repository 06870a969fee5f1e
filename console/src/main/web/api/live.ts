import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Pauses } from './again';
import { follow } from './follow';
import { Refresher } from './refresh';
import type { ServerEvent } from './sse';

/**
 * What happens, as it happens. One tab of a browser follows the server's events and tells the others, so that many tabs
 * cost one connection. An event names no data: it says which questions have to be asked again, and those that come
 * together are asked once.
 */
export type Connection = 'connecting' | 'live' | 'lost';

/** What each event puts out of date; `*` is everything. */
const STALE: [RegExp, string[]][] = [
  [/^(reset|project\.changed)$/, ['*']],
  [/^run\./, ['runs', 'run', 'flows', 'backfills']],
  [/^task\./, ['run', 'graph']],
  [/^flow\./, ['flows']],
  [/^tables\.changed$/, ['graph', 'builds']],
  [/^release\./, ['project', 'graph', 'table', 'releases', 'builds', 'run']],
  [/^release\./, ['dashboard', 'dashboard-options', 'dashboard-block']],
];

export function stale(type: string): string[] {
  return STALE.filter(([pattern]) => pattern.test(type)).flatMap(([, names]) => names);
}

type Message = { event: ServerEvent } | { connection: Connection } | { hello: true };

class Live {
  private connection: Connection = 'connecting';
  private readonly listeners = new Set<() => void>();
  private last: string | null = null;
  private channel: BroadcastChannel | null = null;
  private refresher: Refresher | null = null;
  private leads = false;

  /** Follows until the signal; the caller is logged in. */
  start(client: QueryClient, signal: AbortSignal) {
    this.refresher = new Refresher(client);
    const channel = new BroadcastChannel('towpath-live');
    this.channel = channel;
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if ('hello' in data) {
        if (this.leads) channel.postMessage({ connection: this.connection } satisfies Message);
      } else {
        this.hear(data);
      }
    };
    channel.postMessage({ hello: true } satisfies Message);
    signal.addEventListener('abort', () => channel.close());
    const lead = () => this.follow(signal);
    // without locks (plain HTTP under another name than localhost) each tab follows for itself
    if (navigator.locks) navigator.locks.request('towpath-live', { signal }, lead).catch(() => {});
    else void lead();
  }

  private async follow(signal: AbortSignal) {
    this.leads = true;
    const pauses = new Pauses();
    while (!signal.aborted) {
      try {
        const opened = () => {
          pauses.over();
          this.tell({ connection: 'live' });
        };
        for await (const event of follow('/events', this.last, signal, opened)) {
          if (event.id !== null) this.last = event.id;
          this.tell({ event });
        }
      } catch {
        // whatever it was: the next try shows whether it is still so
      }
      if (!signal.aborted) {
        this.tell({ connection: 'lost' });
        await pauses.pause(signal);
      }
    }
    this.leads = false;
  }

  private tell(message: Message) {
    this.channel?.postMessage(message);
    this.hear(message);
  }

  private hear(message: Message) {
    if ('connection' in message && message.connection !== this.connection) {
      const again = this.connection === 'lost' && message.connection === 'live';
      this.connection = message.connection;
      this.listeners.forEach((listener) => listener());
      if (again) this.refresher?.refresh(['*']); // what has no id, such as an edit, was missed
    }
    if ('event' in message) this.refresher?.refresh(stale(message.event.type));
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  now = () => this.connection;
}

export const live = new Live();

export const useConnection = () => useSyncExternalStore(live.subscribe, live.now);
