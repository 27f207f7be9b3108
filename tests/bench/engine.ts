/** `npm run bench:engine`: what end-to-end encryption costs in a real browser, over IndexedDB, beside the bare library. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { securityHeaders } from '../../signaling/http/headers.ts';
import { staticFiles } from '../../signaling/http/static-files.ts';
import { precompress } from '../../web/build/precompress.ts';
import { launchProfile } from '../browser/lib/chromium.ts';
import { percentile, report } from './report.ts';
import type { Row } from './report.ts';

const MANY = 10_000;
const folder = await mkdtemp(join(tmpdir(), 'holler-engine-'));
const dist = join(folder, 'dist');
await build({
  root: fileURLToPath(new URL('engine-page', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  plugins: [precompress()],
  build: { outDir: dist, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'chrome123' },
});
// The real server's headers and files: its policy must let wasm run, and it serves what the build compressed.
const app = new Hono().use(securityHeaders(() => false)).get('*', staticFiles(dist));
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
await new Promise((resolve) => server.once('listening', resolve));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port');
const url = `http://localhost:${address.port}/`;

try {
  const { context, page, problems } = await launchProfile(join(folder, 'profile'));
  report('engine', [...(await sizes()), ...(await loading(page)), ...(await working(page))]);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  await context.close();
} finally {
  server.close();
  await rm(folder, { recursive: true });
}

async function sizes(): Promise<Row[]> {
  const assets = join(dist, 'assets');
  const files = (await readdir(assets)).filter(
    (name) => /matrix|crypto|wasm/i.test(name) && !name.endsWith('.br'),
  );
  const contents = await Promise.all(files.map((name) => readFile(join(assets, name))));
  const sum = (sizeOf: (content: Buffer) => number) =>
    contents.reduce((total, content) => total + sizeOf(content), 0) / 1024;
  const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  return [
    { name: 'script and wasm', value: sum((content) => content.length), unit: 'KiB' },
    { name: 'with gzip', value: sum((content) => gzipSync(content, { level: 9 }).length), unit: 'KiB' },
    {
      name: 'with brotli, as served',
      value: sum((content) => brotliCompressSync(content, quick).length),
      unit: 'KiB',
    },
  ];
}

async function loading(page: Page): Promise<Row[]> {
  const times: number[] = [];
  for (let visit = 0; visit < 4; visit++) {
    await page.goto(url);
    times.push(await page.evaluate(() => window.engineBench.load()));
  }
  return [
    { name: 'load, first visit', value: times[0]!, unit: 'ms' },
    { name: 'load, later visits', value: percentile(times.slice(1), 0.5), unit: 'ms' },
  ];
}

async function working(page: Page): Promise<Row[]> {
  const { took, durable } = await page.evaluate(() => window.engineBench.register());
  if (!durable) throw new Error('IndexedDB was refused');
  await page.evaluate(() => window.engineBench.seal(50));
  const run = {
    bareSeal: await page.evaluate(() => window.engineBench.bareSeal(500)),
    seal: await page.evaluate(() => window.engineBench.seal(500)),
    bareOpen: await page.evaluate(() => window.engineBench.bareOpen(500)),
    open: await page.evaluate(() => window.engineBench.open(500)),
    signal: await page.evaluate(() => window.engineBench.signal(100)),
  };
  const bareRate = 1000 / percentile(run.bareOpen, 0.5);
  const many = await page.evaluate((count) => window.engineBench.openMany(count, 200), MANY);
  const reopen = await page.evaluate(() => window.engineBench.reopen());
  const both = (name: string, of: readonly number[], bare: readonly number[]): Row[] =>
    [0.5, 0.99].map((share) => {
      const value = percentile(of, share);
      return { name: `${name} p${share * 100}`, value, unit: 'ms', ratio: value / percentile(bare, share) };
    });
  return [
    { name: 'a new device, ready', value: took, unit: 'ms' },
    { name: 'a known device, open', value: reopen, unit: 'ms' },
    { name: 'bare seal in memory p50', value: percentile(run.bareSeal, 0.5), unit: 'ms' },
    ...both('seal', run.seal, run.bareSeal),
    { name: 'bare open in memory p50', value: percentile(run.bareOpen, 0.5), unit: 'ms' },
    ...both('open', run.open, run.bareOpen),
    {
      name: `open ${MANY} and settle`,
      value: (MANY * 1000) / many,
      unit: 'messages/s',
      ratio: (MANY * 1000) / many / bareRate,
      better: 'higher',
    },
    { name: 'signal sealed and opened p50', value: percentile(run.signal, 0.5), unit: 'ms' },
    { name: 'signal sealed and opened p99', value: percentile(run.signal, 0.99), unit: 'ms' },
  ];
}
