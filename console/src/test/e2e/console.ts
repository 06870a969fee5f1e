import { test as base, expect, type Page } from '@playwright/test';

export { expect };

/** Mistakes that the browser itself noticed: exceptions, refused scripts and styles, failed requests of our own. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (e) => complaints.push(`exception: ${e.message}`));
      page.on('console', (m) => {
        if (m.type() === 'error' && !/the server responded with a status of (4\d\d|503)/.test(m.text())) {
          complaints.push(`console: ${m.text()}`);
        }
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export const TOKEN = process.env.TOWPATH_TOKEN ?? '';

/** Opens a view as somebody who is logged in. */
export async function open(page: Page, path: string) {
  await page.addInitScript((token) => sessionStorage.setItem('towpath.token', token), TOKEN);
  await page.goto(`/console${path}`);
}

/** Asks the API as a script does. */
export async function api<T>(page: Page, method: 'GET' | 'POST', path: string, data?: unknown): Promise<T> {
  const response = await page.request.fetch(`/api/v1${path}`, {
    method,
    data,
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  expect(response.ok(), await response.text()).toBe(true);
  return (await response.json()) as T;
}
