import { ask } from './client';
import { readEvents, type ServerEvent } from './sse';

/** A server says something every ten seconds at least; one that is silent for longer is not there any more. */
const SILENT_MILLIS = 30_000;

/**
 * Follows what a path tells, from behind the event of an id on, until the stream ends. It breaks when nothing comes any
 * more, or the browser says that there is no network: a connection that is merely dead ends by itself only after hours.
 */
export async function* follow(
  path: string,
  last: string | null,
  signal: AbortSignal,
  opened: () => void,
): AsyncGenerator<ServerEvent> {
  const broken = new AbortController();
  const ended = new AbortController(); // takes the listeners away
  const end = () => broken.abort();
  signal.addEventListener('abort', end, { signal: ended.signal });
  addEventListener('offline', end, { signal: ended.signal });
  let silence = setTimeout(end, SILENT_MILLIS);
  const heard = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, through) {
      clearTimeout(silence);
      silence = setTimeout(end, SILENT_MILLIS);
      through.enqueue(piece);
    },
  });
  try {
    const headers: Record<string, string> = last === null ? {} : { 'Last-Event-ID': last };
    const response = await ask(path, { accept: 'text/event-stream', headers, signal: broken.signal });
    opened();
    yield* readEvents(response.body!.pipeThrough(heard));
  } finally {
    clearTimeout(silence);
    ended.abort();
    broken.abort();
  }
}
