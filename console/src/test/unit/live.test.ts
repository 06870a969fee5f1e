import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pauses } from '../../main/web/api/again';
import { ApiError, passes, Unreachable } from '../../main/web/api/client';
import { Refresher } from '../../main/web/api/refresh';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('addEventListener', () => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A question of the console that takes a while; counts how often it was asked and how often it had an answer. */
function slow(client: QueryClient, name: string, millis: number) {
  const seen = { asked: 0, stopped: 0, answers: 0 };
  const observer = new QueryObserver(client, {
    queryKey: [name],
    queryFn: ({ signal }) => {
      seen.asked++;
      return new Promise<number>((answer, refuse) => {
        const timer = setTimeout(() => {
          seen.answers++;
          answer(seen.asked);
        }, millis);
        signal.addEventListener('abort', () => {
          seen.stopped++;
          clearTimeout(timer);
          refuse(new Error('stopped'));
        });
      });
    },
  });
  observer.subscribe(() => {});
  return seen;
}

describe('while much happens', () => {
  it('a slow answer is let through, and what came after it is asked for behind it', async () => {
    const client = new QueryClient();
    const seen = slow(client, 'graph', 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen).toEqual({ asked: 1, stopped: 0, answers: 1 });
    const refresher = new Refresher(client);
    for (let i = 0; i < 100; i++) {
      refresher.refresh(['graph', 'runs']);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(seen.stopped).toBe(0);
    expect(seen.answers).toBeGreaterThan(7); // in ten seconds, with pauses between
    const { asked } = seen;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(seen.answers).toBe(seen.asked); // the last question was asked after the last event
    expect(seen.asked).toBeGreaterThan(asked);
    const { answers } = seen;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.answers).toBe(answers); // and then it is quiet
    client.clear();
  });

  it('only what an event is about is asked for again, and never what names a version', async () => {
    const client = new QueryClient();
    const [graph, flows, versioned] = ['graph', 'flows', 'versioned'].map((name) => slow(client, name, 10));
    await vi.advanceTimersByTimeAsync(20);
    const refresher = new Refresher(client);
    refresher.refresh(['graph']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([graph!.asked, flows!.asked, versioned!.asked]).toEqual([2, 1, 1]);
    refresher.refresh(['*']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([graph!.asked, flows!.asked, versioned!.asked]).toEqual([3, 2, 1]);
    client.clear();
  });
});

describe('a server that is away', () => {
  it('is told from one that refuses', () => {
    const refusal = (status: number) => new ApiError(status, 'no', null);
    expect([new Unreachable(), refusal(503), refusal(500), refusal(429)].map(passes)).toEqual([true, true, true, true]);
    expect([refusal(401), refusal(403), refusal(404), refusal(409)].map(passes)).toEqual([false, false, false, false]);
  });

  it('is tried more and more seldom, until it answered', async () => {
    const pauses = new Pauses();
    const { signal } = new AbortController();
    const waited = async () => {
      const since = Date.now();
      const pause = pauses.pause(signal);
      await vi.advanceTimersToNextTimerAsync();
      await pause;
      return Date.now() - since;
    };
    const all = [];
    for (let i = 0; i < 6; i++) all.push(await waited());
    expect(all).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    pauses.over();
    expect(await waited()).toBe(1_000);
  });

  it('is not waited for by who has left', async () => {
    const left = new AbortController();
    const pause = new Pauses().pause(left.signal);
    left.abort();
    await pause;
  });
});
