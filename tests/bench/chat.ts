/** `npm run bench:chat`: how long a message takes to be shown on the other page, and a click to open a link, beside bare WebRTC. */
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launchChromium } from '../browser/lib/chromium.ts';
import { startHoller } from '../browser/lib/holler.ts';
import { befriend, composer, friendRow, join, openConversation, waitForPath } from '../browser/lib/person.ts';
import { openBarePage, startBareServer } from './bare-channel.ts';
import { NAMES } from './bare-media.ts';
import { percentile, report } from './report.ts';

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '200' }, opens: { type: 'string', default: '15' } },
});
const messages = Number(values.messages);
const opens = Number(values.opens);

declare global {
  interface Window {
    benchSent: number[];
    benchShown: Map<string, number>;
    benchOpened: Promise<number>;
  }
}

const holler = await startHoller();
const bareServer = await startBareServer();
const browser = await launchChromium();
try {
  const ada = await join(
    browser,
    holler.url,
    { userName: 'ada', displayName: 'Ada' },
    {},
    async (context) => {
      await context.addInitScript(NAMES);
      await context.addInitScript(watchOpening);
    },
  );
  const bob = await join(
    browser,
    holler.url,
    { userName: 'bob', displayName: 'Bob' },
    {},
    async (context) => {
      await context.addInitScript(NAMES);
    },
  );
  await befriend(ada, bob);

  const bare = await measureBare();
  const opening = await measureOpening(ada.page);
  await openConversation(bob.page, 'Ada');
  const shown = await measureShown(ada.page, bob.page);

  report('chat', [
    { name: 'bare echo p50', value: percentile(bare.trips, 0.5), unit: 'ms' },
    { name: 'bare echo p99', value: percentile(bare.trips, 0.99), unit: 'ms' },
    ratioRow('send to shown p50', shown, bare.trips, 0.5, 1.5),
    ratioRow('send to shown p99', shown, bare.trips, 0.99, 1.5),
    { name: 'bare open p50', value: percentile(bare.openings, 0.5), unit: 'ms' },
    ratioRow('click to open channel p50', opening, bare.openings, 0.5, 1.3),
  ]);

  async function measureBare(): Promise<{ trips: number[]; openings: number[] }> {
    const [left, right] = [
      await openBarePage(ada.context, bareServer),
      await openBarePage(bob.context, bareServer),
    ];
    const openings: number[] = [];
    for (let round = 0; round < opens; round++) {
      const answering = right.evaluate(() => window.bareOpen(false));
      openings.push(await left.evaluate(() => window.bareOpen(true)));
      await answering;
    }
    const trips = await left.evaluate((count) => window.bareEcho(count), messages);
    await left.close();
    await right.close();
    return { trips, openings };
  }
} finally {
  await browser.close();
  bareServer.close();
  await holler.dispose();
}

function ratioRow(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  share: number,
  target: number,
) {
  const value = percentile(ours, share);
  return { name, value, unit: 'ms', ratio: value / percentile(theirs, share), target };
}

/** Runs in the page before it loads: when the first channel named `chat` of a connection opens. */
function watchOpening(): void {
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options);
      if (label !== 'chat') return channel;
      window.benchOpened = new Promise((resolve) => {
        const opened = () => resolve(performance.timeOrigin + performance.now());
        channel.addEventListener('open', opened, { once: true });
      });
      return channel;
    }
  };
}

/** From the click on the friend to the open channel; each round in a page that was loaded anew, so that no link is left over. */
async function measureOpening(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < opens; round++) {
    await page.goto(holler.url);
    await friendRow(page, 'Bob').getByText('Online').waitFor();
    // What a person needs at the least to find the friend in the list; the page is idle again after it.
    await page.waitForTimeout(500);
    await page.evaluate(() => {
      document.addEventListener(
        'click',
        () => (window.benchSent = [performance.timeOrigin + performance.now()]),
        {
          once: true,
          capture: true,
        },
      );
    });
    await friendRow(page, 'Bob').click();
    await waitForPath(page, 'direct');
    times.push(
      await page.evaluate(async () => (await window.benchOpened) - (window.benchSent[0] ?? Number.NaN)),
    );
  }
  return times;
}

/** From the key that sends to the text in the other page. */
async function measureShown(from: Page, to: Page): Promise<number[]> {
  await waitForPath(from, 'direct');
  await from.evaluate(() => {
    window.benchSent = [];
    const note = (event: KeyboardEvent) => {
      if (event.key === 'Enter') window.benchSent.push(performance.timeOrigin + event.timeStamp);
    };
    document.addEventListener('keydown', note, { capture: true });
  });
  await to.evaluate(() => {
    window.benchShown = new Map();
    new MutationObserver(() => {
      const now = performance.timeOrigin + performance.now();
      for (const element of document.querySelectorAll('.message .bubble-text')) {
        const text = element.textContent;
        if (!window.benchShown.has(text)) window.benchShown.set(text, now);
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  for (let index = 0; index < messages; index++) {
    await composer(from).fill(`message ${index}`);
    await composer(from).press('Enter');
    await to.waitForFunction((text) => window.benchShown.has(text), `message ${index}`);
  }
  const sent = await from.evaluate(() => window.benchSent);
  const shown = await to.evaluate(() => Object.fromEntries(window.benchShown));
  return sent.map((at, index) => (shown[`message ${index}`] ?? Number.NaN) - at);
}
