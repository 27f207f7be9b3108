/** Two people edit, delete and react, together and while one is away; both see the same, and what was deleted is gone. */
import type { Browser, Locator, Page } from 'playwright-core';
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
  storedTexts,
  waitForPath,
} from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;

beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  [ada, bo] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }),
    join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }),
  ]);
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

const message = (page: Page, text: string | RegExp): Locator => page.locator('.message', { hasText: text });
const reaction = (page: Page, text: string, name: RegExp): Locator =>
  message(page, text).getByRole('button', { name });

async function choose(page: Page, text: string, entry: string | RegExp): Promise<void> {
  await message(page, text).click({ button: 'right' });
  const menu = page.getByRole('menu');
  await menu
    .getByRole('menuitem', { name: entry })
    .or(menu.getByRole('menuitemcheckbox', { name: entry }))
    .click();
}

async function deleteForBoth(page: Page, text: string): Promise<void> {
  await choose(page, text, 'Delete for both');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete for both' }).click();
}

describe('two people', () => {
  it('edit, delete and react, and both see it', async () => {
    await say(ada.page, 'keep this');
    await say(ada.page, 'regret this');
    await say(ada.page, 'see you at nine');
    await message(bo.page, 'see you at nine').waitFor();

    await composer(ada.page).press('ArrowUp');
    await ada.page.getByText('Editing your message').waitFor();
    await say(ada.page, 'see you at ten');
    await message(bo.page, /see you at ten.*edited/).waitFor();

    await choose(bo.page, 'keep this', 'React with 👍');
    await reaction(ada.page, 'keep this', /👍 from .*Bo/).click();
    await reaction(bo.page, 'keep this', /👍 2 from .*You and .*Ada/).waitFor();
    await reaction(bo.page, 'keep this', /👍/).click();
    await reaction(ada.page, 'keep this', /👍 from .*You/).waitFor();

    await deleteForBoth(ada.page, 'regret this');
    await message(bo.page, /Ada.? deleted this message/).waitFor();
    await message(ada.page, 'You deleted this message').waitFor();
    for (const { page } of [ada, bo]) {
      expect(await storedTexts(page)).toEqual(['keep this', '', 'see you at ten']);
    }
  });

  it('find what was changed while they were away', async () => {
    const url = bo.page.url();
    await bo.page.close();
    await waitForPath(ada.page, 'mailbox');
    await say(ada.page, 'are you there');
    await message(ada.page, 'are you there').getByText('Sent').waitFor();
    await choose(ada.page, 'see you at ten', 'Edit');
    await say(ada.page, 'see you tomorrow');
    await choose(ada.page, 'see you tomorrow', 'React with 🙏');
    await deleteForBoth(ada.page, 'keep this');

    const page = await bo.context.newPage();
    bo = { ...bo, page };
    await page.goto(url);
    await message(page, 'are you there').waitFor();
    await message(page, /see you tomorrow.*edited/).waitFor();
    await reaction(page, 'see you tomorrow', /🙏 from .*Ada/).waitFor();
    const expected = ['', '', 'see you tomorrow', 'are you there'];
    for (const each of [ada.page, page]) await expect.poll(() => storedTexts(each)).toEqual(expected);
    expect([...ada.problems, ...bo.problems].filter((problem) => !problem.includes('status of 401'))).toEqual(
      [],
    );
  });
});
