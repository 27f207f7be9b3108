/**
 * `npm run bench:groups -- --people 6 --messages 60`: a group in which everybody is there, each in a page of their own
 * (core without a view): how soon all have links to all, how soon what one says stands in the timelines of all others,
 * and whether the server had to carry any of it. Beside it a text over bare channels from one page to all others.
 */
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openProfile } from '../browser/lib/chromium.ts';
import { startHoller } from '../browser/lib/holler.ts';
import { servePages } from '../torture/pages.ts';
import { NAMES } from './bare-media.ts';
import { connectBare, linksOf, openAndWatch, say, sayBare, shownAt, watchWays } from './groups-page.ts';
import { percentile, report } from './report.ts';
import { skewOf } from './wall-clock.ts';

const { values } = parseArgs({
  options: { people: { type: 'string', default: '6' }, messages: { type: 'string', default: '60' } },
});
const people = Number(values.people);
const messages = Number(values.messages);
const PASSWORD = 'mellow-otter-paints-74-doors';
const LIMIT = 300_000;
/** Each says one thing before what is measured: first words prepare what is needed for all others. */
const WARM_UP = people;
/** Between one measurement and the next, so that neither meets what the other left to do; ms. */
const PAUSE = 100;
/** Texts so far: no two are alike. */
let said = 0;

const holler = await startHoller({ RATE_LIMIT_FACTOR: '1000' });
const served = await servePages(holler.url);
const browser = await launchChromium([
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
]);
try {
  const pages: Page[] = [];
  for (let n = 0; n < people; n += 1) pages.push(await enter(browser, n));
  const groupId = await found(pages);
  const opening = performance.now();
  for (const page of pages) await openAndWatch(page, groupId);
  await all(pages, async (page) => (await linksOf(page)) >= people - 1);
  const opened = performance.now() - opening;
  for (const other of pages.slice(1)) await connectBare(firstOf(pages), other);
  const { ours, bare, byServer } = await measureSaying(pages, groupId);
  report('groups', [
    { name: `${people} pages: links of each to all`, value: opened, unit: 'ms' },
    { name: `bare channels to ${people - 1} pages p50`, value: percentile(bare, 0.5), unit: 'ms' },
    { name: `bare channels to ${people - 1} pages p90`, value: percentile(bare, 0.9), unit: 'ms' },
    row('send to shown on all p50', ours, bare, 0.5),
    row('send to shown on all p90', ours, bare, 0.9),
    { name: `frames given to the server for ${messages} messages`, value: byServer, unit: 'frames' },
  ]);
} finally {
  await browser.close();
  await served.close();
  await holler.dispose();
}

async function enter(on: Browser, n: number): Promise<Page> {
  const { context, page } = await openProfile(on);
  await context.exposeBinding('report', () => undefined);
  await context.addInitScript(NAMES);
  await context.addInitScript(watchWays);
  await page.goto(served.url);
  await page.waitForFunction(() => window.device !== undefined);
  await page.evaluate(
    async ([name, password]) => {
      const entered = await window.device.register(name, password);
      if (!entered.ok) throw new Error(entered.failure.code);
    },
    [`person${n}`, PASSWORD] as const,
  );
  await all([page], async (one) => (await one.evaluate(() => window.device.standing())) === 'online ready');
  return page;
}

/** The first is a friend of all others, who are none of each other's, and makes a group of them. */
async function found(pages: readonly Page[]): Promise<string> {
  const [first, others] = [firstOf(pages), pages.slice(1)];
  const ids: string[] = [];
  for (const [index, other] of others.entries()) {
    await first.evaluate((name) => window.device.messenger.people.request(name), `person${index + 1}`);
    await all([other], (page) => page.evaluate(() => window.device.requests() > 0));
    await other.evaluate(() => window.device.acceptAll());
    ids.push(await other.evaluate(() => window.device.ownId()));
  }
  const hasFriends = (page: Page) =>
    page.evaluate((friends) => window.device.contacts().length === friends, ids.length);
  await all([first], hasFriends);
  const groupId = await first.evaluate((members) => window.device.makeGroup('All', members), ids);
  await all(pages, (page) =>
    page.evaluate((group) => window.device.isMember(group, window.device.ownId()) === true, groupId),
  );
  return groupId;
}

/** In turns, so that the machine's moods meet both: everybody says something, the first page over bare channels. */
async function measureSaying(pages: readonly Page[], groupId: string) {
  const ahead = await skews(pages);
  const [ours, bare]: [number[], number[]] = [[], []];
  let before = 0;
  for (let round = 0; round < WARM_UP + messages; round += 1) {
    if (round === WARM_UP) before = await framesOf(pages);
    const speaker = round % people;
    const spoken = await spread(pages, speaker, ahead, 'benchShown', (page, text) =>
      say(page, groupId, text),
    );
    await firstOf(pages).waitForTimeout(PAUSE);
    const sent = await spread(pages, 0, ahead, 'benchBare', sayBare);
    await firstOf(pages).waitForTimeout(PAUSE);
    if (round < WARM_UP) continue;
    ours.push(spoken);
    bare.push(sent);
  }
  return { ours, bare, byServer: (await framesOf(pages)) - before };
}

/** From its being said in one page until it is in the last of all others; ms. */
async function spread(
  pages: readonly Page[],
  speaker: number,
  ahead: readonly number[],
  kept: 'benchShown' | 'benchBare',
  speak: (page: Page, text: string) => Promise<number>,
): Promise<number> {
  const text = `message ${(said += 1)}`;
  const from = pages[speaker] ?? firstOf(pages);
  const sent = (await speak(from, text)) - (ahead[speaker] ?? 0);
  const there = await Promise.all(
    pages.map(async (page, index) =>
      page === from ? sent : (await shownAt(page, text, kept)) - (ahead[index] ?? 0),
    ),
  );
  return Math.max(...there) - sent;
}

/** One after the other: each keeps a core busy. */
async function skews(pages: readonly Page[]): Promise<number[]> {
  const found: number[] = [];
  for (const page of pages) found.push(await skewOf(page));
  return found;
}

async function framesOf(pages: readonly Page[]): Promise<number> {
  const counts = await Promise.all(pages.map((page) => page.evaluate(() => window.benchByServer)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function all(pages: readonly Page[], is: (page: Page) => Promise<boolean>): Promise<void> {
  const limit = Date.now() + LIMIT;
  for (const page of pages) {
    while (!(await is(page))) {
      if (Date.now() > limit) throw new Error('It took too long.');
      await page.waitForTimeout(50);
    }
  }
}

function firstOf(pages: readonly Page[]): Page {
  const [first] = pages;
  if (!first) throw new Error('A group has people.');
  return first;
}

function row(name: string, spans: readonly number[], bare: readonly number[], share: number) {
  const value = percentile(spans, share);
  return { name, value, unit: 'ms', ratio: value / percentile(bare, share) };
}
