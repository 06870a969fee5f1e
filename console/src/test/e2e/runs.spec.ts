import { api, expect, open, test } from './console';
import { everyLook, SIZES } from './look';
import { Server } from './server';

/** Runs, as they are watched: what waits, what prints, what is due, and what the graph shows of it. */

const FILES = {
  'towpath.yml': 'project: small\npools: {narrow: 1}\n',
  'seeds/raw/t.csv': 'id\n1\n2\n',
  'models/marts/slow.sql':
    "SELECT id, (SELECT max(md5(md5(i::VARCHAR || '{{GO}}'))) FROM range(3000000) AS r(i)) AS most FROM raw.t\n",
  'jobs/first.yml': 'type: shell\npool: narrow\npriority: 2\nrun: sleep 2\n',
  'jobs/second.yml': 'type: shell\npool: narrow\nrun: sleep 1\n',
  'jobs/talk.yml':
    'type: shell\nrun: |\n  for i in $(seq 200); do echo "line $i"; done\n  for i in $(seq 201 260); do echo "line $i"; sleep 0.1; done\n',
  'jobs/quick.yml': 'type: empty\n',
  'jobs/broken.yml': 'type: shell\nneeds: job:quick\nrun: |\n  echo so far so good\n  cat nowhere.csv\n',
  'jobs/never.yml': 'type: empty\nneeds: job:broken\n',
  'flows/broken.yml': 'run: [job:quick, job:broken, job:never]\n',
  'flows/narrow.yml': 'run: [job:first, job:second]\n',
  'flows/talk.yml': 'run: job:talk\n',
  'flows/hourly.yml': 'cron: "0 * * * *"\ntimezone: UTC\nrun: job:quick\n',
  'flows/build.yml': 'run: marts.slow\n',
};

let server: Server;
test.beforeAll(async () => {
  server = await Server.of(FILES);
});
test.afterAll(() => server.end());

const started = async (flow: string) => (await api<{ id: string }>('POST', `/flows/${flow}/runs`, {}, server)).id;

test('a task that waited for a slot has that drawn before its run, and told', async ({ page }) => {
  const id = await started('narrow');
  await open(page, `/runs/${id}`, server);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('success', { timeout: 30_000 });
  const row = page.getByRole('table', { name: 'What ran when' }).getByRole('row').filter({ hasText: 'second' });
  const waited = row.getByTitle(/^waited \d/);
  const [wait, run] = [await waited.boundingBox(), await row.locator('[data-tone=ok]').last().boundingBox()];
  expect(wait!.width).toBeGreaterThan(50);
  expect(run!.width).toBeGreaterThan(25);
  expect(Math.abs(wait!.x + wait!.width - run!.x)).toBeLessThan(2);
  const looks = (bar: typeof waited) => bar.evaluate((e) => getComputedStyle(e).background);
  expect(await looks(waited)).not.toBe(await looks(row.locator('[data-tone=ok]').last()));
});

test('a log follows its end until somebody scrolls up, and again from there', async ({ page }) => {
  const id = await started('talk');
  await open(page, `/runs/${id}`, server);
  const log = page.getByRole('log');
  const end = page.getByRole('button', { name: 'To the end' });
  await expect(log.getByText(/line 210$/)).toBeInViewport();
  await expect(log.getByText(/line 215$/)).toBeInViewport(); // which came later
  await expect(end).toHaveCount(0);
  await log.hover();
  await page.mouse.wheel(0, -2_000);
  await expect(end).toBeVisible();
  const top = await log.evaluate((box) => box.scrollTop);
  const lines = await page.getByText(/^\d+ lines/).textContent();
  await expect(page.getByText(/^\d+ lines/)).not.toHaveText(lines!);
  expect(await log.evaluate((box) => box.scrollTop)).toBe(top); // what comes does not pull one away
  await end.click();
  await expect(log.getByText(/line 260$/)).toBeInViewport({ timeout: 15_000 });
  await expect(end).toHaveCount(0);
});

test('a flow says when it is due next, and runs for the past by a form; its runs come page by page', async ({
  page,
}) => {
  test.slow();
  await open(page, '/flows/hourly', server);
  const next = page
    .getByRole('heading', { name: 'Next, in UTC' })
    .locator('xpath=ancestor::section')
    .getByRole('listitem');
  await expect(next).toHaveCount(5);
  const now = new Date();
  for (let i = 0; i < 5; i++) {
    const hour = new Date(
      Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), now.getUTCHours() + 1 + i),
    );
    await expect(next.nth(i)).toContainText(hour.toISOString().slice(11, 16));
  }

  await page.getByRole('button', { name: 'Backfill' }).click();
  await page.getByLabel('From').fill('2026-01-01');
  await page.getByLabel('To, not included').fill('2026-01-05');
  await page.getByLabel('At a time').fill('8');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Start 96 runs' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const fills = page.getByRole('heading', { name: 'Backfills' }).locator('xpath=ancestor::section');
  await expect(fills).toContainText('of 96 runs');
  await expect(fills).toContainText('96 of 96 runs', { timeout: 90_000 });

  await page.getByRole('link', { name: 'All runs' }).click();
  const rows = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'hourly' }) });
  await expect(rows).toHaveCount(50);
  await page.getByRole('button', { name: 'Older runs' }).scrollIntoViewIfNeeded();
  await expect(rows).toHaveCount(96);
  await expect(page.getByRole('button', { name: 'Older runs' })).toHaveCount(0);
  expect(new Set(await rows.getByRole('link').evaluateAll((all) => all.map((a) => a.getAttribute('href')))).size).toBe(
    96,
  );
  await page.getByLabel('State').selectOption('failed');
  await expect(page.getByText('No runs here yet')).toBeVisible();
});

test('a table that is being built says so in the graph, without a reload', async ({ page }) => {
  await open(page, '/graph', server);
  const node = page.locator('[id="node-marts.slow"]');
  await expect(node).toContainText('up to date');
  await page.evaluate(() => document.documentElement.setAttribute('data-kept', ''));
  server.write('models/marts/slow.sql', FILES['models/marts/slow.sql'].replace('{{GO}}', 'again'));
  await expect(node).not.toContainText('up to date', { timeout: 20_000 });
  await started('build');
  await expect(node).toContainText('running', { timeout: 20_000 });
  await expect(node).toContainText('up to date', { timeout: 40_000 });
  await expect(page.locator('html[data-kept]')).toHaveCount(1);
});

test('looks of a run that failed', async ({ page }) => {
  const id = await started('broken');
  await page.setViewportSize(SIZES.desk);
  await open(page, `/runs/${id}?task=job:broken`, server);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('failed', { timeout: 20_000 });
  await expect(page.getByRole('log')).toContainText('nowhere.csv');
  await expect(page.getByText('more may come')).toHaveCount(0);
  await everyLook(page, 'run-failed');
});
