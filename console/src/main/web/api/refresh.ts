import type { Query, QueryClient } from '@tanstack/react-query';

const FLUSH_MILLIS = 150;
/** Of what stays true for good, since its key names a version. */
const LASTING = 'versioned';

/**
 * Asks again for what is out of date. What comes together is asked once. A question that is under way is let through, and
 * asked once more behind that: were it stopped and begun anew each time, one whose answer takes long would never have any
 * while much happens.
 */
export class Refresher {
  private readonly waiting = new Set<string>();
  private readonly behind = new Set<Query>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: QueryClient) {}

  /** Says which questions are out of date, by the first word of their keys; `*` is all. */
  refresh(names: string[]) {
    names.forEach((name) => this.waiting.add(name));
    if (names.length > 0) this.timer ??= setTimeout(() => this.flush(), FLUSH_MILLIS);
  }

  private flush() {
    this.timer = undefined;
    const names = new Set(this.waiting);
    this.waiting.clear();
    const predicate = ({ queryKey: [name] }: Query) => (names.has('*') ? name !== LASTING : names.has(name as string));
    for (const query of this.client.getQueryCache().findAll({ predicate, fetchStatus: 'fetching' })) {
      this.followUp(query);
    }
    void this.client.invalidateQueries({ predicate }, { cancelRefetch: false });
  }

  private followUp(query: Query) {
    if (this.behind.has(query)) return;
    this.behind.add(query);
    const again = () =>
      setTimeout(() => {
        this.behind.delete(query);
        void this.client.invalidateQueries({ queryKey: query.queryKey, exact: true }, { cancelRefetch: false });
      }, FLUSH_MILLIS);
    query.promise?.then(again, again);
  }
}
