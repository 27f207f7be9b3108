/** Serves the gallery (tests/gallery/gallery.tsx) with the page's own sources and files. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { emojiData } from '../../web/build/emoji-data.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export default defineConfig({
  root,
  publicDir: `${root}/web/public`,
  plugins: [react(), emojiData()],
  build: {
    rolldownOptions: { input: fileURLToPath(new URL('index.html', import.meta.url)) },
    target: 'chrome123',
    chunkSizeWarningLimit: 4000,
  },
});
