/** Several tabs of one person: one connection, no doubles, and when the leading tab goes another takes over. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import {
  befriend,
  composer,
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
let bob: Person;
let second: Page;

beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  [ada, bob] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }),
    join(browser, holler.url, { userName: 'bob', displayName: 'Bob' }),
  ]);
  await befriend(ada, bob);
  await openConversation(ada.page, 'Bob');
  await openConversation(bob.page, 'Ada');
  second = await ada.context.newPage();
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

describe('two tabs of one person', () => {
  it('show the same, and open no second connection to the server', async () => {
    const sockets: string[] = [];
    second.on('websocket', (socket) => sockets.push(socket.url()));
    await second.goto(ada.page.url());
    await composer(second).waitFor();
    await waitForPath(second, 'direct');
    expect(sockets).toEqual([]);
  });

  it('send from either, and receive once in each', async () => {
    await say(second, 'From the second tab');
    await say(ada.page, 'From the first tab');
    await say(bob.page, 'From Bob');
    const all = ['From Bob', 'From the first tab', 'From the second tab'];
    for (const page of [ada.page, second, bob.page]) {
      await expect.poll(async () => (await shownTexts(page)).toSorted()).toEqual(all);
    }
    expect((await storedTexts(second)).toSorted()).toEqual(all);
  });

  it('go on in the second when the first is closed', async () => {
    await ada.page.close();
    await waitForPath(second, 'direct');
    await say(second, 'The first tab is gone');
    await say(bob.page, 'I noticed nothing');
    await expect.poll(() => shownTexts(bob.page)).toContain('The first tab is gone');
    await expect.poll(() => shownTexts(second)).toContain('I noticed nothing');
    expect(await storedTexts(second)).toEqual(await storedTexts(bob.page));
  });
});
