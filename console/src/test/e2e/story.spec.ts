import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, expect, open, test } from './console';

/** Builds a table by the API and waits for what comes of it. */
async function build(select: string): Promise<string> {
  const { id } = await api<{ id: string }>('POST', '/builds', { select: [select] });
  for (;;) {
    const { state } = await api<{ state: string }>('GET', `/builds/${id}`);
    if (state !== 'RUNNING') return state;
    await new Promise((later) => setTimeout(later, 200));
  }
}

/** How many flights were late, by the newest release. */
async function lateFlights(): Promise<unknown> {
  const { rows } = await api<{ rows: unknown[][] }>('POST', '/query', { sql: 'SELECT sum(late) FROM marts.daily' });
  return rows[0]![0];
}

test('somebody new finds why last night’s build failed, mends it, and sees a chart change', async ({ page }) => {
  test.slow();
  const project = process.env.TOWPATH_PROJECT;
  test.skip(!project, 'the files of the project are not at hand');
  const [model, settings] = ['models/marts/daily.sql', 'towpath.yml'].map((name) => join(project!, name));
  const [good, plain] = [readFileSync(model!, 'utf8'), readFileSync(settings!, 'utf8')];
  const usual = await lateFlights();
  try {
    // what somebody did in the evening: another rule for what is late, and a check that is wrong
    writeFileSync(settings!, plain.replace('late_minutes: 15', 'late_minutes: 60'));
    writeFileSync(model!, good.replace('checks:\n', 'checks:\n  - row_count(1, 10)\n'));
    await expect
      .poll(async () => (await api<{ checks: unknown[] }>('GET', '/assets/marts.daily')).checks.length)
      .toBe(5);
    await build('+marts.daily');

    // the morning: the graph says what failed, the table says why
    await open(page, '/dashboards/overview');
    const late = page.getByRole('region', { name: 'Late by 15 minutes or more' }).locator('p').first();
    await expect(late).toHaveText(/%/);
    const before = (await late.textContent())!;
    await page.getByRole('link', { name: 'Graph', exact: true }).click();
    const node = page.getByRole('button', { name: /marts\.daily.*failed/ }).first();
    await node.click();
    await expect(page.getByRole('complementary', { name: 'marts.daily' })).toContainText('row_count(1, 10)');
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('tab', { name: 'Builds of tables' }).click();
    await page.getByRole('row').filter({ hasText: 'failed' }).getByRole('link').first().click();
    await expect(page.getByText('What came of it')).toBeVisible();
    await expect(page.getByText(/row_count\(1, 10\)/).first()).toBeVisible();
    await page.getByRole('link', { name: 'marts.daily' }).first().click();
    await page.getByRole('tab', { name: /Checks/ }).click();
    await expect(page.getByRole('row').filter({ hasText: 'row_count(1, 10)' })).toContainText('failed');

    // the file is mended and built anew from here; the dashboard shows it, without a reload of anything
    writeFileSync(model!, good);
    await expect(page.getByRole('tab', { name: /^Checks 4/ })).toBeVisible({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Build' }).click();
    await expect(page.getByText('up to date').first()).toBeVisible({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Dashboards' }).click();
    await page.getByRole('link', { name: 'New York departures' }).click();
    await expect(late).toHaveText(/%/);
    await expect(late).not.toHaveText(before);
  } finally {
    writeFileSync(settings!, plain);
    writeFileSync(model!, good);
  }
  const again = async () => {
    await build('+marts.daily');
    return lateFlights();
  };
  await expect.poll(again, { timeout: 60_000, intervals: [1_000] }).toBe(usual);
});
