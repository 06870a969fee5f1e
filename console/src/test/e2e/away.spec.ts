import type { Route } from '@playwright/test';
import { api, expect, open, test } from './console';
import { Server } from './server';

/** What is seen of a server that stops, comes back, or cannot be reached. */

const LINES = 40;
const FILES = {
  'towpath.yml': 'project: small\n',
  'seeds/raw/t.csv': 'id,region\n1,N\n2,S\n',
  'models/marts/m.sql': 'SELECT id, region FROM raw.t\n',
  'jobs/talk.yml': `type: shell\nrun: |\n  for i in $(seq ${LINES}); do echo "line $i"; sleep 0.1; done\n`,
  'flows/talk.yml': 'run: job:talk\n',
};

let server: Server;
test.beforeAll(async () => {
  server = await Server.of(FILES);
});
test.afterAll(() => server.end());

test('a server restarts while a run and its log are watched: nothing is lost, and nothing flickers', async ({
  page,
}) => {
  await open(page, '/runs', server);
  const { id } = await api<{ id: string }>('POST', '/flows/talk/runs', {}, server);
  await page.locator(`a[href$="/runs/${id}"]`).click();
  const log = page.getByRole('log');
  await expect(log).toContainText('line 5');
  await expect(page.getByText('more may come')).toBeVisible();
  // an element that is made anew has lost this mark: what is there has to stay
  await page.evaluate(() => {
    for (const e of document.querySelectorAll('[role=log], h1, nav, [role=table]')) e.setAttribute('data-kept', '');
  });
  const kept = await page.locator('[data-kept]').count();
  expect(kept).toBeGreaterThan(2);

  await server.stop();
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible();
  await expect(log).toContainText('line 5');
  await page.waitForTimeout(2_500); // it is away for longer than the first tries are apart
  await expect(page.getByRole('alert')).toHaveCount(0);
  await server.start();
  await expect(page.getByText('Live', { exact: true })).toBeVisible({ timeout: 20_000 });

  await expect(page.getByText('more may come')).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('success');
  const printed = await (
    await fetch(`${server.url}/api/v1/runs/${id}/logs/job.talk`, {
      headers: { Authorization: `Bearer ${server.token}` },
    })
  ).text();
  const all = printed.trimEnd().split('\n');
  expect(all.length).toBeGreaterThan(LINES); // it was begun anew, in the same log
  await expect(page.getByText(`${all.length} lines`, { exact: true })).toBeVisible();
  await expect(log).toContainText(`line ${LINES}`);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy the log' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(all.join('\n'));
  await expect(page.locator('[data-kept]')).toHaveCount(kept);
});

test('a page that is opened while the server does not answer waits for it, and asks nobody to log in', async ({
  page,
}) => {
  await open(page, '/catalog', server);
  await expect(page.getByRole('link', { name: 'marts.m' })).toBeVisible();
  // the page comes, and then the server is gone
  const goes = async (route: Route) => {
    await server.stop();
    await route.continue();
  };
  await page.route('**/api/v1/session', goes, { times: 1 });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Waiting for the server' })).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('cannot be reached');
  await expect(page.getByLabel('Token')).toHaveCount(0);
  await server.start();
  await expect(page.getByRole('link', { name: 'marts.m' })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
});

test('without a network what is there stays, and what happened meanwhile comes with it', async ({ page, context }) => {
  await open(page, '/runs', server);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('Reconnecting', { exact: true })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();
  const { id } = await api<{ id: string }>('POST', '/flows/talk/runs', {}, server);
  await page.getByRole('link', { name: 'Catalog' }).click(); // a view that this page has not loaded yet
  await expect(page.getByRole('alert')).toContainText('could not be loaded');
  await expect(page.getByLabel('Token')).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByRole('link', { name: 'marts.m' })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Runs' }).click();
  await expect(page.locator(`a[href$="/runs/${id}"]`)).toBeVisible();
  await api('POST', `/runs/${id}/cancel`, undefined, server);
});
