/** What was built of dialogs and panes is done without a mouse, and the focus comes back to where it was. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WALKS_ID } from '../fakes/group-scenes.ts';
import { launchChromium } from './lib/chromium.ts';
import { type Gallery, startGallery } from './lib/gallery.ts';

let browser: Browser;
let gallery: Gallery;
let context: BrowserContext;
beforeAll(async () => {
  browser = await launchChromium();
  gallery = await startGallery();
});
afterAll(async () => {
  await browser.close();
  await gallery.close();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
});
afterEach(() => context.close());

const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return (
      at?.getAttribute('aria-label') ?? (at instanceof HTMLInputElement ? at.labels?.[0] : at)?.textContent
    );
  });
const expectFocus = (page: Page, name: string | RegExp) =>
  expect.poll(() => focused(page), { timeout: 10_000 }).toMatch(name);

/** With the Tab key, as far as it takes. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (name.test((await focused(page)) ?? '')) return;
    await page.keyboard.press('Tab');
  }
  expect(await focused(page)).toMatch(name);
}

async function open(scene: string, at: string): Promise<Page> {
  const page = await gallery.open(context, scene, at);
  await page.bringToFront();
  return page;
}

describe('with keys alone', () => {
  it('a group is made, or not', async () => {
    const page = await open('groups', '/');
    await tabTo(page, /^New group or room$/);
    await page.keyboard.press('Enter');
    await expectFocus(page, /^Name$/);
    await page.keyboard.press('Escape');
    await expectFocus(page, /^New group or room$/);
    await page.keyboard.press('Enter');
    await expectFocus(page, /^Name$/);
    await page.keyboard.type('Rowing');
    await tabTo(page, /Tom Okafor/);
    await page.keyboard.press('Space');
    await tabTo(page, /^Make the group$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Rowing' }).waitFor();
  });

  it('a member is added from the details, which give the focus back', async () => {
    const page = await open('groups', `/c/${WALKS_ID}`);
    await tabTo(page, /^Details$/);
    await page.keyboard.press('Enter');
    await expectFocus(page, /^About the group$/);
    await tabTo(page, /^Add$/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await tabTo(page, /José/);
    await page.keyboard.press('Space');
    await tabTo(page, /^Add 1 friend$/);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await expectFocus(page, /^Add$/);
    await page.keyboard.press('Escape');
    await expectFocus(page, /^Details$/);
  });

  it('somebody is mentioned', async () => {
    const page = await open('groups', `/c/${WALKS_ID}`);
    const field = page.locator('textarea');
    await field.focus();
    await page.keyboard.type('@');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => field.inputValue()).toBe('@Tom Okafor ');
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('a friend is verified by emoji, and their details have the focus again', async () => {
    const page = await open('base', '/c/tom/details');
    await tabTo(page, /^Compare emoji$/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.evaluate(() => window.messenger.security.agree());
    await page.locator('.dialog .qr').waitFor();
    await tabTo(page, /^Compare emoji$/);
    await page.keyboard.press('Enter');
    await page.locator('.emoji-table').waitFor();
    await tabTo(page, /^They match$/);
    await page.keyboard.press('Enter');
    await page.getByText('Verified', { exact: false }).first().waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    // The button that led there is gone.
    await expectFocus(page, /^About your friend$/);
  });

  it.each([
    ['Save as a file', /passphrase/i],
    ['Open a file', /^Choose a file$/],
  ])('the history’s “%s” is opened and left', async (name, first) => {
    const page = await open('base', '/settings');
    await tabTo(page, new RegExp(`^${name}`));
    await page.keyboard.press('Enter');
    await expectFocus(page, first);
    await page.keyboard.press('Escape');
    await expectFocus(page, new RegExp(`^${name}`));
  });
});
