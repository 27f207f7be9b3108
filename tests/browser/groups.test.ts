/** Three people and a group: made, written in over links and by mailbox, and left by one who is removed. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chatEn } from '../../web/app/chat/words-en.ts';
import { groupEn } from '../../web/app/groups/words-en.ts';
import { en } from '../../web/app/i18n/en.ts';
import { launchChromium } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, friendRow, join, openConversation, type Person, say, shownTexts } from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;
let cy: Person;
/** What came to Cy's page over its socket. */
const toCy: string[] = [];

beforeAll(async () => {
  holler = await startHoller();
  browser = await launchChromium();
  ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' });
  bo = await join(browser, holler.url, { userName: 'bob', displayName: 'Bo' });
  cy = await join(browser, holler.url, { userName: 'cyd', displayName: 'Cy' }, {}, async (context) => {
    context.on('page', (page) =>
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => toCy.push(String(payload))),
      ),
    );
  });
  await befriend(ada, bo);
  await befriend(ada, cy);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

const texts = (page: Page) => expect.poll(() => shownTexts(page), { timeout: 60_000 });

describe('a group', () => {
  it('is made, and what each writes is read by the others, who are no friends', async () => {
    await ada.page.getByRole('button', { name: en.group.start }).click();
    await ada.page.getByLabel(groupEn.info.name, { exact: true }).fill('Walks');
    await ada.page.getByRole('checkbox', { name: 'Bo' }).check();
    await ada.page.getByRole('checkbox', { name: 'Cy' }).check();
    await ada.page.getByRole('button', { name: groupEn.start.make }).click();
    await ada.page.locator('.chat-name', { hasText: 'Walks' }).waitFor();
    for (const { page } of [bo, cy]) {
      await friendRow(page, 'Walks').waitFor({ timeout: 60_000 });
      await openConversation(page, 'Walks');
    }
    await say(ada.page, 'who is in?');
    await texts(bo.page).toEqual(['who is in?']);
    await texts(cy.page).toEqual(['who is in?']);
    await say(bo.page, 'I am');
    await texts(cy.page).toEqual(['who is in?', 'I am']);
    await texts(ada.page).toEqual(['who is in?', 'I am']);
    await say(cy.page, 'me too');
    for (const { page } of [ada, bo]) await texts(page).toEqual(['who is in?', 'I am', 'me too']);
  });

  it('who is away finds it all later', async () => {
    const url = bo.page.url();
    await bo.page.close();
    await say(ada.page, 'at ten then');
    await texts(cy.page).toEqual(['who is in?', 'I am', 'me too', 'at ten then']);
    bo = { ...bo, page: await bo.context.newPage() };
    await bo.page.goto(url);
    await texts(bo.page).toEqual(['who is in?', 'I am', 'me too', 'at ten then']);
  });

  it('a removed member gets nothing of what comes after', async () => {
    await ada.page.getByRole('button', { name: chatEn.details, exact: true }).click();
    await ada.page.getByRole('button', { name: groupEn.details.menu('Cy') }).click();
    await ada.page.getByRole('menuitem', { name: groupEn.details.remove }).click();
    await ada.page.getByRole('alertdialog').getByRole('button', { name: groupEn.details.remove }).click();
    await cy.page.getByText(groupEn.details.gone).first().waitFor({ timeout: 60_000 });
    toCy.length = 0;
    await say(bo.page, 'only us two now');
    await expect
      .poll(() => shownTexts(ada.page).then((all) => all.at(-1)), { timeout: 60_000 })
      .toBe('only us two now');
    expect((await shownTexts(cy.page)).at(-1)).toBe('at ten then');
    expect(toCy.filter((frame) => /"type":"(?:relay|mail-page)"/.test(frame))).toEqual([]);
  });
});
