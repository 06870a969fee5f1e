import { useEffect, useState } from 'react';
import { Pauses } from '../api/again';
import { passes, path } from '../api/client';
import { follow } from '../api/follow';

/** A log as it is followed; `lines` grows. */
export interface Log {
  lines: readonly string[];
  /** The letters of the longest line. */
  widest: number;
  over: boolean;
  error: Error | null;
}

const NOTHING: Log = { lines: [], widest: 0, over: false, error: null };
// this is what the control characters of terminals look like
const COLOURS = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** Follows a log until its run is over; lines that come together are shown together. */
export function useLog(run: string, log: string): Log {
  const [shown, show] = useState<Log>(NOTHING);
  useEffect(() => {
    const left = new AbortController();
    const lines: string[] = [];
    let widest = 0;
    let frame = 0;
    const tell = (over: boolean, error: Error | null = null) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => show({ lines, widest, over, error }));
    };
    void read(run, log, left.signal, (line) => {
      const plain = line.replace(COLOURS, '');
      lines.push(plain);
      widest = Math.max(widest, plain.length);
      tell(false);
    }).then(
      () => tell(true),
      (error: Error) => !left.signal.aborted && tell(true, error),
    );
    return () => {
      left.abort();
      cancelAnimationFrame(frame);
    };
  }, [run, log]);
  return shown;
}

async function read(run: string, log: string, signal: AbortSignal, line: (text: string) => void) {
  const pauses = new Pauses();
  let place = '0';
  while (!signal.aborted) {
    try {
      for await (const event of follow(path`/runs/${run}/logs/${log}`, place, signal, () => pauses.over())) {
        if (event.type === 'end') return;
        place = event.id ?? place;
        line(event.data);
      }
    } catch (e) {
      if (!passes(e)) throw e;
      // the connection broke, or the server is away: the next one goes on where this one ended
    }
    await pauses.pause(signal);
  }
}
