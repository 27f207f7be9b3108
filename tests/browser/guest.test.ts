/** Links: a guest needs only a name; a friend who registers through one is a friend at once; an ended link lets nobody in. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openProfile } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import {
  composer,
  friendRow,
  join,
  makeLink,
  openConversation,
  type Person,
  register,
  say,
  shownTexts,
  waitForPath,
} from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;

beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' });
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

/** The shield beside the friend's name. */
const verified = (page: Page, friend: string) => friendRow(page, friend).getByText('Verified');

/** Addresses, bodies and frames that leave the page from now on. */
function whatIsSent(page: Page): readonly string[] {
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''));
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
  return sent;
}

describe('an invite link', () => {
  it('lets a guest talk with nothing but a name', async () => {
    const link = await makeLink(ada.page, 'Guest link');
    const guest = await openProfile(browser);
    const sent = whatIsSent(guest.page);
    await guest.page.goto(link);
    await guest.page.getByText(/Ada.? invites you to talk/).waitFor();
    await guest.page.getByLabel('Your name').fill('Grace');
    await guest.page.getByRole('button', { name: 'Start talking' }).click();
    await composer(guest.page).waitFor();
    await openConversation(ada.page, 'Grace');
    await waitForPath(guest.page, 'direct');
    await say(guest.page, 'Hello from a guest');
    await expect.poll(() => shownTexts(ada.page)).toEqual(['Hello from a guest']);
    await say(ada.page, 'Welcome');
    await expect.poll(() => shownTexts(guest.page)).toEqual(['Hello from a guest', 'Welcome']);
    // By the link's secret both are sure of each other, and the server has not seen it.
    await verified(ada.page, 'Grace').waitFor({ state: 'attached' });
    await verified(guest.page, 'Ada').waitFor({ state: 'attached' });
    const [code = '', secret = ''] = (link.split('#')[1] ?? '').split('.');
    expect(secret).toHaveLength(32);
    expect(sent.some((text) => text.includes(code))).toBe(true);
    expect(sent.filter((text) => text.includes(secret))).toEqual([]);
    expect(guest.problems.filter((problem) => !problem.includes('status of 401'))).toEqual([]);
    await guest.context.close();
  });

  it('makes friends of whoever registers through it', async () => {
    const link = await makeLink(ada.page, 'Invite link');
    const newcomer = await openProfile(browser);
    await newcomer.page.goto(link);
    await newcomer.page.getByText(/Ada.? invites you to talk/).waitFor();
    await register(newcomer.page, { userName: 'hedy', displayName: 'Hedy' });
    await friendRow(newcomer.page, 'Ada').waitFor();
    await verified(ada.page, 'Hedy').waitFor({ state: 'attached' });
    await verified(newcomer.page, 'Ada').waitFor({ state: 'attached' });
    await newcomer.context.close();
  });

  it('never sends its code to the server in an address', async () => {
    const link = await makeLink(ada.page, 'Guest link');
    const visitor = await openProfile(browser);
    const asked: string[] = [];
    visitor.page.on('request', (request) => asked.push(request.url()));
    await visitor.page.goto(link);
    await visitor.page.getByText(/Ada.? invites you to talk/).waitFor();
    const [code = ''] = (link.split('#')[1] ?? '').split('.');
    expect(code).toHaveLength(43);
    expect(asked.filter((url) => url.split('#')[0]?.includes(code))).toEqual([]);
    expect(holler.output()).not.toContain(code);
    await visitor.context.close();
  });

  it('that was made up says so', async () => {
    const visitor = await openProfile(browser);
    await visitor.page.goto(`${holler.url}/i#${'A'.repeat(43)}`);
    await visitor.page.getByText('This invite link is not valid any more.').waitFor();
    await visitor.context.close();
  });
});
