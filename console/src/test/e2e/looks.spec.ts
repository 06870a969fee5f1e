import type { Page } from '@playwright/test';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, enter, open, test } from './console';
import { everyLook, SIZES } from './look';

// Every view in light and dark, on a desk and on a phone: without a violation that axe can see, and as a picture in
// target/screenshots for eyes to look at.
type Where = string | (() => Promise<string>);

const lastRun = async () => {
  const { id } = await api<{ id: string }>('POST', '/flows/nightly/runs', {});
  await api('POST', `/runs/${id}/cancel`);
  return `/runs/${id}`;
};
const firstBuild = async () => {
  const { builds } = await api<{ builds: { id: string }[] }>('GET', '/builds');
  return `/builds/${builds.at(-1)!.id}`;
};

const VIEWS: [name: string, path: Where, ready: string][] = [
  ['graph', '/graph', 'text=staging.flights'],
  ['graph-inspector', '/graph?on=marts.daily', 'role=heading[name="marts.daily"]'],
  ['runs', '/runs', 'role=heading[name="Runs"]'],
  ['run', lastRun, 'text=Cause'],
  ['build', firstBuild, 'text=What came of it'],
  ['builds', '/runs?tab=builds', 'role=columnheader[name="Started"]'],
  ['flows', '/flows', 'role=link[name="nightly"]'],
  ['flow', '/flows/nightly', 'text=Last runs'],
  ['catalog', '/catalog', 'role=link[name="marts.daily"]'],
  ['table', '/catalog/marts.daily', 'role=tab[name^="Columns"]'],
  ['sample', '/catalog/marts.daily?tab=sample', 'role=grid'],
  ['profile', '/catalog/core.flights?tab=profile', 'text=Different >> nth=0'],
  ['readers', '/catalog/core.flights?tab=readers', 'role=columnheader[name="Reader"]'],
  ['checks', '/catalog/core.flights?tab=checks', 'text=Last result'],
  ['releases', '/releases', 'text=against'],
  ['history', '/catalog/marts.daily?tab=history', 'role=columnheader[name="Commit"]'],
  ['apis', '/apis?on=route', 'role=button[name="Call"]'],
  ['account', '/settings', 'text=May read'],
  ['users', '/settings?tab=users', 'role=button[name="Add a user"]'],
  ['tokens', '/settings?tab=tokens', 'role=button[name="Create a token"]'],
  ['connections', '/settings?tab=connections', 'text=data/reference.sqlite'],
  ['audit', '/settings?tab=audit', 'role=columnheader[name="Who"]'],
  ['sql', '/sql?q=SELECT%20*%20FROM%20marts.league', 'role=grid'],
];
for (const [name, path, ready] of VIEWS) {
  test(`looks of ${name}`, async ({ page, users }) => {
    if (name === 'users') await users.add('viewer');
    await page.setViewportSize(SIZES.desk);
    await open(page, typeof path === 'string' ? path : await path());
    await page.locator(ready).first().waitFor();
    await everyLook(page, name);
  });
}

test('looks of the login', async ({ page }) => {
  await page.goto('/console/');
  await page.getByLabel('Token').waitFor();
  await everyLook(page, 'login');
});

/** What is not there until something is done: dialogs, the palette, and what is said when something is wrong. */
const press = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).first().click();
const choose = (role: 'tab' | 'gridcell' | 'menuitem', name: string | RegExp) => (page: Page) =>
  page.getByRole(role, { name }).first().click();
const LEAGUE = `/sql?q=${encodeURIComponent('SELECT airline, flights FROM marts.league ORDER BY place')}`;
const FAILS = new Set(['query-mistake', 'no-table', 'offline', 'waiting']);
const OPENED: [name: string, path: string, act: (page: Page) => Promise<unknown>, ready: string][] = [
  ['trigger', '/flows/nightly', press('Run now'), 'role=dialog[name="Run nightly"]'],
  [
    'backfill',
    '/flows/nightly',
    async (page) => {
      await press('Backfill')(page);
      await page.getByLabel('From').fill('2026-01-01');
      await page.getByLabel('To, not included').fill('2026-01-31');
      await press('Preview')(page);
    },
    'role=button[name="Start 30 runs"]',
  ],
  ['rollback', '/releases?on=1', press('Roll back to it'), 'role=button[name="Roll back"]'],
  ['token-form', '/settings?tab=tokens', press('Create a token'), 'role=button[name="Create"]'],
  [
    'token-shown',
    '/settings?tab=tokens',
    async (page) => {
      await press('Create a token')(page);
      await page.getByLabel('Name').fill(`look-${Date.now()}`);
      await press('Create')(page);
    },
    'text=shown only now',
  ],
  ['user-form', '/settings?tab=users', press('Add a user'), 'role=button[name="Add"]'],
  ['user-change', '/settings?tab=users', press('Change'), 'role=button[name="Save"]'],
  ['share', '/dashboards/overview?origin=JFK', press('Share'), 'role=button[name="Make a link"]'],
  [
    'palette',
    '/runs',
    async (page) => {
      await page.getByRole('heading', { name: 'Runs' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: /Find/ }).fill('da');
    },
    'role=listbox[name="Found"] >> role=option',
  ],
  [
    'query-mistake',
    `/sql?q=${encodeURIComponent('SELECT origin,\n  nonsens FROM core.flights')}`,
    async () => {},
    'role=alert',
  ],
  ['sql-chart', LEAGUE, choose('tab', 'Chart'), 'role=img[name=/flights over airline/]'],
  ['sql-plan', LEAGUE, choose('tab', 'Plan'), 'text=/seq scan|table scan|iceberg|parquet/i'],
  ['sql-history', LEAGUE, choose('tab', /^History/), 'role=tabpanel >> role=listitem'],
  ['sql-value', LEAGUE, choose('gridcell', /Delta/), 'role=region[name="All of airline"]'],
  ['rows-diff', '/releases?on=2', press('Rows of marts.daily'), 'text=/the same in both|told apart by/'],
  [
    'column-trace',
    '/graph?on=marts.daily',
    (page) => page.getByRole('button', { name: /^on_time_pct/ }).click(),
    'role=button[name="Show in the graph"]',
  ],
  ['filter-open', '/dashboards/overview', press('Airport: All'), 'role=group[name="Airport"]'],
  ['menu-open', '/dashboards/overview', press('Download'), 'role=menuitem >> nth=0'],
  ['as-a-table', '/dashboards/overview', press('When to fly as a table'), 'role=columnheader[name="hour"]'],
  [
    'link-made',
    '/dashboards/overview?origin=JFK',
    async (page) => {
      await press('Share')(page);
      await press('Make a link')(page);
    },
    'role=dialog >> text=/embed.overview/',
  ],
  [
    'embedded',
    '/dashboards',
    async (page) => {
      const { url } = await api<{ url: string }>('POST', '/dashboards/overview/links', {
        filters: { origin: ['JFK'] },
      });
      await page.goto(url);
    },
    '.js-plotly-plot >> nth=3',
  ],
  [
    'waiting',
    '/runs',
    async (page) => {
      await page.route('**/api/v1/session', (route) => route.abort('connectionrefused'));
      await page.reload();
    },
    'text=Waiting for the server',
  ],
  ['no-view', '/nowhere', async () => {}, 'text=There is nothing at this address'],
  ['no-table', '/catalog/marts.dayly', async () => {}, 'role=alert'],
  [
    'offline',
    '/runs',
    async (page) => {
      await page.getByText('Live', { exact: true }).waitFor();
      await page.context().setOffline(true);
      await page.getByText('Reconnecting', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'SQL' }).click(); // which this page has not loaded yet
    },
    'role=alert',
  ],
];
for (const [name, path, act, ready] of OPENED) {
  test(`looks of ${name}`, async ({ page, users }) => {
    if (path.startsWith('/settings')) await users.add('viewer'); // somebody to change, or to give a token
    await page.setViewportSize(SIZES.desk);
    await open(page, path);
    await act(page);
    await page.locator(ready).first().waitFor();
    await everyLook(page, name, { fails: FAILS.has(name) });
  });
}

test('looks of what somebody may not see', async ({ page, users }) => {
  await enter(page, await users.add('viewer', ['marts.*']));
  await page.setViewportSize(SIZES.desk);
  await page.goto(`/console/sql?q=${encodeURIComponent('SELECT * FROM core.flights')}`);
  await page.getByRole('alert').waitFor();
  await everyLook(page, 'not-theirs', { fails: true });
});

test('looks of a dashboard whose file is broken', async ({ page }) => {
  const project = process.env.TOWPATH_PROJECT;
  test.skip(!project, 'the files of the project are not at hand');
  const file = join(project!, 'dashboards', 'broken.md');
  try {
    writeFileSync(file, '---\ntitle: Broken\n---\n\n```table\nsql: SELECT nonsense FROM marts.daily\n```\n');
    await page.setViewportSize(SIZES.desk);
    await open(page, '/dashboards/broken');
    await page.getByText('cannot be shown until').waitFor({ timeout: 20_000 });
    await everyLook(page, 'broken', { fails: true });
    await page.setViewportSize(SIZES.desk);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await everyLook(page, 'edits', { fails: true });
  } finally {
    rmSync(file, { force: true });
  }
});
