/** Line icons on a grid of 16, drawn for this console. */
const PATHS = {
  graph: 'M2 3.5h4v3H2zM10 2h4v3h-4zM10 10h4v3h-4zM6 5h2v-1.5h2M8 5v6.5h2',
  runs: 'M2 4h7M5 8h9M3 12h6',
  flows: 'M13.5 8a5.5 5.5 0 1 1-1.8-4.1M13.5 2v2.5H11M8 5v3.2l2 1.3',
  catalog: 'M2.5 3h11v10h-11zM2.5 6.5h11M6.5 6.5V13',
  releases: 'M8 2 2.5 5 8 8l5.5-3zM2.5 8 8 11l5.5-3M2.5 11 8 14l5.5-3',
  sql: 'M3 4l3.5 4L3 12M8.5 12H13',
  settings:
    'M2.5 5h6M12.5 5h1M2.5 11h1M7.5 11h6M10.5 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.5 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6 14 14',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
  logout: 'M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  warning: 'M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3l2 1.5',
  running: 'M13.5 8A5.5 5.5 0 0 0 8 2.5',
  blocked: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM4 12l8-8',
  none: 'M8 13a5 5 0 1 0 0-10 5 5 0 0 0 0 10z',
  edit: 'M3 13l.6-3L11 2.6 13.4 5 6 12.4zM9.5 4.1l2.4 2.4',
  skip: 'M3 4l5 4-5 4zM9 4l5 4-5 4z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M4.5 3l8 5-8 5z',
  retry: 'M2.5 8a5.5 5.5 0 1 1 1.8 4.1M2.5 14v-2.5H5',
  stop: 'M4 4h8v8H4z',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4 6 8l4 4',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  download: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M2.5 13.5h11',
  table: 'M2.5 3h11v10h-11zM2.5 6.5h11M2.5 10h11M6.5 6.5V13',
  source:
    'M8 6c3 0 5.5-.9 5.5-2S11 2 8 2 2.5 2.9 2.5 4 5 6 8 6zM2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2',
  seed: 'M3.5 2h6l3 3v9h-9zM9.5 2v3h3M6 8h4M6 11h4',
  view: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  job: 'M3 4l3.5 4L3 12M8.5 12H13',
  endpoint: 'M5 5.5 2.5 8 5 10.5M11 5.5l2.5 2.5L11 10.5M9.3 3.5l-2.6 9',
  column: 'M6 2.5h4v11H6z',
  chart: 'M2.5 2.5v11h11M5.5 11V8M8.5 11V5M11.5 11V7',
  dashboard: 'M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5H7v3H2.5z',
  open: 'M6.5 3h-4v10.5h10.5v-4M9 2.5h4.5V7M13.5 2.5 8 8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      className={className}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

const KINDS: Record<string, IconName> = {
  source: 'source',
  seed: 'seed',
  view: 'view',
  job: 'job',
  endpoint: 'endpoint',
  dashboard: 'dashboard',
};

const OTHERS = new Set(['job', 'endpoint', 'dashboard']);

/** Whether something of the graph holds rows. */
export const isTable = (kind: string) => !OTHERS.has(kind);

/** Whether something of the graph is made by runs, and so stands somewhere: endpoints and dashboards are only asked. */
export const stands = (kind: string) => kind !== 'endpoint' && kind !== 'dashboard';

export const kindIcon = (kind: string): IconName => KINDS[kind] ?? 'table';
