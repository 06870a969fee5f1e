import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Locked {
  resolved?: string;
  integrity?: string;
}

it('the lock file names what is installed by its hash, and no host that it has to come from', () => {
  const text = readFileSync('package-lock.json', 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  expect(entries.length).toBeGreaterThan(100);
  for (const [path, { resolved, integrity }] of entries) {
    expect(resolved, path).toBeUndefined();
    expect(integrity, path).toMatch(/^sha512-/);
  }
});
