import { api, expect, open, test } from './console';
import { Server } from './server';

/** What the catalog says of a table, held against what the table has. */

const ROWS = 1_000;
const WIDE = 60;
const FILES = {
  'towpath.yml': 'project: small\n',
  'models/marts/p.sql': `/* towpath
description: Measured by hand at the weir
*/
SELECT i AS n, CASE WHEN i % 4 = 0 THEN NULL ELSE (i * i) % 97 END AS part, chr((97 + i % 3)::INTEGER) AS word
FROM range(${ROWS}) AS r(i)\n`,
  'models/marts/wide.sql': `SELECT ${Array.from({ length: WIDE }, (_, i) => `${i} AS c${i}`).join(', ')}\n`,
};

let server: Server;
test.beforeAll(async () => {
  server = await Server.of(FILES);
});
test.afterAll(() => server.end());

/** How values are spread over twenty equal ranges, worked out without SQL. */
function bins(values: number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const counts = Array.from({ length: 20 }, () => 0);
  for (const v of values) counts[Math.min(19, Math.floor(((v - low) / (high - low)) * 20))]!++;
  return counts;
}

test('a profile says what the rows have', async ({ page }) => {
  const { rows } = await api<{ rows: [number, number | null, string][] }>(
    'POST',
    '/query',
    { sql: 'SELECT n, part, word FROM marts.p' },
    server,
  );
  const part = rows.flatMap(([, v]) => (v === null ? [] : [v]));
  await open(page, '/catalog/marts.p?tab=profile', server);
  const column = (name: string) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  const figure = (name: string, term: string) => column(name).locator(`dt:text-is("${term}") + dd`);
  await expect(figure('n', 'Empty')).toHaveText('none');
  await expect(figure('n', 'To')).toHaveText(String(ROWS - 1));
  await expect(figure('part', 'Empty')).toHaveText(`${ROWS - part.length} (25 %)`);
  await expect(figure('part', 'From')).toHaveText(String(Math.min(...part)));
  await expect(figure('part', 'To')).toHaveText(String(Math.max(...part)));
  await expect(figure('word', 'Different')).toHaveText('about 3');
  const about = Number((await figure('part', 'Different').textContent())!.replace(/\D/g, ''));
  expect(Math.abs(about / new Set(part).size - 1)).toBeLessThan(0.1);

  const bars = (await column('part').getByRole('img').getAttribute('aria-label'))!;
  expect([...bars.matchAll(/: (\d+)(?=;|$)/g)].map((m) => Number(m[1]))).toEqual(bins(part));
  const words = column('word').getByRole('list').getByRole('listitem');
  await expect(words).toHaveText([/a.*33 %/, /b.*33 %/, /c.*33 %/]);
});

test('a profile is asked for when it is looked at, and kept until the table changes', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (r) => r.url().endsWith('/api/v1/query') && asked.push(r.postData() ?? ''));
  await open(page, '/catalog/marts.wide', server);
  await expect(page.getByRole('rowheader', { name: 'c59', exact: true })).toBeAttached();
  expect(asked).toEqual([]);
  await page.getByRole('tab', { name: 'Profile' }).click();
  await expect(page.getByText('Different')).toHaveCount(WIDE);
  await expect(page.getByRole('img').first()).toBeVisible();
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.length).toBeLessThan(WIDE); // those further down are not seen yet
  await page.getByText('Different').last().scrollIntoViewIfNeeded();
  await expect.poll(() => asked.some((sql) => sql.includes('c59') && sql.includes('bin'))).toBe(true);

  const before = asked.length;
  await page.getByRole('tab', { name: 'Columns' }).click();
  await page.getByRole('tab', { name: 'Profile' }).click();
  await page.getByRole('link', { name: 'Catalog' }).click();
  await page.getByRole('link', { name: 'marts.wide' }).click();
  await page.getByRole('tab', { name: 'Profile' }).click();
  await expect(page.getByRole('img').first()).toBeVisible();
  expect(asked.slice(before).filter((sql) => sql.includes('approx_count_distinct'))).toEqual([]);
  expect(new Set(asked).size).toBe(asked.length); // nothing twice

  server.write('models/marts/wide.sql', FILES['models/marts/wide.sql'].replace('0 AS c0', '7 AS c0'));
  server.run('run');
  const least = page.getByRole('listitem').filter({ has: page.getByText('c0', { exact: true }) });
  await expect(least.locator('dt:text-is("From") + dd')).toHaveText('7', { timeout: 20_000 });
});

test('a table is found by what is said of it', async ({ page }) => {
  await open(page, '/catalog', server);
  await page.getByRole('searchbox').fill('by hand at the weir');
  await expect(page.getByRole('link', { name: 'marts.p' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'marts.wide' })).toHaveCount(0);
  await page.getByRole('searchbox').fill('at the sea');
  await expect(page.getByText('No table has that name, column or description')).toBeVisible();
});
