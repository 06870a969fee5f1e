import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { borders } from './vite.borders.ts';
import { preact } from './vite.preact.ts';

const MOST = 2_000_000;
const QUALITY = constants.BROTLI_PARAM_QUALITY;
const out = process.env.TOWPATH_CONSOLE ?? resolve('target/web');

/** Packs every file once, so that the server need not do it at each request. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    closeBundle() {
      for (const file of readdirSync(out, { recursive: true, withFileTypes: true })) {
        if (file.isFile() && !/\.(gz|br)$/.test(file.name)) {
          const path = join(file.parentPath, file.name);
          const bytes = readFileSync(path);
          writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
          const quality = bytes.length > MOST ? 9 : 11; // the best takes ten seconds for the largest
          writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [QUALITY]: quality } }));
        }
      }
    },
  };
}

export default defineConfig({
  root: 'src/main/web',
  base: '/console/',
  plugins: [react(), borders({ files: true }), packed()],
  resolve: { alias: preact },
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a data: URL would need leave of the CSP
    rolldownOptions: {
      output: {
        // what every view needs comes as one file: each one more costs its headers
        codeSplitting: {
          groups: [
            {
              name: 'shell',
              test: /node_modules\/(preact|@tanstack)\/|\/web\/(api\/|app\/(App|Shell|router|theme|Boundary)\.|ui\/(ui|icons|format|Status)\.)/,
            },
          ],
        },
      },
    },
    license: { fileName: 'assets/licenses.txt' }, // of all that is bundled, as those licences ask
  },
  // npm run dev: the pages from here, the API of a `towpath serve` on its usual port
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8787', changeOrigin: true } } },
  test: { root: '.', include: ['src/test/unit/**/*.test.ts'], environment: 'node' },
});
