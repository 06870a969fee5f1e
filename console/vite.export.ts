import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { borders } from './vite.borders.ts';
import { preact } from './vite.preact.ts';

// A dashboard as a file of its own (dashboards/export.tsx): one script that loads nothing, which the server puts into
// each file together with its data. Most need only the small one.
export default defineConfig(({ mode }) => {
  const full = mode === 'full';
  const plotly = full ? 'plotly.js-strict-dist-min' : 'plotly.js-cartesian-dist-min';
  return {
    root: 'src/main/web',
    base: './',
    plugins: [react(), borders()],
    resolve: {
      alias: [
        ...preact,
        ...['cartesian', 'geo', 'strict'].map((bundle) => ({
          find: `plotly.js-${bundle}-dist-min`,
          replacement: plotly,
        })),
      ],
    },
    publicDir: false,
    build: {
      outDir: resolve(process.env.TOWPATH_CONSOLE ?? 'target/web', 'assets'),
      emptyOutDir: false,
      target: 'es2023',
      assetsInlineLimit: Infinity,
      cssCodeSplit: false,
      chunkSizeWarningLimit: 6_000,
      rolldownOptions: {
        input: resolve(`src/main/web/dashboards/${full ? 'export-full' : 'export'}.tsx`),
        output: {
          format: 'iife',
          entryFileNames: full ? 'export-full.js' : 'export.js',
          assetFileNames: 'export.[ext]',
        },
      },
    },
  };
});
