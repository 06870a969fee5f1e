import { useSyncExternalStore } from 'react';

/** Light, dark, or as the system says, kept in this browser. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'towpath.theme';
const ORDER: Theme[] = ['system', 'light', 'dark'];
const listeners = new Set<() => void>();

const read = (): Theme => ORDER.find((t) => t === localStorage.getItem(KEY)) ?? 'system';

export function applyTheme() {
  const theme = read();
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function nextTheme() {
  localStorage.setItem(KEY, ORDER[(ORDER.indexOf(read()) + 1) % ORDER.length]!);
  applyTheme();
  listeners.forEach((tell) => tell());
}

export const useTheme = () =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read);
