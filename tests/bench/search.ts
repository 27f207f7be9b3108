/** `npm run bench:search`: the first page of results over a long history, half English and half Chinese, and what the index costs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launchProfile } from '../browser/lib/chromium.ts';
import { serveCorePages } from '../browser/lib/core-page.ts';
import type {} from '../browser/core-page/search.ts';
import { percentile, report, type Row } from './report.ts';

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '30' } },
});
const messages = Number(values.messages);
const rounds = Number(values.rounds);
const ADDS = 300;

const folder = await mkdtemp(join(tmpdir(), 'holler-search-'));
const pages = await serveCorePages();
// Kept on the disk, as at home.
const { context, page } = await launchProfile(folder);
try {
  await page.goto(`${pages.url}/search.html`);
  await page.evaluate(async (count) => (await window.bench).seedHistory(count), messages);
  const pieces = await page.evaluate(async () => (await window.bench).index());
  const { size, texts } = await page.evaluate(async () => (await window.bench).sizes());
  const word = (language: 'en' | 'zh', at: number) =>
    page.evaluate(async ([of, rank]) => (await window.bench).word(of, rank), [language, at] as const);
  const searches: [string, string][] = [
    ['common word', await word('en', 0)],
    ['rare word', await word('en', 15_000)],
    ['beginning of a word', (await word('en', 9_000)).slice(0, 3)],
    ['common character', (await word('zh', 0)).slice(0, 1)],
    ['common pair', await word('zh', 0)],
    ['rare pair', await word('zh', 15_000)],
    ['two rare words', `${await word('en', 8_000)} ${await word('en', 12_000)}`],
    ['nothing to find', 'qqqq 龘龘'],
  ];
  const read = await measure(page, async () => (await window.bench).bareRead(30));
  const scan = await page.evaluate(async () => (await window.bench).bareScan('qqqq'));
  const rows: Row[] = [
    { name: 'bare read of 30 messages p50', value: percentile(read, 0.5), unit: 'ms' },
    { name: 'bare scan of every message', value: scan, unit: 'ms' },
  ];
  for (const [name, text] of searches) {
    for (const [where, conversationId] of [
      ['all', null],
      ['one', 'friend-b'],
    ] as const) {
      const { spans, hits } = await findOften(text, conversationId);
      const value = percentile(spans, 0.5);
      rows.push(
        { name: `${name}, ${where}, p50 (${hits})`, value, unit: 'ms', ratio: value / percentile(read, 0.5) },
        { name: `${name}, ${where}, p90`, value: percentile(spans, 0.9), unit: 'ms' },
      );
    }
  }
  rows.push(...(await addingRows()));
  rows.push(
    { name: 'indexing all', value: pieces.reduce((sum, each) => sum + each, 0), unit: 'ms' },
    { name: 'indexing 100, p50', value: percentile(pieces, 0.5), unit: 'ms' },
    { name: 'indexing 100, p99', value: percentile(pieces, 0.99), unit: 'ms' },
    { name: 'index, before the disk compresses it', value: size / 1024 / 1024, unit: 'MiB' },
    { name: 'texts', value: texts / 1024 / 1024, unit: 'MiB' },
  );
  report('search', rows);
} finally {
  await context.close();
  await pages.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(on: Page, once: () => Promise<number>): Promise<number[]> {
  const spans: number[] = [];
  for (let round = 0; round < rounds; round += 1) spans.push(await on.evaluate(once));
  return spans;
}

async function findOften(text: string, conversationId: string | null) {
  const spans: number[] = [];
  let hits = '';
  for (let round = 0; round < rounds; round += 1) {
    const found = await page.evaluate(async ([query, of]) => (await window.bench).find(query, of), [
      text,
      conversationId,
    ] as const);
    spans.push(found.span);
    hits = `${found.hits}${found.more ? '+' : ''} hits`;
  }
  return { spans, hits };
}

/** In turns, so that the machine's moods meet both. */
async function addingRows(): Promise<Row[]> {
  const [ours, bare, indexed]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ADDS; round += 1) {
    bare.push(await page.evaluate(async () => (await window.bench).bareAdd()));
    ours.push(await page.evaluate(async () => (await window.bench).add()));
    indexed.push((await page.evaluate(async () => (await window.bench).index()))[0] ?? Number.NaN);
  }
  const value = percentile(ours, 0.5);
  return [
    { name: 'storing a message without the search p50', value: percentile(bare, 0.5), unit: 'ms' },
    { name: 'storing a message p50', value, unit: 'ms', ratio: value / percentile(bare, 0.5), target: 1.3 },
    { name: 'indexing one message afterwards p50', value: percentile(indexed, 0.5), unit: 'ms' },
  ];
}
