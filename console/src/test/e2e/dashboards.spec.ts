import type { Locator, Page } from '@playwright/test';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, expect, open, test } from './console';
import { everyLook, settled } from './look';

/** Dashboards, as people read them. */

const figure = (page: Page, title: string) => page.getByRole('img', { name: new RegExp(`^${title}:`) });

/** What one metric says. */
const metric = (page: Page, title: string) => page.getByRole('region', { name: title }).locator('p').first();

/** Clicks in the middle of a mark, as a mouse does: Plotly has to have seen it come. */
async function clickMark(page: Page, mark: Locator) {
  await mark.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await mark.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.click(x + width / 2, y + height / 2);
}

test('a dashboard is filtered, and its address is what it shows', async ({ page }) => {
  await open(page, '/dashboards');
  await page.getByRole('link', { name: 'New York departures' }).click();
  await expect(figure(page, 'Flights a week')).toBeVisible();
  await expect(metric(page, 'Flights')).toHaveText('336,776');

  await page.getByRole('button', { name: 'Airport: All' }).click();
  await page
    .getByRole('group', { name: 'Airport' })
    .getByRole('checkbox', { name: /JFK|Kennedy/ })
    .check();
  await expect(page).toHaveURL(/\?origin=JFK$/);
  await expect(metric(page, 'Flights')).toHaveText('111,279');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('group', { name: 'Airport' })).toHaveCount(0);

  await page.getByLabel('Days from').fill('2013-12-01');
  await page.getByLabel('Days from').press('Enter');
  await expect(page).toHaveURL(/period\.from=2013-12-01/);
  await expect(metric(page, 'Flights')).not.toHaveText('111,279');
  const address = page.url();
  const shown = await metric(page, 'Flights').textContent();
  await page.goBack();
  await expect(metric(page, 'Flights')).toHaveText('111,279');
  await page.goto(address);
  await expect(metric(page, 'Flights')).toHaveText(shown!);
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(page).toHaveURL(/overview$/);
  await expect(metric(page, 'Flights')).toHaveText('336,776');
});

test('what was shown stays, marked as old, until the new is there', async ({ page }) => {
  await open(page, '/dashboards/overview');
  await expect(metric(page, 'Flights')).toHaveText('336,776');
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route(/\/blocks\/.*origin=LGA/, async (route) => {
    await held; // the server's answer, only later
    await route.continue();
  });
  await page.getByRole('button', { name: 'Airport: All' }).click();
  await page.getByRole('checkbox', { name: /LGA|Guardia/ }).check();
  const block = page.getByRole('region', { name: 'Flights', exact: true });
  await expect(block).toHaveAttribute('aria-busy', 'true');
  await expect(metric(page, 'Flights')).toHaveText('336,776');
  await expect(figure(page, 'Flights a week')).toBeVisible();
  go();
  await expect(metric(page, 'Flights')).toHaveText('104,662');
  await expect(block).toHaveAttribute('aria-busy', 'false');
});

test('a click on a mark filters the page, and another one takes it away', async ({ page }) => {
  await open(page, '/dashboards/overview');
  await expect(metric(page, 'Flights')).toHaveText('336,776');
  const point = figure(page, 'Late flights by airport and month').locator('path.point').first();
  await clickMark(page, point);
  await expect(page).toHaveURL(/origin=EWR/);
  await expect(page.getByRole('button', { name: /^Airport: .*(EWR|Newark)/ })).toBeVisible();
  await expect(metric(page, 'Flights')).toHaveText('120,835');
  await clickMark(page, point);
  await expect(page).toHaveURL(/overview$/);
  await expect(metric(page, 'Flights')).toHaveText('336,776');
});

test('the map and the airlines filter each other and all else, and what can be chosen follows', async ({ page }) => {
  const counted = async (sql: string) => {
    const { rows } = await api<{ rows: number[][] }>('POST', '/query', { sql });
    return rows[0]!;
  };
  const [all, destinations] = await counted('SELECT count(*), count(DISTINCT dest) FROM core.flights');
  await open(page, '/dashboards/routes');
  await expect(metric(page, 'Flights')).toHaveText(all!.toLocaleString('en'));
  const [to, airline] = ['To', 'Airline'].map((name) =>
    page.getByRole('combobox', { name, exact: true }).locator('option'),
  );
  await expect(to!).toHaveCount(destinations! + 1);

  const points = page
    .getByRole('region', { name: 'Destinations, by flights and share on time' })
    .locator('.scattergeo .point');
  const clickSeattle = async (given = '') => {
    const { rows } = await api<{ rows: string[][] }>('GET', `/dashboards/routes/blocks/map${given}`);
    await expect(points).toHaveCount(rows.length);
    await clickMark(page, points.nth(rows.findIndex(([dest]) => dest === 'SEA')));
  };
  await clickSeattle();
  await expect(page).toHaveURL(/\?dest=SEA$/);
  const [there, carriers] = await counted(
    "SELECT count(*), count(DISTINCT carrier) FROM core.flights WHERE dest = 'SEA'",
  );
  await expect(metric(page, 'Flights')).toHaveText(there!.toLocaleString('en'));
  await expect(metric(page, 'Destinations')).toHaveText('1');
  await expect(airline!).toHaveCount(carriers! + 1);

  const bars = page.getByRole('region', { name: 'Flights by airline' }).locator('.bars .point');
  await expect(bars).toHaveCount(carriers!);
  await clickMark(page, bars.first());
  await expect(page).toHaveURL(/dest=SEA&carrier=[A-Z0-9]{2}$/);
  const carrier = new URL(page.url()).searchParams.get('carrier')!;
  const [both] = await counted(`SELECT count(*) FROM core.flights WHERE dest = 'SEA' AND carrier = '${carrier}'`);
  await expect(metric(page, 'Flights')).toHaveText(both!.toLocaleString('en'));

  await clickSeattle(`?carrier=${carrier}`);
  await expect(page).toHaveURL(/routes\?carrier=/);
  await page.getByRole('combobox', { name: 'From' }).selectOption('LaGuardia');
  const [fromThere] = await counted("SELECT count(DISTINCT dest) FROM core.flights WHERE origin = 'LGA'");
  expect(fromThere!).toBeLessThan(destinations!);
  await expect(to!).toHaveCount(fromThere! + 1);
});

test('on paper a dashboard has its values and its charts, and nothing to press', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 760, height: 1000 }); // about that of a sheet
  await open(page, '/dashboards/overview?origin=JFK');
  await expect(metric(page, 'Flights')).toHaveText('111,279');
  await settled(page);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await expect(page.getByRole('navigation')).toBeHidden();
  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.locator('button:visible:not(th button)')).toHaveCount(0); // the heads of columns are text there
  await expect(page.getByText('Airport: Kennedy')).toBeVisible();
  await expect(page.locator('.main-svg').first()).toBeVisible();
  const charts = page.locator('section[data-kind=chart]');
  await expect(charts).toHaveCount(4);
  const fits = await charts.evaluateAll((all) =>
    all.map((chart) => {
      const [drawn, sheet] = [chart.querySelector('.main-svg')!, document.documentElement];
      const { left, right } = drawn.getBoundingClientRect();
      return left >= 0 && right <= sheet.clientWidth && sheet.scrollWidth <= sheet.clientWidth;
    }),
  );
  expect(fits).toEqual([true, true, true, true]);
  const ink = page.locator('.main-svg text').first();
  await expect(ink).toHaveCSS('fill', 'rgb(85, 97, 111)'); // the muted of the light page
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await expect(page.getByRole('navigation')).toBeVisible();
  await expect(ink).not.toHaveCSS('fill', 'rgb(85, 97, 111)');
});

test('a chart is a table for those who want one, and filters from there by keyboard', async ({ page }) => {
  await open(page, '/dashboards/overview');
  await page.getByRole('button', { name: 'Late flights by airport and month as a table' }).click();
  const rows = page.getByRole('region', { name: 'Late flights by airport and month' }).getByRole('table');
  await expect(rows.getByRole('row')).toHaveCount(37);
  await rows.getByRole('button', { name: 'origin' }).click();
  const first = rows.getByRole('row').nth(1).getByRole('button').first();
  await first.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/origin=EWR/);
});

test('a dashboard and its parts are saved as files', async ({ page }) => {
  await open(page, '/dashboards/overview?origin=JFK');
  await expect(metric(page, 'Flights')).toHaveText('111,279');
  const saved = async (menu: string, item: string | RegExp) => {
    await page.getByRole('button', { name: menu, exact: true }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download', { timeout: 45_000 }),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    return file.suggestedFilename();
  };
  // a file of rows has no other place that says what they were filtered by
  expect(await saved('Download Flights a week', 'CSV')).toMatch(/^overview-[^_]+_.*origin=JFK.*\.csv$/);
  expect(await saved('Download Flights a week', 'Parquet')).toMatch(/^overview-[^_]+_.*origin=JFK.*\.parquet$/);
  expect(await saved('Download', /^Excel/)).toMatch(/^overview_.*origin=JFK.*\.xlsx$/);
  expect(await saved('Download', /^Page/)).toMatch(/^overview_.*origin=JFK.*\.html$/);
  expect(await saved('Download', /^PDF/)).toMatch(/^overview_.*origin=JFK.*\.pdf$/);
});

test('a mark leads on to another dashboard, by a click and by keyboard', async ({ page }) => {
  await open(page, '/dashboards/ontime');
  const league = figure(page, 'Share of flights on time');
  await clickMark(page, league.locator('.bars .point').first());
  await expect(page).toHaveURL(/\/dashboards\/routes\?carrier=[A-Z0-9]{2}$/);
  await expect(page.getByRole('combobox', { name: 'Airline' })).toHaveValue(/^[A-Z0-9]{2}$/);

  await page.goBack();
  await page.getByRole('button', { name: 'Share of flights on time as a table' }).click();
  const rows = page.getByRole('region', { name: 'Share of flights on time' }).getByRole('table');
  await rows.getByRole('link', { name: 'DL', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/dashboards\/routes\?carrier=DL$/);
  await expect(page.getByRole('combobox', { name: 'Airline' })).toHaveValue('DL');
});

test('a signed link shows one dashboard to whoever has it, and nothing else', async ({ page, browser, baseURL }) => {
  await open(page, '/dashboards/overview?origin=JFK');
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByRole('dialog')).toContainText('Airport: Kennedy');
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = (await page.getByRole('dialog').locator('code').first().textContent())!;
  expect(link).toContain('/embed/overview');

  const stranger = await (await browser.newContext({ baseURL })).newPage();
  await stranger.goto(link);
  await expect(figure(stranger, 'Flights a week')).toBeVisible();
  await expect(metric(stranger, 'Flights')).toHaveText('111,279');
  await expect(stranger.getByRole('navigation')).toHaveCount(0);
  await stranger.goto(link.replace('signature=e', 'signature=E'));
  await expect(stranger.getByRole('alert')).toBeVisible();
  await expect(metric(stranger, 'Flights')).toHaveCount(0);
  await stranger.goto('/console/dashboards/overview');
  await expect(stranger.getByRole('button', { name: 'Log in' })).toBeVisible();
  await stranger.context().close();
});

test('the file of a dashboard is broken: it says where, and the others work', async ({ page }) => {
  const project = process.env.TOWPATH_PROJECT;
  test.skip(!project, 'the files of the project are not at hand');
  const file = join(project!, 'dashboards', 'broken.md');
  try {
    writeFileSync(
      file,
      '---\ntitle: Broken\n---\n\n```chart\nsql: SELECT nonsense FROM marts.daily\ntype: bar\nx: day\ny: nonsense\n```\n',
    );
    await open(page, '/dashboards/overview');
    await expect(page.getByText(/The last edit is not in force/)).toBeVisible({ timeout: 20_000 });
    await page.getByRole('button', { name: 'Show' }).click();
    await expect(page.getByRole('dialog')).toContainText(/dashboards\/broken\.md:\d+/);
    await page.keyboard.press('Escape');
    await expect(metric(page, 'Flights')).toHaveText('336,776');
    await page.goto('/console/dashboards/broken'); // which there never was
    const mistake = page
      .getByRole('main')
      .getByRole('alert')
      .filter({ hasText: /^(This|The last edit of this)/ });
    await expect(mistake).toContainText('cannot be shown until its file is mended');
    await expect(mistake).toContainText('dashboards/broken.md:6:13');
    await expect(mistake).toContainText('marts.daily has day, origin'); // the hint
    writeFileSync(file, '---\ntitle: Mended\n---\n\n```table\nsql: SELECT * FROM marts.league\n```\n');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mended', { timeout: 20_000 });
    await expect(mistake).toHaveCount(0);
    writeFileSync(file, '---\ntitle: Mended\n---\n\n```table\nsql: SELECT nonsense FROM marts.league\n```\n');
    await expect(mistake).toContainText('what you see is the version before', { timeout: 20_000 });
    await expect(mistake).toContainText('dashboards/broken.md:6:13');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mended');
    await expect(page.getByRole('columnheader', { name: 'airline' })).toBeVisible();
  } finally {
    rmSync(file, { force: true });
  }
  await expect(page.getByText(/The last edit is not in force/)).toHaveCount(0, { timeout: 20_000 });
});

test('a figure that Python drew is shown as it is, with the filters in it', async ({ page }) => {
  test.setTimeout(300_000); // the first look installs what it needs
  await open(page, '/dashboards/delays');
  const drawn = page.getByRole('region', { name: 'Minutes of delay by the hour of departure' });
  await expect(drawn.locator('.scatterlayer .trace')).toHaveCount(38, { timeout: 240_000 });
  await expect(drawn.locator('.js-line').last()).toHaveCSS('stroke', 'rgb(11, 107, 203)'); // its author's colour
  const before = await drawn.locator('.js-line').last().getAttribute('d');
  await page.getByRole('combobox', { name: 'Airport' }).selectOption('Kennedy');
  await expect(drawn.locator('.js-line').last()).not.toHaveAttribute('d', before!, { timeout: 60_000 });
});

test('dashboards look as they should', async ({ page }) => {
  test.setTimeout(300_000);
  const { data } = await api<{ data: { name: string }[] }>('GET', '/dashboards');
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, '/dashboards');
  await page.getByRole('heading', { name: 'Dashboards' }).waitFor();
  await everyLook(page, 'dashboards');
  for (const { name } of data) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(`/console/dashboards/${name}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await everyLook(page, `dashboard-${name}`, { whole: true });
  }
});
