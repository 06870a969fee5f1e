import type { Page } from '@playwright/test';
import { api, enter, expect, test } from './console';

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
    '/sql',
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

for (const role of ['viewer', 'editor']) {
  test(`who is ${role} sees nothing that would be refused, in any view`, async ({ page, users }) => {
    test.slow();
    await enter(page, await users.add(role, ['*']));
    const refused: string[] = [];
    page.on('response', (r) => r.status() >= 400 && refused.push(`${r.status()} ${r.url()}`));
    for (const path of await views()) {
      await page.goto(`/console${path}`);
      await expect(page.getByText('Live', { exact: true })).toBeVisible();
      await expect(page.getByRole('main')).toContainText(/\S/);
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
      const seen = (await buttons(page)).map((text) => text.trim());
      expect(
        seen.filter((text) => CHANGES[role]!.test(text)),
        path,
      ).toEqual([]);
      for (const [where, button] of MAY[role]!) if (where.test(path)) expect(seen, path).toContain(button);
      await expect(page.getByRole('alert'), path).toHaveCount(0);
    }
    expect(refused).toEqual([]);
    await expect(page.getByRole('tab')).toHaveText(['Account']); // of the settings
  });
}
