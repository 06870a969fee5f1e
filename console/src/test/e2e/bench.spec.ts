import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api, ask, expect, open, test } from './console';
import { Server } from './server';

/** What people do with a small project, and what a project may have in it that nobody would write on purpose. */

const EVIL = '<img src=x onerror=alert(1)>';
const RTL = '\u202Eabc';
const COLUMNS = 500;
const SETTINGS = 'project: small\npools: {narrow: 1}\n';
const FILES = {
  'towpath.yml': SETTINGS,
  'dashboards/rows.md': '---\ntitle: Rows\n---\n\n```table\nsql: SELECT * FROM marts.m\n```\n',
  'seeds/raw/t.csv': 'id,region\n1,N\n2,S\n3,W\n',
  'models/marts/m.sql':
    '/* towpath\ndescription: Of every row a part\nchecks: [unique(id)]\n*/\nSELECT id::BIGINT AS id, region FROM raw.t\n',
  'models/marts/odd.sql': `/* towpath\ndescription: "${EVIL}"\n*/\nSELECT '${EVIL}' AS "${EVIL}", '${RTL}' AS "${RTL}" FROM raw.t\n`,
  'models/marts/big.sql': `SELECT '${RTL}' AS rtl, repeat('x', 10000000) AS big, 'after' AS last\n`,
  'models/marts/wide.sql': `SELECT ${Array.from({ length: COLUMNS }, (_, i) => `${i + 1} AS c${i + 1}`).join(', ')}\n`,
  'dashboards/odd.md': `---\ntitle: "${EVIL}"\ndescription: "${RTL}"\n---\n\n\`\`\`table\ntitle: "${EVIL}"\nsql: SELECT * FROM marts.odd\n\`\`\`\n`,
  'dashboards/big.md': '---\ntitle: Big\n---\n\n```table\ntitle: Large values\nsql: SELECT * FROM marts.big\n```\n',
  'dashboards/wide.md': '---\ntitle: Wide\n---\n\n```table\ntitle: Many columns\nsql: SELECT * FROM marts.wide\n```\n',
  'jobs/quick.yml': 'type: empty\n',
  'jobs/long.yml': 'type: shell\nrun: sleep 300\n',
  'jobs/first.yml': 'type: shell\npool: narrow\npriority: 2\nrun: sleep 300\n',
  'jobs/second.yml': 'type: shell\npool: narrow\nrun: sleep 300\n',
  'jobs/third.yml': 'type: empty\nneeds: job:second\n',
  'jobs/eye.yml': 'type: sensor\nfile: never.csv\nevery: 300s\n',
  'flows/wide.yml': 'run: [job:first, job:second, job:third, job:eye]\n',
  'flows/quick.yml': 'run: job:quick\n',
  'flows/long.yml': 'run: job:long\n',
  'flows/hourly.yml': 'cron: "0 * * * *"\ntimezone: UTC\nrun: job:quick\n',
  'flows/typed.yml':
    'run: job:quick\nparams:\n  day: date\n  size: {type: integer, default: 3, min: 1, max: 10}\n  color: {type: varchar, default: red, values: [red, blue]}\n',
};

let server: Server;
test.beforeAll(async () => {
  server = await Server.of(FILES);
  server.write('seeds/raw/t.csv', 'id,region\n1,N\n2,E\n4,W\n');
  server.run('run');
});
test.afterAll(() => server.end());

test.beforeEach(({ page }) => {
  page.on('dialog', () => {
    throw new Error('a script from the data has run');
  });
});

const here = (page: Page, path: string) => open(page, path, server);

const started = async (flow: string) => (await api<{ id: string }>('POST', `/flows/${flow}/runs`, {}, server)).id;

async function over(id: string): Promise<void> {
  const state = async () => (await api<{ run: { state: string } }>('GET', `/runs/${id}`, undefined, server)).run.state;
  await expect.poll(state).toMatch(/SUCCESS|FAILED|CANCELLED/);
}

test('a flow asks for its parameters by their types', async ({ page }) => {
  await here(page, '/flows/typed');
  await page.getByRole('button', { name: 'Run now' }).click();
  const form = page.getByRole('dialog');
  const run = form.getByRole('button', { name: 'Run', exact: true });
  await run.click();
  await expect(page).toHaveURL(/flows\/typed$/); // the day is missing
  await form.getByLabel('day').fill('2026-01-31');
  const size = form.getByLabel('size');
  await expect(size).toHaveAttribute('type', 'number');
  await size.fill('11');
  await run.click();
  await expect(page).toHaveURL(/flows\/typed$/); // it is ten at most, as the browser says
  await expect(form.getByRole('alert')).toHaveCount(0);
  await size.evaluate((field) => field.removeAttribute('max'));
  await run.click();
  await expect(form.getByRole('alert')).toContainText('size cannot be "11"');
  await expect(form.getByRole('alert')).toContainText('it is at most 10'); // and what to do, as the server says
  await size.fill('4');
  await form.getByLabel('color').selectOption('blue');
  await run.click();
  await expect(page).toHaveURL(/\/runs\/.+/);
  await expect(page.getByText(/"day":"2026-01-31"/)).toBeVisible();
  await expect(page.getByText(/"size":4/)).toBeVisible();
  await expect(page.getByText(/"color":"blue"/)).toBeVisible();
});

test('a task of a run that is over runs again from there', async ({ page }) => {
  const id = await started('quick');
  await over(id);
  await here(page, `/runs/${id}`);
  await page.getByRole('cell').getByRole('button', { name: 'quick' }).click();
  const task = page.getByRole('heading', { name: 'job:quick' }).locator('xpath=ancestor::section');
  await expect(task).toContainText('1 time');
  await page.getByRole('button', { name: 'Run again from here' }).click();
  await expect(task).toContainText('2 times');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('success');
});

test('a run and its tasks say what they wait for', async ({ page }) => {
  const first = await started('wide');
  await here(page, `/runs/${first}`);
  const said = async (task: string, why: string | RegExp) => {
    await page.getByRole('cell').getByRole('button', { name: task, exact: true }).click();
    await expect(page.getByText(why)).toBeVisible();
  };
  await said('second', 'It waits for a slot of pool narrow.');
  await said('third', 'It waits for job:second.');
  await said('eye', /^It waits for its next look, at \d{1,2} [A-Z][a-z]{2} 20/); // as other times are written
  await page.getByRole('cell').getByRole('button', { name: 'first', exact: true }).click();
  await expect(page.getByText(/^It waits/)).toHaveCount(0);

  const second = await started('wide');
  const why = `for run ${first}: one run of a flow goes at a time`;
  await here(page, '/runs');
  const row = page.getByRole('row').filter({ has: page.locator(`a[href$="/runs/${second}"]`) });
  await expect(row).toContainText(`waits ${why}`);
  await row.getByRole('link', { name: 'wide' }).click();
  await expect(page.getByText(`It waits ${why}.`)).toBeVisible();
  await api('POST', `/runs/${first}/cancel`, undefined, server);
  await expect(page.getByText(`It waits ${why}.`)).toHaveCount(0); // without a reload
  await expect(page.getByRole('heading', { level: 1 })).toContainText('running');
  await api('POST', `/runs/${second}/cancel`, undefined, server);
});

test('two people at once: the second is told, and sees what the first has done', async ({ page, browser }) => {
  const id = await started('long');
  await api('POST', `/runs/${id}/cancel`, undefined, server);
  await over(id);
  const second = await (await browser.newContext()).newPage();
  await second.route('**/api/v1/events', (route) => route.abort()); // who has not heard of it yet
  await here(page, `/runs/${id}`);
  await here(second, `/runs/${id}`);
  await expect(second.getByRole('button', { name: 'Retry what failed' })).toBeVisible();
  await page.getByRole('button', { name: 'Retry what failed' }).click();
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await second.getByRole('button', { name: 'Retry what failed' }).click();
  await expect(second.getByRole('alert')).toContainText('the run is not over');
  await expect(second.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await second.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Retry what failed' })).toBeVisible(); // without a reload
  await second.context().close();
});

test('the calendar has every run of a month, also when there were many since', async ({ page }) => {
  const now = new Date();
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1));
  const day = (n: number) => new Date(first.getTime() + n * 86_400_000).toISOString();
  const { backfill } = await api<{ backfill: { id: string } }>(
    'POST',
    '/flows/hourly/backfills',
    { from: day(0), to: day(3), parallel: 8 },
    server,
  );
  const state = async () => (await api<{ state: string }>('GET', `/backfills/${backfill.id}`, undefined, server)).state;
  await expect.poll(state, { timeout: 50_000 }).toBe('DONE');
  await here(page, '/flows/hourly');
  await page.getByRole('button', { name: 'The month before' }).click();
  await expect(page).toHaveURL(new RegExp(`month=${day(0).slice(0, 7)}`));
  await page.reload();
  const days = page.getByRole('listitem').filter({ has: page.locator(`time[datetime^="${day(0).slice(0, 7)}"]`) });
  for (const n of [0, 1, 2]) {
    await expect(days.nth(n).getByRole('link')).toHaveCount(3);
    await expect(days.nth(n)).toContainText('+21');
  }
  await expect(days.nth(3)).toContainText('no run');
  await expect(days.nth(3)).toContainText('24');
  await expect(days.nth(0).getByRole('link').first()).toHaveAttribute('title', /00:00/); // in the order of the day
});

test('rows of two releases are compared, and one goes back with a question first', async ({ page }) => {
  await here(page, '/releases?on=2');
  await page.getByRole('button', { name: 'Rows of marts.m' }).click();
  await expect(page.getByText('1 row came, 1 went, 1 changed, told apart by id.')).toBeVisible();
  const rows = page.getByRole('region', { name: 'Rows of marts.m that differ' }).getByRole('row');
  await expect(rows.filter({ hasText: 'changed' }).locator('del')).toHaveText('S');
  await expect(rows.filter({ hasText: 'changed' }).locator('ins')).toHaveText('E');
  await expect(rows.filter({ hasText: 'added' })).toContainText('4');
  await expect(rows.filter({ hasText: 'removed' })).toContainText('3');

  await expect(page.getByRole('button', { name: 'Roll back to it' })).toHaveCount(0); // it is the newest
  await here(page, '/releases?on=1');
  await page.getByRole('button', { name: 'Roll back to it' }).click();
  await page.keyboard.press('Escape'); // thought better of it
  const head = async () => (await api<{ release: number }>('GET', '/project', undefined, server)).release;
  expect(await head()).toBe(2);
  await page.getByRole('button', { name: 'Roll back to it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('Release 3 is published, with what release 1 had.');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('heading', { name: 'Release 3' })).toBeVisible();
  expect(await head()).toBe(3);
});

test('a release that is far back is shown as itself, and asked by a query', async ({ page }) => {
  test.slow();
  let newest = (await api<{ release: number }>('GET', '/project', undefined, server)).release;
  while (newest < 205) {
    const to = newest % 2 === 0 ? 1 : 2; // what is there just now is never published again
    newest = (await api<{ release: { release: number } }>('POST', '/rollback', { to }, server)).release.release;
  }
  await here(page, '/releases?on=1');
  await expect(page.getByRole('heading', { name: 'Release 1', exact: true })).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'marts.m' })).toContainText('new');
  await here(page, '/releases?on=100000');
  await expect(page.getByText('There is no release 100000')).toBeVisible();
  await here(page, '/releases');
  await expect(page.getByRole('heading', { name: `Release ${newest}` })).toBeVisible();
  await page.getByRole('button', { name: 'Older releases' }).click();
  await page.getByRole('list').getByRole('button', { name: /^1 / }).click();
  await expect(page.getByRole('heading', { name: 'Release 1', exact: true })).toBeVisible();

  await here(page, '/sql?release=1');
  await expect(page.getByRole('combobox', { name: 'Release' })).toHaveValue('1');
  const text = page.getByRole('textbox', { name: 'SQL' });
  await ask(page, 'SELECT max(id) AS newest FROM marts.m');
  await expect(page.getByText(/1 row in .*, release 1$/)).toBeVisible();
  await expect(page.getByRole('grid')).toContainText('3');
  await page.reload(); // the address has the query and its release
  await expect(page.getByText(/1 row in .*, release 1$/)).toBeVisible();
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(' -- edited');
  await expect(page).not.toHaveURL(/q=/);
  await page.reload(); // what was not run is not lost
  await expect(text).toHaveText(/-- edited$/);
  await text.click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('tab', { name: 'Result' })).toBeFocused();
  await page.getByRole('combobox', { name: 'Release' }).selectOption({ label: 'older …' });
  await page.getByRole('combobox', { name: 'Release' }).selectOption('2');
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByText(/1 row in .*, release 2$/)).toBeVisible();
  await expect(page.getByRole('grid')).toContainText('4');

  // each of those is in the audit log, page by page
  await here(page, '/settings?tab=audit');
  const entries = page.getByRole('region', { name: 'Audit log' }).locator('tbody').getByRole('row');
  await expect(entries).toHaveCount(200);
  await page.getByRole('button', { name: 'Older entries' }).scrollIntoViewIfNeeded();
  await expect.poll(() => entries.count()).toBeGreaterThan(202);
  await expect(page.getByRole('button', { name: 'Older entries' })).toHaveCount(0);

  // a page that fails is asked for once, and again by whoever looks at it
  let asked = 0;
  await page.route(/audit\?.*before=/, (route) => {
    asked++;
    return asked === 1 ? route.fulfill({ status: 400, json: { detail: 'no such page' } }) : route.continue();
  });
  await here(page, '/settings?tab=audit');
  await expect(entries).toHaveCount(200);
  await page.getByRole('button', { name: /Older entries|Try again/ }).scrollIntoViewIfNeeded();
  await expect(page.getByRole('alert')).toContainText('no such page');
  await page.waitForTimeout(1_000);
  expect(asked).toBe(1);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => entries.count()).toBeGreaterThan(202);
  expect(asked).toBe(2);

  // the server filters
  await page.getByRole('searchbox', { name: 'Filter' }).fill('NOBODY-has-this');
  await expect(page.getByText('Nothing of that is in the log')).toBeVisible();
  expect(asked).toBe(2);
});

test('a query is planned, cancelled, found again, completed and saved as files', async ({ page }) => {
  await here(page, '/sql');
  await ask(page, 'SELECT max(md5(md5(i::VARCHAR))) FROM range(100000000) AS t(i)');
  await expect(page.getByText(/^Running, /)).toBeVisible();
  const progress = page.getByRole('progressbar', { name: 'How far the query is' });
  const far = async () => Number(await progress.getAttribute('value'));
  await expect.poll(far).toBeGreaterThan(0);
  const first = await far();
  await expect.poll(far).toBeGreaterThan(first);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('alert')).toContainText('The query was cancelled');
  await expect(page.getByRole('button', { name: 'Run' })).toBeVisible();

  const sql = "SELECT id, region FROM marts.m WHERE region <> 'x' ORDER BY id";
  await ask(page, sql);
  await expect(page.getByText(/^3 rows in/)).toBeVisible();
  const saved = async (name: string) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
    return readFileSync(await file.path());
  };
  const csv = (await saved('CSV')).toString();
  expect(csv).toMatch(/^id,region\n1,N\n2,[SE]\n[34],W\n$/);
  expect((await saved('Parquet')).subarray(0, 4).toString()).toBe('PAR1');
  expect((await saved('Excel')).subarray(0, 2).toString()).toBe('PK');

  await page.getByRole('tab', { name: 'Plan' }).click();
  await expect(page.getByRole('tabpanel')).toContainText(/seq scan/i);
  await expect(page.getByRole('tabpanel')).toContainText(/order by/i);
  await page.getByRole('tab', { name: /^History/ }).click();
  await expect(page.getByRole('listitem')).toHaveCount(2);
  await expect(page.getByRole('listitem').last()).toContainText('The query was cancelled');
  await ask(page, 'SELECT 1 AS other');
  await page.getByRole('tab', { name: /^History/ }).click();
  await page.getByRole('listitem').filter({ hasText: 'region' }).getByRole('button').click();
  await expect(page.getByRole('textbox', { name: 'SQL' })).toHaveText(sql);

  await page.getByRole('textbox', { name: 'SQL' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('SELECT reg');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('SELECT * FROM marts.wi');
  await expect(page.locator('.cm-tooltip-autocomplete')).toContainText('wide');
});

test('names and values that are markup, run from right to left or are huge stay what they are', async ({ page }) => {
  for (const path of ['/catalog', '/catalog/marts.odd', '/graph?on=marts.odd', '/dashboards']) {
    await here(page, path);
    await expect(page.getByText(EVIL).first()).toBeVisible();
    await expect(page.locator('img[src="x"]')).toHaveCount(0);
  }
  await here(page, '/dashboards/odd');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(EVIL);
  await expect(page.getByRole('columnheader', { name: EVIL })).toBeVisible();
  await expect(page.getByRole('cell', { name: EVIL }).first()).toBeVisible();
  await expect(page.locator('img[src="x"]')).toHaveCount(0);

  await here(page, '/sql');
  await ask(page, `SELECT '${EVIL}' AS evil`);
  await expect(page.getByRole('grid').getByText(EVIL)).toBeVisible();
});

for (const [where, path] of [
  ['a query', `/sql?q=${encodeURIComponent('SELECT * FROM marts.big')}`],
  ['a sample', '/catalog/marts.big?tab=sample'],
] as const) {
  test(`ten million letters, and such as run from right to left, are a cell in ${where}`, async ({ page }) => {
    await here(page, path);
    const cells = page.getByRole('grid').getByRole('gridcell');
    await expect(cells.nth(0)).toHaveText(RTL, { timeout: 30_000 });
    await expect(cells.nth(0)).toHaveCSS('unicode-bidi', 'isolate'); // it turns nothing round but itself
    await expect(cells.nth(2)).toHaveText('after');
    expect((await cells.nth(1).textContent())!.length).toBe(200);
    await cells.nth(1).click();
    const whole = page.getByRole('region', { name: 'All of big' });
    await expect(whole).toContainText('(10,000,000 letters)');
    expect((await whole.locator('pre').textContent())!.length).toBeLessThan(101_000);
  });
}

test('ten million letters, and such as run from right to left, are a cell in a dashboard', async ({ page }) => {
  await here(page, '/dashboards/big');
  const cells = page.getByRole('region', { name: 'Large values' }).getByRole('cell');
  await expect(cells.nth(2)).toHaveText('after', { timeout: 30_000 });
  await expect(cells.nth(0)).toHaveText(RTL);
  const turns = (e: Element) => getComputedStyle(e.querySelector('bdi') ?? e).unicodeBidi;
  expect(await cells.nth(0).evaluate(turns)).toBe('isolate');
  const letters = (await cells.nth(1).textContent())!.length;
  expect(letters).toBeGreaterThan(100);
  expect(letters).toBeLessThan(2_010);
  expect((await cells.nth(1).boundingBox())!.height).toBeLessThan(40); // on one line
});

/** A page of another origin that shows a page of ours in a frame. */
async function framing(url: string) {
  const site = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end(`<iframe src="${url}">`));
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  return { site, origin: `http://127.0.0.1:${(site.address() as AddressInfo).port}` };
}

test('a dashboard is shown in a frame of the sites that the project names, and of no other', async ({
  page,
  complaints,
}) => {
  const { url } = await api<{ url: string }>('POST', '/dashboards/rows/links', {}, server);
  const [named, other] = [await framing(server.url + url), await framing(server.url + url)];
  try {
    server.write('towpath.yml', `${SETTINGS}embed: {origins: ["${named.origin}"]}\n`);
    const policy = async () => (await page.request.get(server.url + url)).headers()['content-security-policy'];
    await expect.poll(policy).toContain(`frame-ancestors 'self' ${named.origin}`);
    await page.goto(named.origin);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('heading', { level: 1 })).toHaveText('Rows');
    await expect(frame.getByRole('columnheader', { name: 'region' })).toBeVisible(); // its rows came, too
    expect(complaints).toEqual([]);

    await page.goto(other.origin);
    await expect.poll(() => complaints.join()).toContain('frame-ancestors');
    await expect(frame.getByRole('heading', { level: 1 })).toHaveCount(0);
    complaints.splice(0);
  } finally {
    server.write('towpath.yml', SETTINGS);
    named.site.close();
    other.site.close();
  }
});

test('a million rows are a page of rows, wherever one jumps', async ({ page }) => {
  test.slow();
  await here(page, `/sql?q=${encodeURIComponent('SELECT i, i * 2 AS twice FROM range(1000000) AS r(i)')}`);
  await page.getByRole('button', { name: 'Load all rows' }).click();
  await expect(page.getByText(/^1,000,000 rows/)).toBeVisible({ timeout: 60_000 });
  const grid = page.getByRole('grid');
  const few = async () => expect(await grid.getByRole('row').count()).toBeLessThanOrEqual(21); // and the head
  const at = grid.getByRole('gridcell', { selected: true });
  await few();
  await grid.focus();
  await page.keyboard.press('Control+End');
  await expect(at).toHaveText('1999998');
  await expect(at).toBeInViewport();
  await few();

  // half way, by the bar; what is there two frames later is what belongs there
  const jumps = await grid.evaluate(async (box) => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    const wrong: string[] = [];
    for (const share of [0.5, 0.1, 0.9, 0.5]) {
      box.scrollTop = share * (box.scrollHeight - box.clientHeight);
      await frame();
      await frame();
      await frame();
      const first = Number(box.querySelector('[role=rowheader]')?.textContent);
      if (Math.abs(first - share * 1_000_000) > 50) wrong.push(`${share}: row ${first}`);
    }
    return wrong;
  });
  expect(jumps).toEqual([]);
  await few();
  await grid.getByRole('gridcell').first().click();
  const middle = Number(await at.textContent());
  expect(Math.abs(middle - 500_000)).toBeLessThan(50);
  await page.keyboard.press('ArrowDown');
  await expect(at).toHaveText(String(middle + 1));
  await page.keyboard.press('ArrowRight');
  await expect(at).toHaveText(String(2 * middle + 2));
  await page.keyboard.press('Control+Home');
  await expect(at).toHaveText('0');
});

test('five hundred columns are drawn as far as they are seen, and reached by keys', async ({ page }) => {
  for (const path of [`/sql?q=${encodeURIComponent('SELECT * FROM marts.wide')}`, '/catalog/marts.wide?tab=sample']) {
    await here(page, path);
    await allColumns(page);
  }
  await here(page, '/catalog/marts.wide');
  await expect(page.getByRole('tab', { name: `Columns ${COLUMNS}` })).toBeVisible();
  await expect(page.getByText(`c${COLUMNS}`, { exact: true }).first()).toBeAttached();

  await here(page, '/dashboards/wide'); // which scrolls in itself
  const last = page.getByRole('columnheader', { name: `c${COLUMNS}`, exact: true });
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeInViewport();
  await expect(page.getByRole('cell', { name: String(COLUMNS), exact: true })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

async function allColumns(page: Page) {
  const grid = page.getByRole('grid');
  await expect(grid).toHaveAttribute('aria-colcount', String(COLUMNS + 1));
  expect(await grid.getByRole('gridcell').count()).toBeLessThan(40);
  await grid.focus();
  await page.keyboard.press('End');
  await expect(grid.getByRole('columnheader', { name: `c${COLUMNS}` })).toBeVisible();
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveText(String(COLUMNS));
  await page.keyboard.press('ArrowLeft');
  await expect(grid.getByRole('gridcell', { selected: true })).toHaveText(String(COLUMNS - 1));
}

test('a project with nothing in it says in every view what to do', async ({ page }) => {
  const empty = await Server.of({ 'towpath.yml': 'project: empty\n' });
  try {
    for (const view of ['graph', 'runs', 'flows', 'catalog', 'releases', 'sql', 'dashboards', 'apis', 'settings']) {
      await open(page, `/${view}`, empty);
      await expect(page.getByText('Live', { exact: true })).toBeVisible();
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      await expect(page.getByRole('alert')).toHaveCount(0);
      await expect(page.getByRole('main').getByText(/\S/).first()).toBeVisible();
    }
    await open(page, '/releases', empty);
    await expect(page.getByText('Nothing has been published yet')).toBeVisible();
    await open(page, '/runs', empty);
    await expect(page.getByText('No runs here yet')).toBeVisible();
    await open(page, '/sql', empty);
    await ask(page, 'SELECT 6 * 7 AS answer');
    await expect(page.getByRole('grid')).toContainText('42');
  } finally {
    await empty.end();
  }
});
