/** The main job: two people register, become friends, see each other, and talk over a data channel, whatever happens to page and server. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { selectedPairs, watchPeers } from './lib/peers.ts';
import {
  askByName,
  composer,
  friendRow,
  join,
  openConversation,
  type Person,
  say,
  shownTexts,
  storedTexts,
  waitForPath,
} from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;
const said: string[] = [];

beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  [ada, bo] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada Lovelace' }, {}, watchPeers),
    join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }, {}, watchPeers),
  ]);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

/** Both browsers hold exactly what was said, in the same order. */
async function expectAllThere(): Promise<void> {
  const expected = said.toSorted();
  for (const { page } of [ada, bo]) {
    await expect
      .poll(async () => (await storedTexts(page)).toSorted(), { timeout: 30_000 })
      .toEqual(expected);
  }
  expect(await storedTexts(ada.page)).toEqual(await storedTexts(bo.page));
}

async function tell(person: Person, text: string): Promise<void> {
  said.push(text);
  await say(person.page, text);
}

describe('two people', () => {
  it('become friends by user name, and see each other online', async () => {
    await askByName(ada.page, 'bob');
    await bo.page.getByRole('button', { name: 'Accept' }).click();
    await friendRow(ada.page, 'Bo').getByText('Online').waitFor();
    await friendRow(bo.page, 'Ada Lovelace').getByText('Online').waitFor();
  });

  it('open a direct link by opening the conversation', async () => {
    await openConversation(ada.page, 'Bo');
    await openConversation(bo.page, 'Ada Lovelace');
    await waitForPath(ada.page, 'direct');
    await waitForPath(bo.page, 'direct');
    expect(await selectedPairs(ada.page)).toMatchObject([{ protocol: 'udp' }]);
  });

  it('exchange 200 messages each way at once over the data channel, in order', async () => {
    const before = (await selectedPairs(bo.page))[0]?.messagesReceived ?? 0;
    const talk = async (person: Person) => {
      // As quick fingers do it, without a look at the page between two strokes.
      const { keyboard } = person.page;
      await composer(person.page).focus();
      for (let number = 1; number <= 200; number++) {
        const text = `${person.displayName} says ${number}`;
        said.push(text);
        await keyboard.insertText(text);
        await keyboard.press('Enter');
      }
    };
    await Promise.all([talk(ada), talk(bo)]);
    await expectAllThere();
    const order = (await storedTexts(bo.page)).filter((text) => text.startsWith('Ada'));
    expect(order).toEqual(Array.from({ length: 200 }, (_, index) => `Ada Lovelace says ${index + 1}`));
    // They came by the channel and not by the server's relay.
    const after = (await selectedPairs(bo.page))[0]?.messagesReceived ?? 0;
    expect(after - before).toBeGreaterThanOrEqual(200);
  });

  it('see that it was delivered and read', async () => {
    await tell(ada, 'Did you get it?');
    await ada.page.locator('.message').last().getByText('Read').waitFor();
  });

  it('see the other typing', async () => {
    await composer(bo.page).pressSequentially('hm');
    await ada.page.getByText('typing…').waitFor();
    await composer(bo.page).fill('');
  });

  it('find everything after a reload, and go on', async () => {
    await ada.page.reload();
    await composer(ada.page).waitFor();
    await expect.poll(() => shownTexts(ada.page)).toContain('Did you get it?');
    await waitForPath(ada.page, 'direct');
    await tell(ada, 'Back again');
    await tell(bo, 'I saw');
    await expectAllThere();
  });

  it('keep talking over the open link while the server is down, and find it again after', async () => {
    await waitForPath(bo.page, 'direct');
    await holler.stop('SIGKILL');
    await tell(ada, 'The server is gone');
    await tell(bo, 'We are not');
    await expectAllThere();
    await holler.start();
    await friendRow(ada.page, 'Bo').getByText('Online').waitFor({ timeout: 60_000 });
    await friendRow(bo.page, 'Ada Lovelace').getByText('Online').waitFor({ timeout: 60_000 });
    await tell(bo, 'It is back');
    await expectAllThere();
  });

  it('get what was written while the friend was away', async () => {
    const url = bo.page.url();
    await bo.page.close();
    await friendRow(ada.page, 'Bo')
      .getByText(/Offline|Last seen/)
      .waitFor({ timeout: 20_000 });
    await waitForPath(ada.page, 'mailbox');
    await tell(ada, 'Read this when you are back');
    await ada.page.locator('.message').last().getByText('Sent').waitFor();
    const page = await bo.context.newPage();
    bo = { ...bo, page };
    await page.goto(url);
    await expectAllThere();
    await ada.page
      .locator('.message')
      .last()
      .getByText(/^(Delivered|Read)$/)
      .waitFor();
  });

  it('report no error in all of this but the lost server', () => {
    // The server was killed once; and it says 401 to a browser that asks who it is before anybody has signed in.
    const lost =
      /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket connection|status of 401/;
    expect([...ada.problems, ...bo.problems].filter((problem) => !lost.test(problem))).toEqual([]);
  });
});
