import { useSyncExternalStore } from 'react';

/**
 * Who is logged in, as far as this tab knows: the token that was pasted, kept until the tab is closed. Nothing but the
 * headers below knows how a session is proved.
 */
const KEY = 'towpath.token';
const listeners = new Set<() => void>();

function change(token: string | null) {
  if (token === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
  listeners.forEach((tell) => tell());
}

export const session = {
  headers(): Record<string, string> {
    const token = sessionStorage.getItem(KEY);
    return token === null ? {} : { Authorization: `Bearer ${token}` };
  },
  login: (token: string) => change(token.trim()),
  logout: () => change(null),
};

export function useLoggedIn(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => sessionStorage.getItem(KEY) !== null,
  );
}
