/** Builds the page of a device once and serves it, with the real server's API and socket at the same origin. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import { freePort } from '../tools/free-port.ts';

const ROOT = fileURLToPath(new URL('page', import.meta.url));

export interface Pages {
  readonly url: string;
  close(): Promise<void>;
}

export async function servePages(server: string): Promise<Pages> {
  const outDir = await mkdtemp(join(tmpdir(), 'holler-torture-'));
  const common = { root: ROOT, configFile: false, logLevel: 'silent' } as const;
  await build({
    ...common,
    build: {
      outDir,
      target: 'chrome123',
      rolldownOptions: { input: join(ROOT, 'torture.html') },
      reportCompressedSize: false,
    },
  });
  const port = await freePort();
  const served = await preview({
    ...common,
    build: { outDir },
    preview: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      proxy: { '/api': { target: server, ws: true } },
    },
  });
  return {
    url: `http://127.0.0.1:${port}/torture.html`,
    async close() {
      await served.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
