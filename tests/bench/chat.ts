/** `npm run bench:chat`: how long a message takes to be shown on the other page, and a click to open a link, beside bare WebRTC. */
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../browser/lib/chromium.ts';
import { type Holler, startHoller } from '../browser/lib/holler.ts';
import { befriend, join, openConversation, type Person, waitForPath } from '../browser/lib/person.ts';
import { type BareServer, openBarePage, startBareServer } from './bare-channel.ts';
import { NAMES } from './bare-media.ts';
import { loadAnew, openByClick, sayAndWait, watchOpening, watchSending, watchShowing } from './chat-page.ts';
import { percentile, report, type Row } from './report.ts';
import { skewOf } from './wall-clock.ts';

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '300' }, opens: { type: 'string', default: '20' } },
});
const messages = Number(values.messages);
const opens = Number(values.opens);
/** Before what is measured both have said this much: nobody's first words, to which the code is loaded, count. */
const WARM_UP = 20;
/** Between one measurement and the next, so that neither meets what the other left to do. */
const PAUSE = 60;

const holler = await startHoller();
const bareServer = await startBareServer();
// Every page that takes part is drawn and runs its timers, as on a screen.
const browser = await launchChromium([
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
]);
try {
  const [ada, bob] = await friends(browser, holler);
  const opening = await measureOpening(ada, bob, bareServer);
  const saying = await measureSaying(ada, bob, bareServer);
  report('chat', [
    { name: 'bare echo p50', value: percentile(saying.bare, 0.5), unit: 'ms' },
    { name: 'bare echo p99', value: percentile(saying.bare, 0.99), unit: 'ms' },
    ratioRow('send to shown p50', saying.ours, saying.bare, 0.5, 1.5),
    ratioRow('send to shown p99', saying.ours, saying.bare, 0.99, 1.5),
    { name: 'bare open p50', value: percentile(opening.bare, 0.5), unit: 'ms' },
    ratioRow('press to open channel p50', opening.press, opening.bare, 0.5),
    ratioRow('click to open channel p50', opening.click, opening.bare, 0.5, 1.3),
    ratioRow('click to open channel p90', opening.click, opening.bare, 0.9, 1.3),
  ]);
} finally {
  await browser.close();
  bareServer.close();
  await holler.dispose();
}

/** What was measured of ours and of the bare reference, taken in turns so that the machine's moods meet both; ms. */
interface Pairs {
  readonly ours: readonly number[];
  readonly bare: readonly number[];
}

interface Openings {
  readonly press: readonly number[];
  readonly click: readonly number[];
  readonly bare: readonly number[];
}

async function friends(on: Browser, { url }: Holler): Promise<[Person, Person]> {
  const ada = await join(on, url, { userName: 'ada', displayName: 'Ada' }, {}, async (context) => {
    await context.addInitScript(NAMES);
    await context.addInitScript(watchOpening);
  });
  const bob = await join(on, url, { userName: 'bob', displayName: 'Bob' }, {}, async (context) => {
    await context.addInitScript(NAMES);
  });
  await befriend(ada, bob);
  return [ada, bob];
}

/** The first connection of a page that was just loaded, and rested for a moment, to one that has been open all along. */
async function measureOpening(ada: Person, bob: Person, server: BareServer): Promise<Openings> {
  const right = await openBarePage(bob.context, server);
  const [press, click, bare]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < opens; round++) {
    const left = await openBarePage(ada.context, server);
    await left.waitForTimeout(500);
    const answering = right.evaluate(() => window.bareOpen(false));
    bare.push(await left.evaluate(() => window.bareOpen(true)));
    await answering;
    await left.close();
    await loadAnew(ada.page, holler.url, 'Bob');
    await ada.page.waitForTimeout(500);
    const { fromPress, fromClick } = await openByClick(ada.page, 'Bob');
    press.push(fromPress);
    click.push(fromClick);
    await waitForPath(ada.page, 'direct');
  }
  await right.close();
  return { press, click, bare };
}

/** From the key that sends to the text in the other page, and a round trip on a bare channel. */
async function measureSaying(ada: Person, bob: Person, server: BareServer): Promise<Pairs> {
  await openConversation(bob.page, 'Ada');
  await waitForPath(ada.page, 'direct');
  const left = await openBarePage(ada.context, server);
  const right = await openBarePage(bob.context, server);
  const answering = right.evaluate(() => window.bareOpen(false));
  await left.evaluate(() => window.bareOpen(true));
  await answering;
  await ada.page.evaluate(watchSending);
  await bob.page.evaluate(watchShowing);
  const skew = async () => (await skewOf(bob.page)) - (await skewOf(ada.page));
  const skewBefore = await skew();
  const [spans, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < WARM_UP + messages; round++) {
    const trip = await left.evaluate(() => window.bareEcho());
    await left.waitForTimeout(PAUSE);
    const span = await sayAndWait(ada.page, bob.page, `message ${round}`, PAUSE);
    await left.waitForTimeout(PAUSE);
    if (round < WARM_UP) continue;
    bare.push(trip);
    spans.push(span);
  }
  const skewAfter = await skew();
  console.log(
    `The pages' clocks differ by ${skewBefore.toFixed(2)} ms at first, ${skewAfter.toFixed(2)} ms in the end; the mean is taken off.`,
  );
  await left.close();
  await right.close();
  return { ours: spans.map((span) => span - (skewBefore + skewAfter) / 2), bare };
}

function ratioRow(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  share: number,
  target?: number,
): Row {
  const value = percentile(ours, share);
  const row = { name, value, unit: 'ms', ratio: value / percentile(theirs, share) };
  return target === undefined ? row : { ...row, target };
}
