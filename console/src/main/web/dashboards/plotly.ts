import type { Bundle } from './figure';
import type { Figure } from './types';
import './plotly.css';

/** The parts of Plotly that are used here. */
export interface Plotly {
  react(element: HTMLElement, figure: Figure & { config: unknown }): Promise<unknown>;
  purge(element: HTMLElement): void;
  toImage(element: HTMLElement, options: Record<string, unknown>): Promise<string>;
  Plots: { resize(element: HTMLElement): Promise<unknown> | undefined };
}

/** An element that Plotly has drawn into. */
export interface Drawn extends HTMLElement {
  on(event: 'plotly_click', listener: (event: { points: Mark[] }) => void): void;
  removeAllListeners(event: string): void;
}

export interface Mark {
  customdata?: unknown;
}

type Loader = () => Promise<{ default: unknown }>;

/** Each comes when the first figure needs it. */
const loaders: Record<Bundle, Loader> = {
  cartesian: () => import('plotly.js-cartesian-dist-min'),
  geo: () => import('plotly.js-geo-dist-min'),
  full: () => import('plotly.js-strict-dist-min'),
};

const here: Partial<Record<Bundle, Plotly>> = {};
const coming: Partial<Record<Bundle, Promise<Plotly>>> = {};

/** The bundle when it has come, so that what is drawn again is drawn at once. */
export const loaded = (bundle: Bundle): Plotly | null => here[bundle] ?? null;

export function load(bundle: Bundle): Promise<Plotly> {
  ownStyle();
  return (coming[bundle] ??= loaders[bundle]()
    .then((module) => (here[bundle] = module.default as Plotly))
    .catch((e: unknown) => {
      delete coming[bundle]; // offline: the next try may find it
      throw e;
    }));
}

/** What Plotly looks for before it adds styles of its own: for itself, and for the maps that the full bundle brings. */
const STYLES = ['plotly.js-style-global', '9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53'];

/** Tells Plotly that its styles are here already, since the page's CSP allows none that are made by scripts. */
function ownStyle() {
  for (const id of STYLES) {
    if (document.getElementById(id)) continue;
    const mark = document.createElement('meta');
    mark.id = id;
    mark.className = 'no-inline-styles';
    document.head.append(mark);
  }
}

/** How figures behave: borders of countries come of this server, and nobody is led to Plotly's. */
export const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  showTips: false,
  responsive: false, // a ResizeObserver sees more than the window does
  topojsonURL: `${import.meta.env.BASE_URL}assets/`,
};
