import { useEffect, useState } from 'react';
import { ask, path } from '../api/client';
import { readEvents } from '../api/sse';

/** A log as it is followed. */
export interface Log {
  lines: string[];
  over: boolean;
  error: Error | null;
}

const RETRY_MILLIS = 1_000;
// this is what the control characters of terminals look like
const COLOURS = /\x1b\[[0-9;?]*[A-Za-z]/g;

/** Follows a log until its run is over; lines that come together are shown together. */
export function useLog(run: string, log: string): Log {
  const [shown, show] = useState<Log>({ lines: [], over: false, error: null });
  useEffect(() => {
    const left = new AbortController();
    const lines: string[] = [];
    let frame = 0;
    const tell = (over: boolean, error: Error | null = null) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => show({ lines: [...lines], over, error }));
    };
    void follow(run, log, left.signal, (line) => {
      lines.push(line.replace(COLOURS, ''));
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

async function follow(run: string, log: string, signal: AbortSignal, line: (text: string) => void) {
  let place = '0';
  while (!signal.aborted) {
    const response = await ask(path`/runs/${run}/logs/${log}`, {
      accept: 'text/event-stream',
      headers: { 'Last-Event-ID': place },
      signal,
    });
    try {
      for await (const event of readEvents(response.body!)) {
        if (event.type === 'end') return;
        place = event.id ?? place;
        line(event.data);
      }
    } catch {
      // the connection broke: the next one goes on where this one ended
    }
    await new Promise((resume) => setTimeout(resume, RETRY_MILLIS));
  }
}
