import { useSyncExternalStore } from 'react';

export type Role = 'viewer' | 'editor' | 'admin';

/** Who is logged in. The session itself is a cookie that no script can read. */
export interface Who {
  user: string;
  role: Role;
  tables: string[];
  endpoints: string[];
  /** What goes with every change, so that no other page can make one; null when a token came with the request. */
  csrf: string | null;
}

/** Before the server has been asked, nobody knows. */
type State = 'unknown' | 'out' | Who;

const ROLES: Role[] = ['viewer', 'editor', 'admin'];
const listeners = new Set<() => void>();
let state: State = 'unknown';

function set(next: State) {
  state = next;
  listeners.forEach((tell) => tell());
}

export const session = {
  is: set,
  over: () => set('out'),
  csrf: () => (typeof state === 'object' ? state.csrf : null),
};

export const useSession = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );

/** Whoever is logged in; for views, which are only there when somebody is. */
export function useWho(): Who {
  const now = useSession();
  if (typeof now === 'string') throw new Error('nobody is logged in');
  return now;
}

/** Whether they may read every table, and so what runs and builds say, which may show rows of any. */
export const useSeesAll = () => useWho().tables.includes('*');

/** Whether they may do what a role may; what they may not do is not offered. */
export const useMay = (role: Role) => ROLES.indexOf(useWho().role) >= ROLES.indexOf(role);
