/** One server-sent event. */
export interface ServerEvent {
  type: string;
  id: string | null;
  data: string;
}

/** Splits a stream of text into server-sent events, as the HTML standard reads them. */
export class EventParser {
  private rest = '';
  private type = 'message';
  private id: string | null = null;
  private data: string[] = [];

  /** Takes the next piece, which may end anywhere, and gives the events that it completes. */
  push(piece: string): ServerEvent[] {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    const events: ServerEvent[] = [];
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        if (this.data.length > 0) {
          events.push({ type: this.type, id: this.id, data: this.data.join('\n') });
        }
        this.type = 'message';
        this.id = null;
        this.data = [];
      } else {
        this.field(line);
      }
    }
    return events;
  }

  private field(line: string) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.type = value;
    else if (name === 'id') this.id = value;
    else if (name === 'data') this.data.push(value);
  }
}

/** The events of a response's body, as they come. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  for await (const piece of body) {
    yield* parser.push(decoder.decode(piece, { stream: true }));
  }
}
