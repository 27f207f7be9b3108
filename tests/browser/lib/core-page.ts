/** Serves the pages of core-page/ with Vite, so that core's modules run in a browser as they stand. */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

export interface CorePages {
  readonly url: string;
  close(): Promise<void>;
}

/** With `server`, the address of a real one, its API and socket stand at the same origin. */
export async function serveCorePages(server?: string): Promise<CorePages> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const vite = await createServer({
    root,
    configFile: false,
    // While the real server is stopped by a test, every proxied request would be reported.
    logLevel: 'silent',
    server: {
      host: '127.0.0.1',
      port: 0,
      hmr: false,
      watch: null,
      ...(server === undefined ? {} : { proxy: { '/api': { target: server, ws: true } } }),
    },
    // Found only while a page runs, these would reload it.
    optimizeDeps: {
      entries: ['tests/browser/core-page/*.html'],
      include: ['simple-peer/simplepeer.min.js', '@serenity-kit/opaque'],
      // It finds its wasm beside itself.
      exclude: ['@matrix-org/matrix-sdk-crypto-wasm'],
    },
  });
  await vite.listen();
  const address = vite.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/tests/browser/core-page`,
    close: () => vite.close(),
  };
}
