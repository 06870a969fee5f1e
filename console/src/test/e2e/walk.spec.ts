import { api, ask, expect, open, test, TOKEN } from './console';
import { weigh } from './weigh';

/** What people do, from one end to the other, against a real server. */

test('a wrong token is told, the right one lets in, and logging out ends it', async ({ page }) => {
  await page.goto('/console/catalog');
  await page.getByLabel('Token').fill('nonsense');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('alert')).toContainText('token');
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { name: 'Catalog' })).toBeVisible();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Catalog' })).toBeVisible();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page.getByLabel('Token')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Token')).toBeVisible();
});

test('a page of the console runs its own scripts, and asks its own server, and nothing else', async ({
  page,
  complaints,
}) => {
  for (const path of ['/console/', '/console/dashboards/overview?origin=JFK', '/embed/overview']) {
    const policy = (await page.request.get(path)).headers()['content-security-policy'] ?? '';
    const rules = new Map(policy.split(';').map((rule) => [rule.trim().split(' ')[0], rule.trim()]));
    expect(rules.get('default-src'), path).toBe("default-src 'none'");
    expect(rules.get('script-src'), path).toBe("script-src 'self'");
    expect(rules.get('connect-src'), path).toBe("connect-src 'self'");
    expect(rules.get('style-src'), path).toBe("style-src 'self'");
    expect(rules.get('base-uri'), path).toBe("base-uri 'none'");
    expect(rules.get('form-action'), path).toBe("form-action 'none'");
    expect(rules.get('frame-ancestors'), path).toBe("frame-ancestors 'none'");
  }
  await open(page, '/catalog');
  await page.getByRole('heading', { name: 'Catalog' }).waitFor();
  const done = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.taken = true';
    document.body.append(script);
    const asked = await fetch('http://127.0.0.2:9/').then(
      () => true,
      () => false,
    );
    return { asked, taken: 'taken' in window };
  });
  expect(done).toEqual({ asked: false, taken: false });
  const said = complaints.splice(0);
  expect(said.filter((c) => c.includes('Content Security Policy'))).toHaveLength(said.length);
  expect(said.join()).toContain('script-src');
  expect(said.join()).toContain('connect-src');
});

// In thousands of bytes, packed, each from nothing. What it takes is in docs/benchmarks.md.
const BUDGETS: [path: string, ready: string, most: number][] = [
  ['/catalog', 'role=link[name="marts.daily"]', 100],
  ['/graph', 'text=core.flights', 150],
  ['/sql', '.cm-content', 200],
  ['/dashboards/overview', '.js-plotly-plot .main-svg', 600],
];
for (const [path, ready, most] of BUDGETS) {
  test(`${path} loads less than ${most} KB of the console`, async ({ page }) => {
    const weight = await weigh(page);
    await open(page, path);
    await page.locator(ready).first().waitFor();
    // what comes after that; the events never end, so nothing says that all is there
    for (let before = 0; before < weight.console;) {
      before = weight.console;
      await page.waitForTimeout(1_000);
    }
    expect([...weight.encodings]).toEqual(['gzip']);
    expect(weight.console).toBeGreaterThan(20_000); // it was weighed
    expect(weight.console).toBeLessThan(most * 1_000);
  });
}

test('a viewer sees what is theirs, and no button that would be refused', async ({ page, users }) => {
  const password = `correct horse ${Date.now()}`;
  const name = users.name('vera');
  await open(page, '/settings?tab=users');
  await page.getByRole('button', { name: 'Add a user' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('rowheader', { name })).toBeVisible();
  await page.getByRole('button', { name: 'Log out' }).click();

  await page.getByRole('button', { name: 'With user and password' }).click();
  await page.getByRole('textbox', { name: 'User' }).fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('link', { name: 'Catalog' }).click();
  await expect(page.getByRole('link', { name: 'marts.daily' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'core.flights' })).toHaveCount(0);
  await page.getByRole('link', { name: 'marts.daily' }).click();
  await expect(page.getByRole('heading', { name: 'marts.daily' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Build' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Graph', exact: true }).click();
  await expect(page.getByRole('button', { name: /marts\.daily/ }).first()).toBeVisible();
  await expect(page.locator('[id="node-core.flights"]')).toHaveCount(0);
  await page.getByRole('link', { name: 'Flows' }).click();
  await expect(page.getByRole('heading', { name: 'Flows' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run now' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByText('viewer: reads')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Users' })).toHaveCount(0);
});

test('a user is changed, and removed with a second word', async ({ page, users }) => {
  const { user } = await users.add('viewer', ['marts.*']);
  await open(page, '/settings?tab=users');
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: user }) });
  await row.getByRole('button', { name: 'Change' }).click();
  const form = page.getByRole('dialog', { name: `User ${user}` });
  await form.getByRole('combobox', { name: /^Role/ }).selectOption('editor');
  await form.getByLabel('Also reads').fill('core.flights, marts.*');
  await form.getByLabel('New password').fill('a horse of another colour');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toHaveCount(0);
  await expect(row.getByRole('cell').nth(0)).toHaveText('editor');
  await expect(row.getByRole('cell').nth(1)).toHaveText('core.flights, marts.*');
  const login = async () =>
    (
      await fetch(`${process.env.TOWPATH_URL}/api/v1/session`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ user, password: 'a horse of another colour' }),
      })
    ).status;
  expect(await login()).toBe(201);

  await row.getByRole('button', { name: 'Change' }).click();
  await form.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row).toHaveCount(1); // not yet
  await form.getByRole('button', { name: /^Really: remove/ }).click();
  await expect(row).toHaveCount(0);
  expect(await login()).toBe(401);
});

test('a token is made, shown once, and revoked', async ({ page, users }) => {
  const { user } = await users.add('viewer');
  await open(page, '/settings?tab=tokens');
  await page.getByRole('button', { name: 'Create a token' }).click();
  await page.getByLabel('Name').fill(`${user}-report`);
  await page.getByRole('combobox', { name: /^User/ }).selectOption(user);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByText('shown only now')).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row').filter({ hasText: `${user}-report` });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await row.getByRole('button', { name: 'Really revoke' }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole('tab', { name: 'Audit log' }).click();
  await expect(page.getByRole('cell', { name: `${user}-report`, exact: false }).first()).toBeVisible();
});

test('the graph is walked by keyboard, and tells what a column is made of and who would miss it', async ({ page }) => {
  await open(page, '/graph');
  await page
    .getByRole('button', { name: /core\.flights/ })
    .first()
    .click();
  await expect(page).toHaveURL(/on=core\.flights/);
  await page.locator('[id="node-core.flights"]').focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).not.toHaveURL(/on=core\.flights/); // on to something that reads it
  const reads = page.getByRole('heading', { name: 'Reads', exact: true }).locator('xpath=..');
  await expect(reads.getByRole('button', { name: 'core.flights', exact: true })).toBeVisible();
  await open(page, '/graph?on=marts.daily');
  await page
    .getByRole('complementary', { name: 'marts.daily' })
    .getByRole('button', { name: /^on_time_pct/ })
    .click();
  await expect(page.getByText('core.flights.on_time', { exact: true })).toBeVisible();
  await expect(page.getByText(/If it goes, [1-9]\d* users? would break/)).toBeVisible();

  // and down to what people see of a column
  await open(page, '/graph?on=core.flights');
  const inspector = page.getByRole('complementary', { name: 'core.flights' });
  await inspector.getByRole('button', { name: /^on_time/ }).click();
  const users = inspector.getByRole('listitem');
  for (const name of ['overview', 'routes', 'GET /league']) {
    await expect(users.getByText(name, { exact: true }).first()).toBeVisible();
  }
});

test('Ctrl K finds a table and goes there', async ({ page }) => {
  await open(page, '/runs');
  await page.getByRole('heading', { name: 'Runs' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Find/ }).fill('league');
  await expect(page.getByRole('listbox').getByRole('option').first()).toContainText('marts.league');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/catalog\/marts\.league/);
  await expect(page.getByRole('heading', { name: 'marts.league' })).toBeVisible();
});

test('a query shows its rows, its mistakes at their place, and all of a large result', async ({ page }) => {
  await open(page, '/sql');
  await ask(page, 'SELECT origin,\n  nonsens FROM core.flights');
  await expect(page.getByRole('alert')).toContainText('nonsens');
  await expect(page.locator('.cm-lintRange-error')).toHaveText('nonsens');

  await ask(page, 'SELECT row_number() OVER () AS n, origin, dest, NULL AS nothing FROM core.flights');
  await expect(page.getByText(/The first 10,000 rows/)).toBeVisible();
  await page.getByRole('button', { name: 'Load all rows' }).click();
  await expect(page.getByText(/^336,776 rows/)).toBeVisible({ timeout: 30_000 });
  const grid = page.getByRole('grid');
  await grid.evaluate((g) => g.scrollTo(0, g.scrollHeight));
  await expect(grid.getByRole('rowheader', { name: '336776' })).toBeVisible();
  expect(await grid.getByRole('row').count()).toBeLessThan(60);

  await ask(page, "SELECT '<img src=x onerror=alert(1)>' AS evil, '\u202Eabc' AS rtl, repeat('x', 100000) AS big");
  await expect(grid.getByText('<img src=x onerror=alert(1)>')).toBeVisible();
});

test('every value of a result is reached by keyboard, and shown as a whole', async ({ page }) => {
  const sql = "SELECT i, repeat('ab', 300) || i AS long FROM range(100000) AS t(i)";
  await open(page, `/sql?q=${encodeURIComponent(sql)}`);
  const grid = page.getByRole('grid');
  const at = grid.getByRole('gridcell', { selected: true });
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await expect(at).toHaveText('0');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(at).toHaveText(/^abab/);
  const id = await at.getAttribute('id');
  await expect(grid).toHaveAttribute('aria-activedescendant', id!); // which is what a screen reader says
  await page.keyboard.press('Enter');
  const whole = page.getByRole('region', { name: 'All of long' });
  await expect(whole).toContainText('ab1');
  await page.keyboard.press('ArrowDown');
  await expect(whole).toContainText('ab2');
  await page.keyboard.press('Control+End');
  await expect(grid.getByRole('rowheader', { name: '10000', exact: true })).toBeVisible();
  await expect(whole).toContainText('ab9999');
  await page.keyboard.press('PageUp');
  await expect(whole).not.toContainText('ab9999');
  await page.keyboard.press('Escape');
  await expect(whole).toHaveCount(0);
  await page.keyboard.press('Control+Home');
  await expect(at).toHaveText('0');
});

test('a result is drawn, and exported', async ({ page }) => {
  await open(page, `/sql?q=${encodeURIComponent('SELECT airline, flights FROM marts.league ORDER BY place')}`);
  await page.getByRole('grid').waitFor();
  await page.getByRole('tab', { name: 'Chart' }).click();
  const picture = page.getByRole('img', { name: /flights over airline/ });
  await expect(picture.locator('.barlayer .point').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Result' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('result.csv');
  const [book] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Excel' }).click(),
  ]);
  expect(book.suggestedFilename()).toBe('result.xlsx');
});

test('a flow is started, watched live, cancelled and tried again', async ({ page }) => {
  await open(page, '/flows');
  await page.getByRole('button', { name: 'Run now' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page).toHaveURL(/\/runs\/.+/);
  // the job waits for a file that does not come: nobody reloads the page to see it
  await expect(page.getByText('watching')).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('cancelled', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Retry what failed' }).click();
  await expect(page.getByText('watching')).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Retry what failed' })).toBeVisible();
});

test('a run that somebody else starts appears by itself', async ({ page }) => {
  await open(page, '/runs');
  await page.getByText('Live', { exact: true }).waitFor();
  const { id } = await api<{ id: string }>('POST', '/flows/nightly/runs', {});
  await expect(page.locator(`a[href$="/runs/${id}"]`)).toBeVisible();
  await api('POST', `/runs/${id}/cancel`);
  await expect(page.getByRole('row').filter({ has: page.locator(`a[href$="/runs/${id}"]`) })).toContainText(
    'cancelled',
  );
});

test('a flow is paused and resumed, and a backfill shows what it would run', async ({ page }) => {
  await open(page, '/flows/nightly');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('paused').first()).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.getByRole('button', { name: 'Backfill' }).click();
  await page.getByLabel('From').fill('2026-01-01');
  await page.getByLabel('To, not included').fill('2026-01-04');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('3 runs');
});

test('an endpoint is called, and what is wrong with a call is said', async ({ page }) => {
  await open(page, '/apis');
  await page.getByRole('button', { name: /GET \/league/ }).click();
  await expect(page.getByLabel('min_flights')).toHaveAttribute('type', 'number');
  await page.getByLabel('min_flights').fill('99999999999'); // more than an integer holds
  await page.getByRole('button', { name: 'Call' }).click();
  await expect(page.getByRole('alert')).toContainText('min_flights');
  await page.getByLabel('min_flights').fill('5000');
  await page.getByRole('button', { name: 'Call' }).click();
  await expect(page.getByRole('grid')).toContainText('Delta Air Lines Inc.');
  await expect(page.getByText(/curl -s .*min_flights=5000/)).toBeVisible();
});

test('a table tells what it holds', async ({ page }) => {
  await open(page, '/catalog');
  await page.getByRole('searchbox').fill('arr_delay');
  await expect(page.getByText('column arr_delay').first()).toBeVisible();
  await open(page, '/catalog/marts.daily');
  await page.getByRole('tab', { name: 'Sample' }).click();
  await expect(page.getByRole('grid')).toContainText('2013');
  await page.getByRole('tab', { name: 'Profile' }).click();
  await expect(page.getByRole('img', { name: /How often/ }).first()).toBeVisible();
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('columnheader', { name: 'Change' })).toBeVisible();
});

test('what is not there is said, with a way on', async ({ page }) => {
  await open(page, '/nowhere');
  await expect(page.getByRole('link', { name: 'To the graph', exact: true })).toBeVisible();
  await open(page, '/catalog/marts.dayly');
  await expect(page.getByRole('alert')).toContainText('did you mean "marts.daily"?');
});

test('an expired login asks for another one, and goes on where it was', async ({ page }) => {
  await open(page, '/catalog/marts.daily');
  await page.getByRole('tab', { name: /^Columns/ }).waitFor();
  await page.context().clearCookies();
  await page.getByRole('tab', { name: 'Sample' }).click();
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('grid', { name: 'Rows of marts.daily' })).toContainText('2013');
  await expect(page).toHaveURL(/\/catalog\/marts\.daily\?tab=sample$/);
});

test('the theme is switched by its button, and kept', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, '/runs');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const theme = page.getByRole('button', { name: /^Theme: / });
  await expect(theme).toHaveAccessibleName('Theme: as the system');
  const light = await ground();
  await theme.click();
  await expect(theme).toHaveAccessibleName('Theme: light');
  expect(await ground()).toBe(light);
  await theme.click();
  await expect(theme).toHaveAccessibleName('Theme: dark');
  expect(await ground()).toBe('rgb(14, 18, 23)');
  await page.reload();
  await expect(theme).toHaveAccessibleName('Theme: dark');
  expect(await ground()).toBe('rgb(14, 18, 23)');
  await theme.click();
  await expect(theme).toHaveAccessibleName('Theme: as the system');
  expect(await ground()).toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await ground()).toBe('rgb(14, 18, 23)');
});
