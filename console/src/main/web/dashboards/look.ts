import { useSyncExternalStore } from 'react';
import type { Look } from './figure';

/** The page's colours, for what is drawn outside of CSS. On paper they are the light ones. */

const listeners = new Set<() => void>();
let current: Look | null = null;

/** A colour of the palette as the browser has worked it out. */
function read(): Look {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const look: Look = {
    text: colour('text'),
    muted: colour('muted'),
    line: colour('line'),
    surface: colour('surface'),
    sunken: colour('sunken'),
    accent: colour('accent'),
    border: colour('border'),
    font: getComputedStyle(document.body).fontFamily,
    series: [1, 2, 3, 4, 5, 6].map((i) => colour(`series-${i}`)),
  };
  probe.remove();
  return look;
}

function changed() {
  current = null;
  listeners.forEach((tell) => tell());
}

let before: string | undefined;

function onPaper() {
  before = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = 'light';
}

function offPaper() {
  if (before === undefined) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = before;
}

let watching = false;

/** From the first figure on; a change of the theme is one of an attribute or of the system's choice. */
function watch() {
  if (watching) return;
  watching = true;
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  addEventListener('beforeprint', () => {
    onPaper();
    changed();
  });
  addEventListener('afterprint', () => {
    offPaper();
    changed();
  });
}

export const useLook = () =>
  useSyncExternalStore(
    (listener) => {
      watch();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (current ??= read()),
  );
