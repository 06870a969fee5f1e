import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { borders } from './vite.borders.ts';

const out = process.env.TOWPATH_CONSOLE ?? resolve('target/web');

/** Packs every file once, so that the server need not do it at each request. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    closeBundle() {
      for (const file of readdirSync(out, { recursive: true, withFileTypes: true })) {
        if (file.isFile() && !file.name.endsWith('.gz')) {
          const path = join(file.parentPath, file.name);
          writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        }
      }
    },
  };
}

export default defineConfig({
  root: 'src/main/web',
  base: '/console/',
  plugins: [react(), borders({ files: true }), packed()],
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a data: URL would need leave of the CSP
    license: { fileName: 'assets/licenses.txt' }, // of all that is bundled, as those licences ask
  },
  // npm run dev: the pages from here, the API of a `towpath serve` on its usual port
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8787', changeOrigin: true } } },
  test: { root: '.', include: ['src/test/unit/**/*.test.ts'], environment: 'node' },
});
