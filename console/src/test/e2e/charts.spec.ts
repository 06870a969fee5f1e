import type { Page } from '@playwright/test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, open, test } from './console';
import { settled } from './look';
import { Server } from './server';

/** Every type of chart, as a browser draws it: in the console, and in a file that stands for itself. */

const GEO = JSON.stringify({
  type: 'FeatureCollection',
  features: [0, 1].map((i) => ({
    type: 'Feature',
    properties: { code: 'NS'[i] },
    geometry: {
      type: 'Polygon',
      coordinates: [[0, 1, 1, 0, 0].map((x, at) => [4 + i + x, 52 + (at < 2 ? 0 : at < 4 ? 1 : 0)])],
    },
  })),
});

/** Two places in each part of the earth that there are maps of. */
const PLACES: Record<string, [lat: number[], lon: number[]]> = {
  world: [
    [52.4, -33.9],
    [4.9, 151.2],
  ],
  usa: [
    [40.7, 34.1],
    [-74, -118.2],
  ],
  europe: [
    [52.4, 41.9],
    [4.9, 12.5],
  ],
  asia: [
    [35.7, 28.6],
    [139.7, 77.2],
  ],
  africa: [
    [30, -33.9],
    [31.2, 18.4],
  ],
  'north america': [
    [45.4, 19.4],
    [-75.7, -99.1],
  ],
  'south america': [
    [-23.5, -12],
    [-46.6, -77],
  ],
  oceania: [
    [-33.9, -36.8],
    [151.2, 174.8],
  ],
};
const between = (lat: number[], lon: number[]) => `sql: SELECT unnest([${lat}]) AS lat, unnest([${lon}]) AS lon\n`;

/** A chart by its title: what it is, a selector of its marks, and how many of them there are. */
const CHARTS: Record<string, [yaml: string, marks: string, count: number]> = {
  Line: ['type: line\nx: day\ny: n\nseries: region\n', '.scatterlayer .js-line', 2],
  Area: ['type: area\nx: day\ny: n\nseries: region\n', '.scatterlayer .js-fill', 2],
  Bar: ['type: bar\nx: day\ny: n\nseries: region\n', '.barlayer .point path', 6],
  Lying: ['type: bar\nx: day\ny: n\nseries: region\nhorizontal: true\nstack: true\n', '.barlayer .point path', 6],
  Scatter: ['type: scatter\nx: n\ny: part\nsize: n\nseries: region\n', '.scatterlayer .point', 6],
  Pie: ['type: pie\nx: day\ny: n\n', '.pielayer .slice path.surface', 3],
  Heatmap: ['type: heatmap\nx: day\ny: region\nvalue: n\n', '.heatmaplayer image', 1],
  Box: ['type: box\nx: region\ny: n\n', '.boxlayer path.box', 2],
  Histogram: ['type: histogram\nx: n\nbins: 3\n', '.barlayer .point path', 4],
  Indicator: ['type: indicator\nvalue: n\ncompare: part\n', '.indicatorlayer .number', 1],
  Gauge: ['type: indicator\nvalue: n\nmin: 0\nmax: 10\n', '.indicatorlayer .value-arc path', 1],
  States: ['type: choropleth\nlocations: state\nvalue: n\nscope: usa\n', '.choroplethlocation', 6],
  Countries: ['type: choropleth\nlocations: country\nvalue: n\n', '.choroplethlocation', 6],
  Regions: [
    'sql: SELECT region, sum(n) AS n FROM rows GROUP BY region\ntype: choropleth\nlocations: region\nvalue: n\ngeo: dashboards/regions.geojson\nkey: properties.code\n',
    '.choroplethlocation',
    2,
  ],
  ...Object.fromEntries(
    Object.entries(PLACES).map(([scope, [lat, lon]]) => [
      `Map of ${scope}`,
      [`${between(lat, lon)}type: map\nlat: lat\nlon: lon\nscope: ${scope}\n`, '.scattergeo .point', 2],
    ]),
  ),
};

const fence = (title: string, yaml: string) =>
  `\`\`\`chart\ntitle: ${title}\n${yaml.startsWith('sql') ? '' : 'query: rows\n'}${yaml}width: third\n\`\`\`\n\n`;

const FILES = {
  'towpath.yml': 'project: charts\n',
  'models/marts/t.sql': `SELECT * FROM (VALUES
  ('N', DATE '2026-01-01', 1, 0.5, 'NY', 'FRA', 52.4, 4.9), ('N', DATE '2026-01-02', 2, 1.5, 'TX', 'ESP', 48.9, 2.4),
  ('N', DATE '2026-01-03', 3, 2.5, 'CA', 'BRA', 40.4, -3.7), ('S', DATE '2026-01-01', 4, 0.25, 'FL', 'IND', 52.5, 13.4),
  ('S', DATE '2026-01-02', 5, 0.75, 'IL', 'AUS', 41.9, 12.5), ('S', DATE '2026-01-03', 6, 1.25, 'WA', 'ZAF', 59.3, 18.1)
) AS t(region, day, n, part, state, country, lat, lon)\n`,
  'dashboards/regions.geojson': GEO,
  'dashboards/charts.md': `---\ntitle: Charts\n---\n\n\`\`\`sql rows\nSELECT * FROM marts.t ORDER BY region, day\n\`\`\`\n\n${Object.entries(
    CHARTS,
  )
    .map(([title, [yaml]]) => fence(title, yaml))
    .join('')}${fence('Pivot', 'type: pivot\nrows: day\ncolumns: region\nvalue: n\n')}`,
  // a dict needs no package; so many points are drawn by the graphics card, as px.line does from 1,000 on
  'dashboards/drawn.md': `---\ntitle: Drawn\n---

\`\`\`python figure points
# towpath:
#   title: Points
def figure(t):
    x = list(range(2000))
    return {"data": [{"type": "scattergl", "mode": "markers", "x": x, "y": x}], "layout": {"height": 300}}
\`\`\`

\`\`\`python figure solid
# towpath:
#   title: Solid
def figure(t):
    return {"data": [{"type": "surface", "z": [[1, 2], [3, 4]]}], "layout": {"height": 300}}
\`\`\`
`,
};

let server: Server;
test.beforeAll(async () => {
  server = await Server.of(FILES);
});
test.afterAll(() => server.end());

const part = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });

/** All of them, by their marks, which have a place and a size. */
async function drawn(page: Page) {
  for (const [title, [, marks, count]] of Object.entries(CHARTS)) {
    const found = part(page, title).locator(marks);
    await expect(found, title).toHaveCount(count, { timeout: 30_000 });
    const least = () =>
      found.evaluateAll((all) =>
        Math.min(
          ...all.map((mark) => {
            const { width, height } = mark.getBoundingClientRect();
            return width + height;
          }),
        ),
      );
    await expect.poll(least, title).toBeGreaterThan(2);
  }
  await expect(part(page, 'Indicator').locator('.indicatorlayer .number')).toHaveText('1');
  await expect(part(page, 'Pivot').getByRole('row')).toHaveText([/day.*N.*S/, /1.*4$/, /2.*5$/, /3.*6$/]);
  for (const title of ['Countries', ...Object.keys(CHARTS).filter((name) => name.startsWith('Map'))]) {
    const land = part(page, title).locator('.layer.land path');
    await expect.poll(async () => (await land.getAttribute('d'))?.length, title).toBeGreaterThan(500);
  }
  await expect(page.getByRole('alert')).toHaveCount(0);
}

test('every type of chart is drawn', async ({ page }) => {
  await open(page, '/dashboards/charts', server);
  await drawn(page);
  await settled(page);
  await page.screenshot({ path: 'target/screenshots/charts.png', fullPage: true });
});

test('a dashboard exported as a page is drawn from its own file, without a network', async ({ page, context }) => {
  const file = join(server.folder, 'charts.html');
  server.run('export', 'charts', '--format', 'html', '-o', file);
  await context.setOffline(true);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Charts');
  await drawn(page);
  expect(asked.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
});

test('figures that the graphics card draws are drawn', async ({ page }) => {
  await open(page, '/dashboards/drawn', server);
  for (const title of ['Points', 'Solid']) {
    const canvas = part(page, title).locator('canvas').first();
    await expect(canvas).toBeVisible({ timeout: 40_000 });
  }
  await expect(page.getByRole('alert')).toHaveCount(0);
});
