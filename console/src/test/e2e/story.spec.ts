import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, expect, open, test } from './console';
import { Server } from './server';

/** Builds a table by the API and waits for what comes of it. */
async function build(select: string): Promise<string> {
  const { id } = await api<{ id: string }>('POST', '/builds', { select: [select] });
  for (;;) {
    const { state } = await api<{ state: string }>('GET', `/builds/${id}`);
    if (state !== 'RUNNING') return state;
    await new Promise((later) => setTimeout(later, 200));
  }
}

/** How many flights were late, by the newest release. */
async function lateFlights(): Promise<unknown> {
  const { rows } = await api<{ rows: unknown[][] }>('POST', '/query', { sql: 'SELECT sum(late) FROM marts.daily' });
  return rows[0]![0];
}

const FETCH = 'type: shell\nrun: |\n  echo looking for what came in the night\n  cp incomming/*.csv data/\n';
const SHOP = {
  'towpath.yml': 'project: shop\n',
  'data/1.csv': 'day,amount\n2026-01-01,10\n2026-01-02,20\n',
  'incoming/2.csv': 'day,amount\n2026-01-03,30\n',
  'sources/raw.yml': 'type: files\ntables:\n  orders: {path: "data/*.csv", mode: append}\n',
  'models/marts/sales.sql':
    '/* towpath\ndescription: What was sold, day by day\n*/\nSELECT day, sum(amount)::BIGINT AS amount FROM raw.orders GROUP BY day\n',
  'jobs/fetch.yml': FETCH,
  'flows/nightly.yml':
    'description: Fetches the orders of the day\ncron: "0 3 * * *"\ntimezone: UTC\nrun: [job:fetch, +marts.*]\n',
  'dashboards/shop.md':
    '---\ntitle: How the shop does\n---\n\n```chart\ntitle: Sold a day\ntype: bar\nsql: SELECT day, amount FROM marts.sales ORDER BY day\nx: day\ny: amount\n```\n',
};

test('somebody new finds why last night’s run failed, mends the file, and sees the chart change', async ({ page }) => {
  test.slow();
  const server = await Server.of(SHOP);
  try {
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 11) + '02:00:00Z';
    await api('POST', '/flows/nightly/backfills', { from: day(1), to: day(0) }, server); // what the schedule did

    // where somebody comes in who knows nothing: what there is, and that something is wrong
    await open(page, '', server);
    await expect(page.getByRole('button', { name: /job.*fetch|fetch.*failed/ }).first()).toContainText('failed');
    await page.getByRole('link', { name: 'Dashboards' }).click();
    await page.getByRole('link', { name: 'How the shop does' }).click();
    const bars = page.getByRole('region', { name: 'Sold a day' }).locator('.bars .point');
    await expect(bars).toHaveCount(2);

    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    const failed = page.getByRole('row').filter({ hasText: 'failed' });
    await expect(failed).toHaveCount(1);
    await failed.getByRole('link', { name: 'nightly' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('failed');
    const task = (name: string) =>
      page.getByRole('table', { name: 'What ran when' }).getByRole('row').filter({ hasText: name });
    await expect(task('fetch')).toContainText('failed');
    await expect(page.getByRole('log')).toContainText("cannot stat 'incomming/*.csv'"); // there is the word

    server.write('jobs/fetch.yml', `description: Mended\n${FETCH.replace('incomming', 'incoming')}`);
    const nodes = async () =>
      (await api<{ nodes: { description: string }[] }>('GET', '/graph', undefined, server)).nodes;
    await expect.poll(async () => (await nodes()).some((n) => n.description === 'Mended')).toBe(true); // it is in force
    await page.getByRole('button', { name: 'Retry what failed' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('success', { timeout: 60_000 });
    await expect(task('fetch')).toContainText('success');

    await page.getByRole('link', { name: 'Dashboards' }).click();
    await page.getByRole('link', { name: 'How the shop does' }).click();
    await expect(bars).toHaveCount(3);
    await page.getByRole('link', { name: 'Graph', exact: true }).click();
    await expect(page.getByRole('button', { name: /fetch/ }).first()).not.toContainText('failed');
  } finally {
    await server.end();
  }
});

test('a build that fails says why in the graph, in the list and at its table, and is mended from there', async ({
  page,
}) => {
  test.slow();
  const project = process.env.TOWPATH_PROJECT;
  test.skip(!project, 'the files of the project are not at hand');
  const [model, settings] = ['models/marts/daily.sql', 'towpath.yml'].map((name) => join(project!, name));
  const [good, plain] = [readFileSync(model!, 'utf8'), readFileSync(settings!, 'utf8')];
  const usual = await lateFlights();
  try {
    // what somebody did in the evening: another rule for what is late, and a check that is wrong
    writeFileSync(settings!, plain.replace('late_minutes: 15', 'late_minutes: 60'));
    writeFileSync(model!, good.replace('checks:\n', 'checks:\n  - row_count(1, 10)\n'));
    await expect
      .poll(async () => (await api<{ checks: unknown[] }>('GET', '/assets/marts.daily')).checks.length)
      .toBe(5);
    await build('+marts.daily');

    // the morning: the graph says what failed, the table says why
    await open(page, '/dashboards/overview');
    const late = page.getByRole('region', { name: 'Late by 15 minutes or more' }).locator('p').first();
    await expect(late).toHaveText(/%/);
    const before = (await late.textContent())!;
    await page.getByRole('link', { name: 'Graph', exact: true }).click();
    const node = page.getByRole('button', { name: /marts\.daily.*failed/ }).first();
    await node.click();
    await expect(page.getByRole('complementary', { name: 'marts.daily' })).toContainText('row_count(1, 10)');
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('tab', { name: 'Builds of tables' }).click();
    await page.getByRole('row').filter({ hasText: 'failed' }).getByRole('link').first().click();
    await expect(page.getByText('What came of it')).toBeVisible();
    await expect(page.getByText(/row_count\(1, 10\)/).first()).toBeVisible();
    await page.getByRole('link', { name: 'marts.daily' }).first().click();
    await page.getByRole('tab', { name: /Checks/ }).click();
    await expect(page.getByRole('row').filter({ hasText: 'row_count(1, 10)' })).toContainText('failed');

    // the file is mended and built anew from here; the dashboard shows it, without a reload of anything
    writeFileSync(model!, good);
    await expect(page.getByRole('tab', { name: /^Checks 4/ })).toBeVisible({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Build' }).click();
    await expect(page.getByText('up to date').first()).toBeVisible({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Dashboards' }).click();
    await page.getByRole('link', { name: 'New York departures' }).click();
    await expect(late).toHaveText(/%/);
    await expect(late).not.toHaveText(before);
  } finally {
    writeFileSync(settings!, plain);
    writeFileSync(model!, good);
  }
  const again = async () => {
    await build('+marts.daily');
    return lateFlights();
  };
  await expect.poll(again, { timeout: 60_000, intervals: [1_000] }).toBe(usual);
});
