/** Coming in and going out: clear refusals, devices, a new password, the end of an account. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openProfile } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, friendRow, join, logIn, PASSWORD, type Person } from './lib/person.ts';

const NEXT_PASSWORD = 'quiet-lantern-borrows-31-kites';

let holler: Holler;
let browser: Browser;
let ada: Person;

beforeAll(async () => {
  holler = await startHoller();
  browser = await launchChromium();
  ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' });
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

async function freshPage() {
  const profile = await openProfile(browser);
  await profile.page.goto(holler.url);
  return profile;
}

async function openSettings(page: Person['page']): Promise<void> {
  await page.goto(`${holler.url}/settings`);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
}

describe('a user name', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['ad', 'A user name needs at least 3 characters'],
    ['ada', 'Somebody already has this user name'],
    ['a.da', 'This looks too much like a name that somebody has'],
    ['аda', 'Use letters a to z'],
  ];
  it.each(refused)('%s is refused with a sentence that says why', async (userName, sentence) => {
    const { page, context } = await freshPage();
    await page.getByRole('group', { name: 'Log in' }).getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.locator('form').getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    await context.close();
  });
});

describe('a password', () => {
  it('that is weak is refused before anything is sent', async () => {
    const { page, context } = await freshPage();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await page.getByRole('group', { name: 'Log in' }).getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('User name').fill('weakling');
    await page.getByLabel('Password', { exact: true }).fill('password1');
    await page.locator('form').getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('alert').filter({ hasText: 'too easy to guess' }).waitFor();
    expect(sent.filter((url) => url.includes('/api/auth/register'))).toEqual([]);
    await context.close();
  });

  it.each(['ada', 'nobody-here'])(
    'that is wrong gets the same answer for %s, known or not',
    async (userName) => {
      const { page, context } = await freshPage();
      await logIn(page, userName, 'not-the-password');
      await page.getByRole('alert').filter({ hasText: 'User name and password do not match.' }).waitFor();
      await context.close();
    },
  );

  it('never leaves the browser', async () => {
    const { page, context } = await freshPage();
    const bodies: string[] = [];
    page.on('request', (request) => bodies.push(request.postData() ?? ''));
    await logIn(page, 'ada');
    await page.getByRole('navigation', { name: 'Friends' }).waitFor();
    expect(bodies.some((body) => body.includes('startLoginRequest'))).toBe(true);
    expect(bodies.join('\n')).not.toContain(PASSWORD);
    await context.close();
  });
});

describe('devices', () => {
  it('are listed, and another one can be logged out at once', async () => {
    const other = await freshPage();
    await logIn(other.page, 'ada');
    await other.page.getByRole('navigation', { name: 'Friends' }).waitFor();
    await openSettings(ada.page);
    await ada.page.getByText('This device', { exact: true }).waitFor();
    await ada.page.getByRole('button', { name: 'Log out all other devices' }).click();
    await other.page.getByText('You were logged out from another device').waitFor();
    await ada.page.getByRole('button', { name: 'Log out all other devices' }).waitFor({ state: 'detached' });
    await other.context.close();
  });
});

describe('a changed password', () => {
  it('logs out other devices; the old one is refused, the new one taken', async () => {
    const other = await freshPage();
    await logIn(other.page, 'ada');
    await other.page.getByRole('navigation', { name: 'Friends' }).waitFor();
    await openSettings(ada.page);
    await ada.page.getByLabel('Current password').fill(PASSWORD);
    await ada.page.getByLabel('New password').fill(NEXT_PASSWORD);
    await ada.page.getByRole('button', { name: 'Change password' }).click();
    await ada.page.getByText('Password changed.').first().waitFor();
    await other.page.getByText('You were logged out from another device').waitFor();
    await logIn(other.page, 'ada');
    await other.page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor();
    await logIn(other.page, 'ada', NEXT_PASSWORD);
    await other.page.getByRole('navigation', { name: 'Friends' }).waitFor();
    await other.context.close();
  });
});

describe('a deleted account', () => {
  it('is gone from its friends, and cannot log in', async () => {
    const eve = await join(browser, holler.url, { userName: 'eve', displayName: 'Eve' });
    await ada.page.goto(holler.url);
    await befriend(ada, eve);
    await openSettings(eve.page);
    await eve.page.getByRole('button', { name: 'Delete account' }).click();
    const dialog = eve.page.getByRole('alertdialog');
    await dialog.getByLabel('password', { exact: false }).first().fill(PASSWORD);
    await dialog.getByRole('button', { name: /Delete/ }).click();
    await eve.page.getByText('Your account and everything in it are deleted.').waitFor();
    await friendRow(ada.page, 'Eve').waitFor({ state: 'detached' });
    await expect.poll(() => eve.page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
    await logIn(eve.page, 'eve');
    await eve.page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor();
    await eve.context.close();
  });
});
