/** `npm run bench:files`: a file from disk to disk over a link, beside the same bytes over a bare channel; and what a file does to the chat beside it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { card, chooseFile, makeFile, press } from '../browser/lib/file-people.ts';
import { startHoller } from '../browser/lib/holler.ts';
import { befriend, joinAtHome, openConversation, say, waitForPath } from '../browser/lib/person.ts';
import { NAMES, openBarePair } from './bare-media.ts';
import { percentile, report } from './report.ts';

const { values } = parseArgs({
  options: { mib: { type: 'string', default: '128' }, rounds: { type: 'string', default: '3' } },
});
const mebibytes = Number(values.mib);
const rounds = Number(values.rounds);
/** Between two messages, ms. */
const PAUSE = 60;

declare global {
  interface Window {
    /** When the key that sends was last pressed; ms since 1970, as everywhere here. */
    benchKeyAt: number;
    benchShownAt: Promise<number>;
  }
}

const folder = await mkdtemp(join(tmpdir(), 'holler-bench-'));
const holler = await startHoller();
const names = async (context: BrowserContext) => {
  await context.addInitScript(NAMES);
};
const home = (userName: string, displayName: string) =>
  joinAtHome(join(folder, userName), holler.url, { userName, displayName }, names);
const [ada, bo] = [await home('ada', 'Ada'), await home('bob', 'Bo')];
try {
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
  await waitForPath(ada.page, 'direct');
  const path = join(folder, 'bench.bin');
  await makeFile(path, mebibytes);

  const rates = { bare: [] as number[], ours: [] as number[] };
  // In turns, so that both meet the same moods of the machine.
  for (let round = 0; round < rounds; round++) {
    rates.bare.push((await overBareChannel(false)).rate);
    rates.ours.push(await overLink(path));
  }
  await ada.page.evaluate(() => {
    const mark = ({ key, timeStamp }: KeyboardEvent) => {
      if (key === 'Enter') window.benchKeyAt = performance.timeOrigin + timeStamp;
    };
    document.addEventListener('keydown', mark, { capture: true });
  });
  const alone: number[] = [];
  while (alone.length < 60) alone.push(await chat(`alone ${alone.length}`));
  const bareBeside = (await overBareChannel(true)).waits;
  const beside = await chatBeside(path);

  console.log(`${beside.length} messages beside a file of ${mebibytes} MiB`);
  const at = percentile;
  report('files', [
    { name: 'bare channel', value: at(rates.bare, 0.5), unit: 'MiB/s' },
    {
      name: 'disk to disk',
      value: at(rates.ours, 0.5),
      unit: 'MiB/s',
      ratio: at(rates.ours, 0.5) / at(rates.bare, 0.5),
      target: 0.85,
      better: 'higher',
    },
    { name: 'bare message beside bulk p50', value: at(bareBeside, 0.5), unit: 'ms' },
    { name: 'bare message beside bulk p99', value: at(bareBeside, 0.99), unit: 'ms' },
    { name: 'chat alone, key to screen p50', value: at(alone, 0.5), unit: 'ms' },
    { name: 'chat alone, key to screen p99', value: at(alone, 0.99), unit: 'ms' },
    {
      name: 'chat beside a file p50',
      value: at(beside, 0.5),
      unit: 'ms',
      ratio: at(beside, 0.5) / at(alone, 0.5),
    },
    {
      name: 'chat beside a file p99',
      value: at(beside, 0.99),
      unit: 'ms',
      ratio: at(beside, 0.99) / at(alone, 0.99),
    },
  ]);
} finally {
  await ada.context.close();
  await bo.context.close();
  await holler.dispose();
  await rm(folder, { recursive: true, force: true });
}

async function overBareChannel(talking: boolean): Promise<{ rate: number; waits: number[] }> {
  const [left, right] = await openBarePair(ada.context, bo.context, holler.url);
  const started = performance.now();
  await Promise.all([
    left.evaluate((count) => window.bareSend(count), mebibytes),
    talking ? left.evaluate((every) => window.bareSay(every), PAUSE) : undefined,
    right.evaluate((bytes) => window.bareReceived(bytes), mebibytes * 1024 * 1024),
  ]);
  const seconds = (performance.now() - started) / 1000;
  const waits = await right.evaluate(() => window.bareWaits);
  await left.close();
  await right.close();
  return { rate: mebibytes / seconds, waits };
}

/** Chooses and accepts a file; resolves when the receiving browser has put it among its downloads. */
async function transfer(path: string): Promise<{ started: number; saved: Promise<unknown> }> {
  const saved = bo.page.waitForEvent('download', { timeout: 0 }).then((download) => download.path());
  await chooseFile(ada, path);
  await card(bo).and(bo.page.locator('[data-phase=offered]')).waitFor();
  const started = performance.now();
  await press(bo, 'Accept');
  return { started, saved };
}

/** From the press on Accept until both pages call it complete: read, sent, verified and on the disk; MiB/s. */
async function overLink(path: string): Promise<number> {
  const { started, saved } = await transfer(path);
  await card(ada).and(ada.page.locator('[data-phase=complete]')).waitFor({ timeout: 0 });
  const seconds = (performance.now() - started) / 1000;
  // The copy to the downloads must not slow the next round.
  await saved;
  return mebibytes / seconds;
}

async function chatBeside(path: string): Promise<number[]> {
  const { saved } = await transfer(path);
  let over = false;
  void saved.then(() => (over = true));
  const waits: number[] = [];
  while (!over) waits.push(await chat(`beside ${waits.length}`));
  // The last one may have come after the end.
  return waits.slice(0, -1);
}

/** From the key that sends to the words on the other page, ms, by the clocks of the two pages. */
async function chat(text: string): Promise<number> {
  await bo.page.evaluate((expected) => {
    window.benchShownAt = new Promise((resolve) => {
      const look = () => {
        const shown = [...document.querySelectorAll('.bubble-text')];
        if (!shown.some(({ textContent }) => textContent === expected)) return;
        observer.disconnect();
        resolve(performance.timeOrigin + performance.now());
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
  }, text);
  await say(ada.page, text);
  const [seen, sent] = [
    await bo.page.evaluate(() => window.benchShownAt),
    await ada.page.evaluate(() => window.benchKeyAt),
  ];
  await bo.page.waitForTimeout(PAUSE);
  return seen - sent;
}
