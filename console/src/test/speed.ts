import { type Browser, chromium, type Page } from '@playwright/test';
import { weigh } from './e2e/weigh.ts';

/**
 * How fast the console is, in a real browser over real servers; benchmarks/console.py starts them and makes a table of
 * the lines of JSON that this prints. Nothing is asserted: machines differ.
 */
interface Place {
  url: string;
  token: string;
}

const places = JSON.parse(process.env.TOWPATH_PLACES!) as Record<'flights' | 'thousand' | 'five' | 'flows', Place>;
const browser = await chromium.launch({
  executablePath: process.env.TOWPATH_CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

const say = (what: string, value: unknown) => console.log(JSON.stringify({ what, value }));
const kilobytes = (bytes: number) => Math.round(bytes / 100) / 10;
const middle = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!;

/** A browser that has never been there, logged in. */
async function fresh(from: Browser, { url, token }: Place): Promise<Page> {
  const context = await from.newContext({ viewport: { width: 1440, height: 900 }, baseURL: url });
  const page = await context.newPage();
  const answer = await page.request.post('/api/v1/session', { data: { token } });
  if (answer.status() !== 201) throw new Error(await answer.text());
  return page;
}

/** Bytes over the wire of one route, and its first paint. */
async function route(name: string, path: string, ready: string) {
  const page = await fresh(browser, places.flights);
  const bytes = await weigh(page);
  const began = Date.now();
  await page.goto(`/console${path}`);
  await page.locator(ready).first().waitFor();
  const millis = Date.now() - began;
  await page.waitForTimeout(1_000);
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  say(`route ${name}`, {
    kilobytes: kilobytes(bytes.console),
    data: kilobytes(bytes.data),
    paint: Math.round(paint),
    ready: millis,
  });
  await page.context().close();
}

/** Frames of a page while something happens: the time between two, of which 95 of 100 are shorter. */
async function frames(page: Page, work: () => Promise<void>): Promise<{ p95: number; longest: number; count: number }> {
  await page.evaluate(() => {
    const seen: number[] = [];
    const look = (now: number) => {
      seen.push(now);
      (window as never as { looking: number }).looking = requestAnimationFrame(look);
    };
    Object.assign(window, { seen, looking: requestAnimationFrame(look) });
  });
  await work();
  return page.evaluate(() => {
    const { seen, looking } = window as never as { seen: number[]; looking: number };
    cancelAnimationFrame(looking);
    const gaps = seen.slice(1).map((at, i) => at - seen[i]!);
    gaps.sort((a, b) => a - b);
    return {
      p95: Math.round(gaps[Math.floor(gaps.length * 0.95)] ?? 0),
      longest: Math.round(gaps.at(-1) ?? 0),
      count: gaps.length,
    };
  });
}

/** In the page: marks the first frame that has nodes, whenever we come to ask for it. */
function noteDrawing() {
  const look = () => {
    if (!document.querySelector('[id^="node-"]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => performance.mark('drawn'))); // what follows the frame
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
}

/** All of a large graph: from its answer to its picture, and how smoothly it is moved. */
async function graph(name: string, place: Place) {
  const drawn: number[] = [];
  let moved = { p95: 0, longest: 0, count: 0 };
  for (let round = 0; round < 3; round++) {
    const page = await fresh(browser, place);
    await page.addInitScript(noteDrawing);
    await page.goto('/console/graph?scope=all');
    await page.waitForFunction(() => performance.getEntriesByName('drawn').length > 0, null, { timeout: 60_000 });
    drawn.push(
      await page.evaluate(() => {
        const answer = performance.getEntriesByType('resource').find((e) => e.name.endsWith('/api/v1/graph'));
        return performance.getEntriesByName('drawn')[0]!.startTime - (answer as PerformanceResourceTiming).responseEnd;
      }),
    );
    if (round === 2) {
      moved = await frames(page, async () => {
        await page.mouse.move(1_100, 500);
        await page.mouse.down();
        for (let i = 0; i < 120; i++) await page.mouse.move(1_100 - 4 * (i % 60), 500 + 3 * (i % 40));
        await page.mouse.up();
      });
    }
    await page.context().close();
  }
  say(`graph of ${name}`, { picture: Math.round(middle(drawn)), moved });
}

/** A million rows in the page: how they come, and a jump anywhere in them. */
async function rows() {
  const page = await fresh(browser, places.flights);
  const columns =
    'f.day, f.carrier, f.flight_number, f.tailnum, f.origin, f.dest, f.status, f.distance_miles, f.hour, n';
  const sql = `SELECT ${columns} FROM core.flights f, (VALUES (1), (2), (3)) t(n)`;
  await page.goto(`/console/sql?q=${encodeURIComponent(sql)}`);
  await page.getByRole('button', { name: 'Load all rows' }).waitFor({ timeout: 60_000 });
  const began = Date.now();
  await page.getByRole('button', { name: 'Load all rows' }).click();
  await page.getByText(/^1,010,328 rows/).waitFor({ timeout: 120_000 });
  const loaded = Date.now() - began;
  const jumps = await page.getByRole('grid').evaluate(async (grid) => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const needed: number[] = [];
    for (let i = 1; i <= 20; i++) {
      const row = () =>
        grid.querySelector('[role="row"][aria-rowindex]:not([aria-rowindex="1"])')?.getAttribute('aria-rowindex');
      const before = row();
      grid.scrollTo(0, (grid.scrollHeight * ((i * 7) % 20)) / 20);
      let count = 0;
      while (row() === before && count < 30) {
        await frame();
        count++;
      }
      needed.push(count);
    }
    return { frames: Math.max(...needed), rows: grid.querySelectorAll('[role="row"]').length - 1 };
  });
  const heap = await page.evaluate(
    () => (performance as never as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  );
  say('1,010,328 rows', { loaded, ...jumps, heap: Math.round(heap / 1e6) });
  await page.context().close();
}

/** Four charts: from a click in the list to the last of them, when all is loaded, and from nothing. */
async function charts() {
  const four = async (page: Page) =>
    page.waitForFunction(
      () =>
        [...document.querySelectorAll('.js-plotly-plot')].filter((plot) => plot.querySelector('.main-svg .subplot'))
          .length >= 4,
    );
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < 3; round++) {
    const page = await fresh(browser, places.flights);
    let began = Date.now();
    await page.goto('/console/dashboards/overview');
    await four(page);
    cold.push(Date.now() - began);
    await page.getByRole('link', { name: 'Dashboards' }).click();
    began = Date.now();
    await page.getByRole('link', { name: 'New York departures' }).click();
    await four(page);
    warm.push(Date.now() - began);
    await page.context().close();
  }
  say('four charts', { cold: middle(cold), warm: middle(warm) });
}

/** A thousand tasks that do nothing, watched: the events that came, and how the page kept up with them. */
async function events() {
  const { url, token } = places.flows;
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const page = await fresh(browser, places.flows);
  await page.goto('/console/runs');
  await page.getByText('Live', { exact: true }).waitFor();
  const stop = new AbortController();
  const times: number[] = [];
  const follow = fetch(`${url}/api/v1/events`, {
    headers: { ...headers, Accept: 'text/event-stream' },
    signal: stop.signal,
  })
    .then(async (stream) => {
      const decoder = new TextDecoder();
      for await (const piece of stream.body!) {
        const count = decoder.decode(piece, { stream: true }).split('\ndata:').length - 1;
        for (let i = 0; i < count; i++) times.push(performance.now());
      }
    })
    .catch(() => {}); // it is stopped below
  const moved = await frames(page, async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      const run = await fetch(`${url}/api/v1/flows/fan/runs`, { method: 'POST', headers, body: '{}' });
      ids.push(((await run.json()) as { id: string }).id);
    }
    for (const id of ids) {
      for (let state = ''; !['SUCCESS', 'FAILED', 'CANCELLED'].includes(state);) {
        await new Promise((later) => setTimeout(later, 100));
        const now = await fetch(`${url}/api/v1/runs/${id}`, { headers });
        state = ((await now.json()) as { run: { state: string } }).run.state;
      }
    }
  });
  stop.abort();
  await follow;
  const busiest = times.reduce((most, at, i) => {
    const past = times.findIndex((t) => t > at + 1_000);
    return Math.max(most, (past < 0 ? times.length : past) - i);
  }, 0);
  say('events', { count: times.length, busiest, moved });
  await page.context().close();
}

/** The list over many runs: its first page at the server, and in the browser. */
async function runs() {
  const { url, token } = places.flows;
  const headers = { Authorization: `Bearer ${token}` };
  const took: number[] = [];
  for (let i = 0; i < 30; i++) {
    const began = performance.now();
    await (await fetch(`${url}/api/v1/runs?limit=50`, { headers })).json();
    took.push(performance.now() - began);
  }
  const page = await fresh(browser, places.flows);
  const began = Date.now();
  await page.goto('/console/runs');
  await page.locator('a[href*="/runs/"]').first().waitFor();
  say('100,000 runs', {
    server: Math.round(middle(took)),
    most: Math.round(Math.max(...took)),
    page: Date.now() - began,
  });
  await page.context().close();
}

const wanted = process.argv.slice(2);
const all: Record<string, () => Promise<void>> = {
  routes: async () => {
    await route('catalog', '/catalog', 'text=marts.daily');
    await route('graph', '/graph', 'text=core.flights');
    await route('sql', '/sql', '.cm-content');
    await route('dashboards', '/dashboards', 'text=New York departures');
    await route('dashboard', '/dashboards/overview', '.js-plotly-plot .main-svg');
  },
  charts,
  rows,
  thousand: () => graph('1,000 models', places.thousand),
  five: () => graph('5,000 models', places.five),
  runs,
  events,
};
for (const [name, work] of Object.entries(all)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await work().catch((e: unknown) => say(`${name} failed`, String(e).slice(0, 300)));
}
await browser.close();
