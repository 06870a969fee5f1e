import { type AnchorHTMLAttributes, useSyncExternalStore } from 'react';

/** Every view has a URL: a path below /console/, and parameters for what is chosen in it. */
const BASE = '/console';
const CHANGED = 'towpath-navigated';

export function navigate(to: string, how: { replace?: boolean } = {}) {
  history[how.replace ? 'replaceState' : 'pushState'](null, '', BASE + to);
  window.dispatchEvent(new Event(CHANGED));
}

function subscribe(listener: () => void) {
  window.addEventListener('popstate', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

/** The path below /console, such as /runs. */
export const usePath = () =>
  useSyncExternalStore(subscribe, () => location.pathname.slice(BASE.length).replace(/(?<=.)\/$/, '') || '/');

export const useSearch = () => useSyncExternalStore(subscribe, () => location.search);

/** A parameter of the URL; an empty one is left out. Setting it makes no new step in the history. */
export function useParam(name: string): [string, (value: string) => void] {
  const value = new URLSearchParams(useSearch()).get(name) ?? '';
  return [value, (next) => setParams({ [name]: next })];
}

export function setParams(changes: Record<string, string>) {
  const params = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  navigate(location.pathname.slice(BASE.length) + (text && `?${text}`), { replace: true });
}

/** Puts a query string in place of the one there is, wherever the page is. */
export function setSearch(search: string) {
  history.replaceState(null, '', location.pathname + (search && `?${search}`));
  window.dispatchEvent(new Event(CHANGED));
}

/** The variables of a path that fits a pattern such as /runs/:run, or null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const text = given[i]!;
    if (part.startsWith(':')) {
      try {
        found[part.slice(1)] = decodeURIComponent(text);
      } catch {
        return null; // a broken escape leads nowhere
      }
    } else if (part !== text) {
      return null;
    }
  }
  return found;
}

/** A link to another view; a new tab, and everything else that a browser does with links, works. */
export function Link({ to, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { to: string }) {
  return (
    <a
      {...rest}
      href={BASE + to}
      onClick={(e) => {
        rest.onClick?.(e);
        if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
        e.preventDefault();
        navigate(to);
      }}
    />
  );
}
