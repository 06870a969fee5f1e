import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Until nothing is loading or drawn any more. */
export async function settled(page: Page) {
  await page.waitForFunction(() => {
    const busy = '[aria-label="Loading"], [aria-busy="true"], [data-kind=chart] [role=img]:not(.js-plotly-plot)';
    const moves = (a: Animation) => a.playState === 'running' && a.effect?.getComputedTiming().endTime !== Infinity;
    return document.querySelector(busy) === null && !document.getAnimations().some(moves);
  });
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Makes the window as high as all that is in it. */
async function stretch(page: Page) {
  const { width } = page.viewportSize()!;
  const height = await page.evaluate(() => {
    const main = document.querySelector('main')!;
    return innerHeight - main.clientHeight + main.scrollHeight;
  });
  await page.setViewportSize({ width, height: Math.min(height, 5_000) });
  await settled(page);
}

interface Of {
  /** Whether all of the view is looked at, also what is scrolled to. */
  whole?: boolean;
  /** Whether it is the look of something that went wrong. */
  fails?: boolean;
}

/** A picture, and what axe says. What only went wrong would look fine to it. */
async function look(page: Page, name: string, size: string, scheme: string, { whole, fails }: Of) {
  await settled(page);
  if (whole) await stretch(page);
  await page.screenshot({ path: `target/screenshots/${name}-${size}-${scheme}.png` });
  const alerts = await page.getByRole('alert').allInnerTexts();
  expect(alerts.length > 0, `${name}: ${alerts}`).toBe(fails ?? false);
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const said = violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html)}`);
  expect(said, `${name} on a ${size}, ${scheme}`).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, `${name} on a ${size} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** A view on a desk and on a phone, in light and in dark. */
export async function everyLook(page: Page, name: string, of: Of = {}) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await look(page, name, size, colorScheme, of);
    }
  }
}
