import AxeBuilder from '@axe-core/playwright';

import { expect, test, TOKEN } from './console';

// The page of the endpoints is no part of the console: a page and a script of the server's own, under a policy that
// runs nothing else.
test('the page of the endpoints shows them, takes a token and calls one', async ({ page }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  const answer = await page.goto('/api/docs');
  const policy = answer!.headers()['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  await expect(page.locator('#said')).toHaveText('Give the token to see the endpoints.');
  await expect(page.locator('details')).toHaveCount(0);

  await page.locator('#token').fill(TOKEN);
  await page.locator('#token').press('Enter');
  await expect(page.locator('#title')).toHaveText('flights');
  expect(await page.locator('details').count()).toBeGreaterThanOrEqual(6);
  await expect(page.locator('#login')).toBeHidden();

  const hours = page.locator('details').filter({ hasText: '/airports/{origin}/hours' });
  await hours.locator('summary').click();
  await hours.getByLabel('origin').selectOption('JFK');
  await hours.getByLabel('min_flights').fill('5000');
  await hours.getByRole('button', { name: 'Call it' }).click();
  await expect(hours.locator('pre').first()).toContainText('/airports/JFK/hours?min_flights=5000');
  await expect(hours.locator('pre').nth(1)).toContainText('"on_time_pct"');
  await expect(hours.locator('pre').nth(1)).toHaveText(/^200\n/);

  await hours.getByLabel('min_flights').fill("5'; DROP TABLE x; --<img src=x onerror=alert(1)>");
  await hours.getByRole('button', { name: 'Call it' }).click();
  await expect(hours.locator('pre').nth(1)).toHaveText(/^400\n/);
  await expect(hours.locator('img')).toHaveCount(0); // what comes back is text
  expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
  await page.screenshot({ path: 'target/screenshots/api-docs.png', fullPage: true });
  expect(loaded.filter((url) => new URL(url).origin !== new URL(page.url()).origin)).toEqual([]);
});

test('markup in a script that the page did not bring is not run', async ({ page, complaints }) => {
  await page.goto('/api/docs');
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken over"';
    document.body.append(script);
  });
  expect(await page.title()).not.toBe('taken over');
  expect(complaints.splice(0).join()).toContain('Content Security Policy');
});
