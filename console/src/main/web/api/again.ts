const FIRST_MILLIS = 1_000;
const MOST_MILLIS = 15_000;

/** Pauses between tries to reach a server: each longer than the one before, until one went well. */
export class Pauses {
  private next = FIRST_MILLIS;

  /** Says that a try went well. */
  over() {
    this.next = FIRST_MILLIS;
  }

  /** Until the next try: when its time has come, the browser is online again, or nobody wants it any more. */
  async pause(signal: AbortSignal) {
    const millis = this.next;
    this.next = Math.min(millis * 2, MOST_MILLIS);
    const woken = new AbortController();
    await new Promise<void>((resume) => {
      const timer = setTimeout(resume, millis);
      const wake = () => {
        clearTimeout(timer);
        resume();
      };
      addEventListener('online', wake, { signal: woken.signal });
      signal.addEventListener('abort', wake, { signal: woken.signal });
      if (signal.aborted) wake();
    });
    woken.abort();
  }
}
