import { test as base, expect, type Page } from '@playwright/test';

export { expect };

/** Mistakes that the browser itself noticed: exceptions, refused scripts and styles, failed requests of our own. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (e) => complaints.push(`exception: ${e.message}`));
      page.on('console', (m) => {
        if (
          m.type() === 'error' &&
          !/the server responded with a status of (4\d\d|503)|net::ERR_(CONNECTION|INTERNET|INCOMPLETE|EMPTY)/.test(
            m.text(),
          )
        ) {
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

/** A server, and what lets one in. */
interface Where {
  url: string;
  token: string;
}

/** That of the flights example. */
const FLIGHTS: Where = { url: process.env.TOWPATH_URL ?? '', token: TOKEN };

/** Opens a view as somebody who is logged in. */
export async function open(page: Page, path: string, at = FLIGHTS) {
  if ((await page.context().cookies()).length === 0) {
    const response = await page.request.post(`${at.url}/api/v1/session`, { data: { token: at.token } });
    expect(response.status(), await response.text()).toBe(201);
  }
  await page.goto(`${at.url}/console${path}`);
}

/** Asks the API as a program does. */
export async function api<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  data?: unknown,
  at = FLIGHTS,
): Promise<T> {
  const response = await fetch(`${at.url}/api/v1${path}`, {
    method,
    body: data === undefined ? undefined : JSON.stringify(data),
    headers: { Authorization: `Bearer ${at.token}`, 'Content-Type': 'application/json' },
  });
  const text = await response.text();
  expect(response.ok, text).toBe(true);
  return JSON.parse(text) as T;
}
