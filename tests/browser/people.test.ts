/** Finding, refusing and leaving people; what a stranger learns; what presence shows. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { askByName, befriend, friendRow, join, openConversation, type Person } from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  [ada, bob] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }),
    join(browser, holler.url, { userName: 'bob', displayName: 'Bob' }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

const waiting = (page: Page) => page.getByRole('region', { name: 'Waiting for an answer' });

async function choosePresence(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /Your presence/ }).click();
  await page.getByRole('radiogroup').locator('label').filter({ hasText: name }).click();
  await page.keyboard.press('Escape');
}

describe('asking a stranger', () => {
  it('looks the same whether they exist, declined, or do not exist', async () => {
    await askByName(ada.page, 'bob');
    await askByName(ada.page, 'nobody-at-all');
    await waiting(ada.page).getByText('nobody-at-all').waitFor();
    const before = await waiting(ada.page).getByRole('listitem').allInnerTexts();
    const request = bob.page.getByRole('region', { name: 'Friend requests' });
    await request.getByRole('button', { name: 'More' }).click();
    await bob.page.getByRole('menuitem', { name: 'Decline' }).click();
    await request.waitFor({ state: 'detached' });
    await ada.page.reload();
    await waiting(ada.page).getByText('bob').waitFor();
    const after = async () => (await waiting(ada.page).getByRole('listitem').allInnerTexts()).toSorted();
    await expect.poll(after).toEqual(before.toSorted());
  });
});

describe('friends', () => {
  it('show presence at once, and an invisible one is offline', async () => {
    // Declining holds for a while, so Ada could not ask again; Bob can.
    await befriend(bob, ada);
    await friendRow(ada.page, 'Bob').getByText('Online').waitFor();
    await choosePresence(bob.page, 'Busy');
    await friendRow(ada.page, 'Bob').getByText('Busy').waitFor();
    await choosePresence(bob.page, 'Invisible');
    await friendRow(ada.page, 'Bob')
      .getByText(/Offline|Last seen/)
      .waitFor();
    await choosePresence(bob.page, 'Online');
    await friendRow(ada.page, 'Bob').getByText('Online').waitFor();
  });

  it('can be renamed for oneself', async () => {
    await openConversation(ada.page, 'Bob');
    await ada.page.getByRole('button', { name: 'Details', exact: true }).click();
    await ada.page.getByLabel('Your name for them').fill('Robert');
    await ada.page.getByRole('button', { name: 'Save' }).click();
    await friendRow(ada.page, 'Robert').waitFor();
  });

  it('can be blocked: they see one as offline and cannot ask again', async () => {
    await ada.page.getByRole('button', { name: 'Block' }).click();
    await ada.page.getByRole('alertdialog').getByRole('button', { name: 'Block' }).click();
    await friendRow(ada.page, 'Robert').waitFor({ state: 'detached' });
    await bob.page.reload();
    await friendRow(bob.page, 'Ada').getByText('Online').waitFor({ state: 'detached' });
    await askByName(bob.page, 'ada');
    await bob.page.reload();
    await ada.page.reload();
    await ada.page.getByRole('navigation', { name: 'Friends' }).waitFor();
    expect(await ada.page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
  });
});
