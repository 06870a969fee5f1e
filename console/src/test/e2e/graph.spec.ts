import { expect, open, test } from './console';
import { Server } from './server';

/** A project with more tables than are shown at once. */

const LONELY = 160;
const READ = 20;
const model = (reads: string[]) =>
  reads.length === 0 ? 'SELECT 1 AS x\n' : reads.map((name) => `SELECT x FROM ${name}\n`).join('UNION ALL ');
const FILES: Record<string, string> = {
  'towpath.yml': 'project: large\n',
  'models/marts/hub.sql': model(Array.from({ length: READ }, (_, i) => `staging.s${i}`)),
  'models/marts/after1.sql': model(['marts.hub']),
  'models/marts/after2.sql': model(['marts.after1']),
  'models/marts/after3.sql': model(['marts.after2']),
};
for (let i = 0; i < LONELY; i++) FILES[`models/staging/s${i}.sql`] = model([]);
const ALL = LONELY + 4;

let server: Server;
test.beforeAll(async () => {
  server = await Server.of(FILES, false);
});
test.afterAll(() => server.end());

test('a large graph begins with what is most linked, and shows more or less of it', async ({ page }) => {
  await open(page, '/graph', server);
  const shown = (count: number) => expect(page.getByText(`${count} of ${ALL} assets`)).toBeVisible();
  await shown(READ + 3); // the hub, what it reads, and two steps after it
  await expect(page.locator('[id="node-marts.hub"]')).toBeVisible();
  await expect(page.locator('[id="node-marts.after3"]')).toHaveCount(0);
  const scope = page.getByLabel('How much is shown');
  await scope.selectOption('Within 1 step');
  await shown(READ + 2);
  await scope.selectOption('Within 3 steps');
  await shown(READ + 4);
  await page.locator('[id="node-marts.after2"]').click();
  await scope.selectOption('Within 2 steps');
  await shown(4); // it is the middle now
  await scope.selectOption('Whole lineage');
  await shown(READ + 4);
  await expect(page).toHaveURL(/on=marts\.after2&scope=lineage|scope=lineage&on=marts\.after2/);
  // far away, but on the way of a column
  await scope.selectOption('Within 1 step');
  await page.locator('[id="node-marts.after3"]').click();
  await shown(2);
  const inspector = page.getByRole('complementary', { name: 'marts.after3' });
  await inspector.getByRole('button', { name: /^x/ }).click();
  await inspector.getByRole('button', { name: 'Show in the graph' }).click();
  await shown(READ + 4);
  await expect(page.locator('[id="node-marts.hub"]')).toHaveAttribute('data-dim', 'false');
  await page.reload();
  await shown(READ + 4); // the address has it
  await page.locator('[id="node-marts.after3"]').press('ArrowLeft');
  await shown(3); // another is chosen

  await scope.selectOption('Whole project');
  await expect(page.getByText(`${ALL} assets`, { exact: true })).toBeVisible();
});

test('the tree finds what one knows the name of, and has in the page what is seen of it', async ({ page }) => {
  await open(page, '/graph', server);
  const tree = page.getByRole('complementary', { name: 'All of the project' });
  const lines = tree.getByRole('listitem');
  const staging = tree.getByRole('button', { name: /^staging/ });
  await expect(staging).toHaveAttribute('aria-expanded', 'true');
  await expect(lines.first()).toHaveAttribute('aria-setsize', String(ALL + 2));
  expect(await lines.count()).toBeLessThan(60);
  await expect(tree.getByRole('button', { name: /^marts/ })).toHaveCount(0); // far below
  await staging.click();
  await expect(tree.getByRole('button', { name: /^hub/ })).toBeVisible();
  await expect(lines).toHaveCount(6);
  await staging.click();

  // by keys down to the last, whose lines come as they are needed
  for (let i = 0; i < LONELY; i++) await page.keyboard.press('Tab');
  await expect(tree.getByRole('button', { name: 's99 not built' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'staging.s99' })).toBeVisible();
  await expect(page.getByText(`1 of ${ALL} assets`)).toBeVisible();

  await tree.getByRole('searchbox', { name: 'Filter' }).fill('after');
  await expect(tree.getByRole('button', { name: /^after/ })).toHaveCount(3);
  await expect(tree.getByRole('button', { name: /^marts/ })).toHaveCount(0); // all that was found is shown
  await tree.getByRole('button', { name: /^after3/ }).click();
  await expect(page.locator('[id="node-marts.after3"]')).toHaveAttribute('aria-pressed', 'true');
  await tree.getByRole('searchbox', { name: 'Filter' }).fill('');
  await open(page, '/graph?on=staging.s150', server); // chosen elsewhere, it comes into sight
  await expect(tree.getByRole('button', { name: /^s150/ })).toBeInViewport();
  await tree.getByRole('searchbox', { name: 'Filter' }).fill('nowhere');
  await expect(tree.getByText('Nothing has that name')).toBeVisible();
});
