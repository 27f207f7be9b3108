/** Builds the page into dist/web: hashed assets, brotli beside each, the service worker's list of files, and a size report. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { emojiData } from './web/build/emoji-data.ts';
import { firstPaintReport } from './web/build/first-paint-report.ts';
import { precompress } from './web/build/precompress.ts';
import { shellFiles } from './web/build/shell-files.ts';

const web = fileURLToPath(new URL('web', import.meta.url));

export default defineConfig({
  root: web,
  plugins: [react(), emojiData(), shellFiles(), firstPaintReport(150 * 1024), precompress()],
  // It finds its wasm beside itself, and must be served from where it is.
  optimizeDeps: { exclude: ['@matrix-org/matrix-sdk-crypto-wasm'] },
  build: {
    outDir: fileURLToPath(new URL('dist/web', import.meta.url)),
    emptyOutDir: true,
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // Its own inline helper would break the CSP; every browser we build for preloads modules itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: `${web}/index.html`, 'service-worker': `${web}/worker/service-worker.ts` },
      output: {
        // The service worker's address must never change.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
