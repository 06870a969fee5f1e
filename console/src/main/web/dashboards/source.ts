import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { askJson, path } from '../api/client';
import { inTurn } from '../api/queries';
import { deciding, type Values, write } from './filters';
import type { Answer, Block, Dashboard, Listed, Options } from './types';

/** An answer, or the one before while the next is on its way. */
export interface Asked<T> {
  data: T | undefined;
  error: Error | null;
  stale: boolean;
}

/** Where the parts of a dashboard come from: a server, or the file that they stand in. */
export interface Source {
  /** Whether anything can be asked anew. */
  live: boolean;
  /** Whether there are other views to go to. */
  leads: boolean;
  useOptions(dashboard: Dashboard, values: Values): Asked<Options>;
  useBlock(dashboard: Dashboard, block: Block, values: Values): Asked<Answer>;
  /** Where a dashboard's files come from; null when there are none. */
  exportOf(dashboard: Dashboard, format: string, values: Values, block?: string): string | null;
}

export const useDashboards = () =>
  useQuery({
    queryKey: ['dashboards'],
    queryFn: ({ signal }) => askJson<{ data: Listed[] }>('/dashboards', { signal }),
    select: (d) => d.data,
  });

/**
 * @param extra what stands in the address besides the filters, such as the signature of a link
 */
export const useDashboard = (name: string, extra = '') =>
  useQuery({
    queryKey: ['dashboard', name, extra],
    queryFn: ({ signal }) => askJson<Dashboard>(join(path`/dashboards/${name}`, extra), { signal }),
  });

export const join = (url: string, ...parts: string[]) => {
  const query = parts.filter((p) => p !== '').join('&');
  return query === '' ? url : `${url}?${query}`;
};

const API = '/api/v1';

/** Regions of maps by their addresses, which say what is in them. */
const regions = new Map<string, Promise<unknown>>();
const MOST_REGIONS = 8;

/** The regions that an answer names by their address, in the place of it. */
async function withRegions(answer: Answer, extra: string): Promise<Answer> {
  const { figure } = answer;
  if (!figure?.data.some((trace) => typeof trace.geojson === 'string' && trace.geojson.startsWith(API))) return answer;
  const data = figure.data.map(async (trace) => {
    const { geojson } = trace;
    if (typeof geojson !== 'string' || !geojson.startsWith(API)) return trace;
    const [url, query = ''] = geojson.slice(API.length).split('?');
    let coming = regions.get(geojson);
    if (!coming) {
      if (regions.size >= MOST_REGIONS) regions.delete(regions.keys().next().value!);
      regions.set(geojson, (coming = askJson(join(url!, query, extra), { accept: '*/*' })));
      coming.catch(() => regions.delete(geojson));
    }
    return { ...trace, geojson: await coming };
  });
  return { ...answer, figure: { ...figure, data: await Promise.all(data) } };
}

/** The server's answers; what is shown stays until the next is there. */
export const served = (extra = ''): Source => ({
  live: true,
  leads: true,
  useOptions: (dashboard, values) => {
    const query = write(dashboard.filters, values, deciding(dashboard.filters));
    const found = useQuery({
      queryKey: ['dashboard-options', dashboard.name, dashboard.release, query, extra],
      queryFn: ({ signal }) =>
        askJson<{ data: Options }>(join(path`/dashboards/${dashboard.name}/options`, query, extra), { signal }),
      enabled: dashboard.filters.some((f) => f.hasOptions),
      select: (d) => d.data,
      placeholderData: keepPreviousData,
    });
    return { data: found.data, error: found.error, stale: found.isPlaceholderData };
  },
  useBlock: (dashboard, block, values) => {
    const query = write(dashboard.filters, values, block.uses ?? []);
    const found = useQuery({
      queryKey: ['dashboard-block', dashboard.name, block.id, query, extra],
      queryFn: ({ signal }) =>
        inTurn(async () =>
          withRegions(
            await askJson<Answer>(join(path`/dashboards/${dashboard.name}/blocks/${block.id}`, query, extra), {
              signal,
            }),
            extra,
          ),
        ),
      placeholderData: keepPreviousData,
    });
    return { data: found.data, error: found.error, stale: found.isPlaceholderData };
  },
  exportOf: (dashboard, format, values, block) =>
    join(
      path`/dashboards/${dashboard.name}/export`,
      `format=${format}`,
      write(dashboard.filters, values),
      block === undefined ? '' : path`block=${block}`,
      extra,
    ),
});

export const SourceContext = createContext<Source>(served());

export const useSource = () => useContext(SourceContext);
