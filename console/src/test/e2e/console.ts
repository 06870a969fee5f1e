import { test as base, expect, type Page } from '@playwright/test';

export { expect };

export interface User {
  user: string;
  password: string;
}

interface Users {
  /** A name that nobody has, and nobody has any more when the test is over. */
  name(word: string): string;
  add(role: string, tables?: string[], at?: Where): Promise<User>;
}

export const test = base.extend<{ complaints: string[]; users: Users }>({
  /** Mistakes that the browser itself noticed: exceptions, refused scripts and styles, failed requests of our own. */
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
  /** People of a test's own, of whom nothing is left however it ends. */
  users: async ({}, use) => {
    const made = new Map<string, Where>();
    const name = (word: string, at = FLIGHTS) => {
      const unique = `${word}-${Date.now()}-${made.size}`;
      made.set(unique, at);
      return unique;
    };
    await use({
      name,
      async add(role, tables = [], at = FLIGHTS) {
        const user = name(role, at);
        const password = `correct horse ${user}`;
        await api('POST', '/users', { name: user, role, tables, password }, at);
        return { user, password };
      },
    });
    for (const [user, at] of made) {
      const { users } = await api<{ users: { name: string }[] }>('GET', '/users', undefined, at);
      if (users.some((u) => u.name === user)) await api('DELETE', `/users/${user}`, undefined, at);
    }
  },
});

export const TOKEN = process.env.TOWPATH_TOKEN ?? '';

/** A server, and what lets one in. */
interface Where {
  url: string;
  token: string;
}

/** That of the flights example. */
const FLIGHTS: Where = { url: process.env.TOWPATH_URL ?? '', token: TOKEN };

/** Logs in, without the page for it. */
export async function enter(page: Page, as: User | { token: string }, at = FLIGHTS) {
  const response = await page.request.post(`${at.url}/api/v1/session`, { data: as });
  expect(response.status(), await response.text()).toBe(201);
}

/** Opens a view as somebody who is logged in. */
export async function open(page: Page, path: string, at = FLIGHTS) {
  if ((await page.context().cookies()).length === 0) await enter(page, { token: at.token }, at);
  await page.goto(`${at.url}/console${path}`);
}

/** Types a query in place of what is there, and runs it. */
export async function ask(page: Page, sql: string) {
  await page.getByRole('textbox', { name: 'SQL' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(sql);
  await page.keyboard.press('Control+Enter');
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
