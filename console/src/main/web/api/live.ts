import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { ask } from './client';
import { readEvents, type ServerEvent } from './sse';

/**
 * What happens, as it happens. One tab of a browser follows the server's events and tells the others, so that many tabs
 * cost one connection. An event names no data: it says which questions have to be asked again, and those that come
 * together are asked once.
 */
export type Connection = 'connecting' | 'live' | 'lost';

const FLUSH_MILLIS = 150;
const RETRY_MILLIS = 1_000;
const MOST_RETRY_MILLIS = 15_000;

/** What each event puts out of date; `*` is everything. */
const STALE: [RegExp, QueryKey[]][] = [
  [/^(reset|project\.changed)$/, [['*']]],
  [/^run\./, [['runs'], ['run'], ['flows'], ['backfills']]],
  [/^task\./, [['run'], ['graph']]],
  [/^flow\./, [['flows']]],
  [/^tables\.changed$/, [['graph'], ['builds']]],
  [/^release\./, [['project'], ['graph'], ['table'], ['releases'], ['builds'], ['run']]],
  [/^release\./, [['dashboard'], ['dashboard-options'], ['dashboard-block']]],
];

export function stale(type: string): QueryKey[] {
  return STALE.filter(([pattern]) => pattern.test(type)).flatMap(([, keys]) => keys);
}

type Message = { event: ServerEvent } | { connection: Connection } | { hello: true };

class Live {
  private connection: Connection = 'connecting';
  private readonly listeners = new Set<() => void>();
  private readonly waiting = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: string | null = null;
  private channel: BroadcastChannel | null = null;
  private client: QueryClient | null = null;
  private leads = false;

  /** Follows until the signal; the caller is logged in. */
  start(client: QueryClient, signal: AbortSignal) {
    this.client = client;
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
    let pause = RETRY_MILLIS;
    while (!signal.aborted) {
      try {
        const headers: Record<string, string> = this.last === null ? {} : { 'Last-Event-ID': this.last };
        const response = await ask('/events', { accept: 'text/event-stream', signal, headers });
        pause = RETRY_MILLIS;
        this.tell({ connection: 'live' });
        for await (const event of readEvents(response.body!)) {
          if (event.id !== null) this.last = event.id;
          this.tell({ event });
        }
      } catch {
        // whatever it was: the next try shows whether it is still so
      }
      if (!signal.aborted) {
        this.tell({ connection: 'lost' });
        await new Promise((resume) => setTimeout(resume, pause));
        pause = Math.min(pause * 2, MOST_RETRY_MILLIS);
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
      if (again) this.refresh([['*']]); // what has no id, such as an edit, was missed
    }
    if ('event' in message) this.refresh(stale(message.event.type));
  }

  private refresh(keys: QueryKey[]) {
    keys.forEach((key) => this.waiting.add(JSON.stringify(key)));
    if (keys.length > 0) this.timer ??= setTimeout(() => this.flush(), FLUSH_MILLIS);
  }

  private flush() {
    this.timer = undefined;
    const keys = [...this.waiting].map((text) => JSON.parse(text) as QueryKey);
    this.waiting.clear();
    const all = keys.some((key) => key[0] === '*');
    void this.client?.invalidateQueries({
      predicate: (query) => {
        const [name] = query.queryKey;
        return all ? name !== 'versioned' : keys.some((key) => key[0] === name);
      },
    });
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  now = () => this.connection;
}

export const live = new Live();

export const useConnection = () => useSyncExternalStore(live.subscribe, live.now);
