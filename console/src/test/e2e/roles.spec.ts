import type { Page } from '@playwright/test';
import { api, enter, expect, test, type User } from './console';
import { Server } from './server';

/** Who may not do something sees no button for it, in no view, and runs into nothing. */

const CHANGES: Record<string, RegExp> = {
  viewer:
    /^(Build|Run now|Pause|Resume|Backfill|Cancel|Retry what failed|Run again from here|Roll back to it|Share|Add a user|Create a token|Revoke|Drop)$/,
  editor: /^(Roll back to it|Add a user|Create a token|Revoke|Drop)$/,
};
/** What an editor does see, so that a view that shows nothing at all is not taken for a good one. */
const MAY: Record<string, [path: RegExp, button: string][]> = {
  viewer: [],
  editor: [
    [/^\/flows\/nightly$/, 'Backfill'],
    [/^\/flows\/nightly$/, 'Pause'],
    [/^\/runs\/./, 'Retry what failed'],
    [/^\/catalog\/marts\.daily$/, 'Build'],
    [/^\/dashboards\/overview$/, 'Share'],
  ],
};

async function views(): Promise<string[]> {
  const { id: run } = await api<{ id: string }>('POST', '/flows/nightly/runs', {});
  await api('POST', `/runs/${run}/cancel`);
  const { builds } = await api<{ builds: { id: string }[] }>('GET', '/builds?limit=1');
  const { releases } = await api<{ releases: { release: number }[] }>('GET', '/releases');
  return [
    '/graph',
    '/graph?on=marts.daily',
    '/runs',
    '/runs?tab=builds',
    `/runs/${run}`,
    `/runs/${run}?task=job:month`,
    `/builds/${builds[0]!.id}`,
    '/flows',
    '/flows/nightly',
    '/catalog',
    '/catalog/marts.daily',
    ...['sample', 'profile', 'checks', 'readers', 'history'].map((tab) => `/catalog/marts.daily?tab=${tab}`),
    '/releases',
    `/releases?on=${releases[1]!.release}`,
    '/sql?q=SELECT%201',
    '/dashboards',
    '/dashboards/overview',
    '/apis',
    '/apis?on=league',
    '/settings',
    ...['users', 'tokens', 'connections', 'audit'].map((tab) => `/settings?tab=${tab}`),
  ];
}

/** All that can be done on a page, by its names. */
const buttons = (page: Page) => page.getByRole('main').getByRole('button').allInnerTexts();

/** Looks at all views as somebody of a role, and finds nothing there that would be refused. */
async function looksAround(page: Page, who: User, role: string, views: string[], changes: RegExp, at?: Server) {
  await enter(page, who, at);
  const refused: string[] = [];
  page.on('response', (r) => r.status() >= 400 && refused.push(`${r.status()} ${r.url()}`));
  for (const path of views) {
    await page.goto(`${at?.url ?? ''}/console${path}`);
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    await expect(page.getByRole('main')).toContainText(/\S/);
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
    const seen = (await buttons(page)).map((text) => text.trim());
    expect(
      seen.filter((text) => changes.test(text)),
      path,
    ).toEqual([]);
    for (const [where, button] of (at ? SOME : MAY)[role]!) {
      if (where.test(path)) expect(seen, path).toContain(button);
    }
    if (path.startsWith('/sql')) {
      await expect(page.getByRole('grid')).toBeVisible();
      await expect(page.getByRole('tab', { name: 'Plan' })).toHaveCount(at ? 0 : 1);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      }
    }
    await expect(page.getByRole('alert'), path).toHaveCount(0);
  }
  expect(refused).toEqual([]);
  await expect(page.getByRole('tab')).toHaveText(['Account']); // of the settings
}

for (const role of ['viewer', 'editor']) {
  test(`who is ${role} sees nothing that would be refused, in any view`, async ({ page, users }) => {
    test.slow();
    await looksAround(page, await users.add(role, ['*']), role, await views(), CHANGES[role]!);
  });
}

/** Of a project where both roles read some tables only: who may change them still may not build. */
const FILES = {
  'towpath.yml': 'project: some\naccess: {viewer: {tables: [marts.*]}, editor: {tables: [marts.*]}}\n',
  'models/marts/a.sql': 'SELECT 1 AS x\n',
  'models/marts/b.sql': 'SELECT x FROM marts.a\n',
  'models/hr/pay.sql': 'SELECT 2 AS pay\n',
  'flows/mine.yml': 'run: marts.*\n',
};
const SOME: typeof MAY = {
  viewer: [],
  editor: [
    [/^\/flows\/mine$/, 'Run now'],
    [/^\/flows\/mine$/, 'Pause'],
  ],
};

test.describe('who may read some tables only', () => {
  let server: Server;
  let run: string;
  test.beforeAll(async () => {
    server = await Server.of(FILES, false);
    run = (await api<{ id: string }>('POST', '/flows/mine/runs', {}, server)).id;
    const built = async () =>
      await api<{ run: { state: string }; builds: string[] }>('GET', `/runs/${run}`, undefined, server);
    await expect.poll(async () => (await built()).run.state, { timeout: 30_000 }).toBe('SUCCESS');
    expect((await built()).builds).toHaveLength(1);
    server.run('run');
  });
  test.afterAll(() => server.end());

  for (const [role, changes] of [
    ['viewer', CHANGES.viewer!],
    ['editor', new RegExp(`${CHANGES.editor!.source}|^Build$`)],
  ] as const) {
    test(`and is ${role} sees nothing that would be refused`, async ({ page, users }) => {
      const views = [
        '/graph?on=marts.b',
        '/runs',
        `/runs/${run}`,
        `/runs/${run}?task=tables`,
        '/flows/mine',
        '/catalog',
        '/catalog/marts.b',
        ...['sample', 'profile', 'checks', 'readers', 'history'].map((tab) => `/catalog/marts.b?tab=${tab}`),
        '/releases',
        `/sql?q=${encodeURIComponent('SELECT x FROM marts.b')}`,
        '/settings',
      ];
      await looksAround(page, await users.add(role, [], server), role, views, changes, server);
    });
  }
});
