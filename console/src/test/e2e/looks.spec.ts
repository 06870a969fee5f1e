import { api, open, test } from './console';
import { everyLook, SIZES } from './look';

// Every view in light and dark, on a desk and on a phone: without a violation that axe can see, and as a picture in
// target/screenshots for eyes to look at.
type Where = string | (() => Promise<string>);

const lastRun = async () => {
  const { id } = await api<{ id: string }>('POST', '/flows/nightly/runs', {});
  await api('POST', `/runs/${id}/cancel`);
  return `/runs/${id}`;
};
const firstBuild = async () => {
  const { builds } = await api<{ builds: { id: string }[] }>('GET', '/builds');
  return `/builds/${builds.at(-1)!.id}`;
};

const VIEWS: [name: string, path: Where, ready: string][] = [
  ['graph', '/graph', 'text=staging.flights'],
  ['graph-inspector', '/graph?on=marts.daily', 'role=heading[name="marts.daily"]'],
  ['runs', '/runs', 'role=heading[name="Runs"]'],
  ['run', lastRun, 'text=Cause'],
  ['build', firstBuild, 'text=What came of it'],
  ['builds', '/runs?tab=builds', 'role=columnheader[name="Started"]'],
  ['flows', '/flows', 'role=link[name="nightly"]'],
  ['flow', '/flows/nightly', 'text=Last runs'],
  ['catalog', '/catalog', 'role=link[name="marts.daily"]'],
  ['table', '/catalog/marts.daily', 'role=tab[name^="Columns"]'],
  ['sample', '/catalog/marts.daily?tab=sample', 'role=grid'],
  ['profile', '/catalog/core.flights?tab=profile', 'text=Different >> nth=0'],
  ['checks', '/catalog/core.flights?tab=checks', 'text=Last result'],
  ['releases', '/releases', 'text=against'],
  ['history', '/catalog/marts.daily?tab=history', 'role=columnheader[name="Commit"]'],
  ['apis', '/apis?on=route', 'role=button[name="Call"]'],
  ['account', '/settings', 'text=May read'],
  ['users', '/settings?tab=users', 'role=button[name="Add a user"]'],
  ['tokens', '/settings?tab=tokens', 'role=button[name="Create a token"]'],
  ['connections', '/settings?tab=connections', 'text=data/reference.sqlite'],
  ['audit', '/settings?tab=audit', 'role=columnheader[name="Who"]'],
  ['sql', '/sql?q=SELECT%20*%20FROM%20marts.league', 'role=grid'],
];
for (const [name, path, ready] of VIEWS) {
  test(`looks of ${name}`, async ({ page }) => {
    await page.setViewportSize(SIZES.desk);
    await open(page, typeof path === 'string' ? path : await path());
    await page.locator(ready).first().waitFor();
    await everyLook(page, name);
  });
}

test('looks of the login', async ({ page }) => {
  await page.goto('/console/');
  await page.getByLabel('Token').waitFor();
  await everyLook(page, 'login');
});
