/** A device that is logged in and lacks its keys, and the code that brings them back. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openProfile } from './chromium.ts';
import { friendRow, logIn, PASSWORD } from './person.ts';

/** What the password yields was lost before the keys came, as with a tab that is killed at once. It asks how to unlock it. */
export async function lockedDevice(
  browser: Browser,
  url: string,
  userName: string,
  friend: string,
  prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
): Promise<Page> {
  const { context, page } = await openProfile(browser);
  await prepare(context);
  await context.route('**/api/keys/vault', (route) => route.abort());
  await page.goto(url);
  await logIn(page, userName);
  await friendRow(page, friend).waitFor();
  await page.evaluate(() => {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith('holler-errand '));
    if (kept.length !== 1) throw new Error('The password was to be kept until the keys come.');
    for (const key of kept) localStorage.removeItem(key);
  });
  await page.goto('about:blank');
  await context.unroute('**/api/keys/vault');
  await page.goto(url);
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  return page;
}

export async function unlocked(page: Page): Promise<void> {
  await page.getByText('your friends do not get what you write here').waitFor({ state: 'detached' });
}

/** Leaves the page at the settings. */
export async function makeRecoveryCode(page: Page, url: string): Promise<string> {
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  await page.goto(`${url}/settings`);
  await press('Make a recovery code');
  await page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill(PASSWORD);
  await press('Make the code');
  const code = await page.locator('.recovery-code').innerText();
  await press('I have kept it');
  return code;
}
