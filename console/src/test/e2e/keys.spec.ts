import type { Page } from '@playwright/test';
import { api, expect, open, test } from './console';

/** What a mouse does, done by keys alone; and nothing keeps the focus. */

const focused = (page: Page) => page.locator(':focus');

/** Goes on by Tab until something of that name has the focus. */
async function tabTo(page: Page, name: string | RegExp) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const said = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement | null;
      return e?.getAttribute('aria-label') ?? (e as HTMLInputElement | null)?.labels?.[0]?.innerText ?? e?.innerText;
    });
    if (typeof name === 'string' ? said?.trim() === name : name.test(said ?? '')) return;
  }
  throw new Error(`Tab does not lead to ${name}`);
}

test('a dashboard is filtered by keys', async ({ page }) => {
  await open(page, '/dashboards/overview');
  const flights = page.getByRole('region', { name: 'Flights', exact: true }).locator('p').first();
  await expect(flights).toHaveText('336,776');
  await tabTo(page, 'Airport: All');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Kennedy');
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(/origin=JFK/);
  await expect(flights).toHaveText('111,279');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('group', { name: 'Airport' })).toHaveCount(0);
  await expect(focused(page)).toHaveAccessibleName('Airport: Kennedy');
  await tabTo(page, 'Reset');
  await page.keyboard.press('Enter');
  await expect(flights).toHaveText('336,776');

  await page.goto('/console/dashboards/routes');
  await expect(page.getByRole('combobox', { name: 'From' })).toBeVisible();
  await tabTo(page, 'From');
  await page.keyboard.type('Kennedy');
  await expect(page).toHaveURL(/origin=JFK/);
});

test('a menu is gone through by keys, and gives the focus back', async ({ page }) => {
  await open(page, '/dashboards/overview');
  await expect(page.getByRole('button', { name: 'Download', exact: true })).toBeVisible();
  await tabTo(page, 'Download');
  await page.keyboard.press('Enter');
  await expect(focused(page)).toHaveText(/^Page/);
  await page.keyboard.press('ArrowUp');
  await expect(focused(page)).toHaveText(/^Print/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(focused(page)).toHaveText(/^PDF/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(focused(page)).toHaveText('Download');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp'); // CSV
  const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(file.suggestedFilename()).toMatch(/\.zip$/);
});

test('a task is chosen among the bars by keys, and a dialog opens and closes', async ({ page }) => {
  const { id } = await api<{ id: string }>('POST', '/flows/nightly/runs', {});
  await open(page, `/runs/${id}`);
  await expect(page.getByRole('cell').getByRole('button', { name: 'month' })).toBeVisible();
  await tabTo(page, 'month');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'job:month' })).toBeVisible();
  await expect(page).toHaveURL(/task=job/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'job:month' })).toHaveCount(0);
  await api('POST', `/runs/${id}/cancel`);

  await page.goto('/console/flows/nightly');
  await expect(page.getByRole('button', { name: 'Run now' })).toBeVisible();
  await tabTo(page, 'Run now');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(focused(page)).toHaveText('Run now');
});

test('the palette is gone through by arrow keys', async ({ page }) => {
  await open(page, '/runs');
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Find/ }).fill('marts');
  const options = page.getByRole('listbox').getByRole('option');
  const second = (await options.nth(1).textContent())!;
  await page.keyboard.press('ArrowDown');
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(options.last()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(second).toContain(decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1)!));
});

const VIEWS = [
  'graph?on=marts.daily',
  'runs',
  'flows/nightly',
  'catalog/marts.daily',
  'sql',
  'dashboards/routes',
  'apis?on=route',
  'settings?tab=users',
];
for (const view of VIEWS) {
  test(`Tab goes through ${view}, and out of it`, async ({ page }) => {
    await open(page, `/${view}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
    const seen = new Set<string>();
    let last: string[] = [];
    for (let i = 0; i < 400; i++) {
      // an editor takes Tab for itself, until Escape says otherwise
      if (await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.matches('.cm-content'))) {
        await page.keyboard.press('Escape');
      }
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const e = document.activeElement as (HTMLElement & { number?: string }) | null;
        if (!e || e === document.body) return '';
        const all = globalThis as unknown as { elements?: number };
        return (e.number ??= `${e.tagName} ${(all.elements = (all.elements ?? 0) + 1)}`);
      });
      if (at === '') break;
      last = [...last.slice(-5), at]; // a date has a stop for each of its parts
      expect(new Set(last).size === 1 && last.length === 6, `the focus stays in ${at}`).toBe(false);
      seen.add(at);
    }
    expect(await page.evaluate(() => document.activeElement === document.body), 'it never leaves').toBe(true);
    expect(seen.size).toBeGreaterThan(12);
  });
}
