/** Coming in and going out: clear refusals, devices, a new password, the end of an account. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openProfile, type Profile } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, friendRow, join, logIn, PASSWORD, type Person } from './lib/person.ts';

const WRONG_PASSWORD = 'not-the-password';
const NEXT_PASSWORD = 'quiet-lantern-borrows-31-kites';

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

/** Runs in the page: the server has the account's secrets, sealed for the password. */
async function isSealed(): Promise<boolean> {
  const vault = (await (await fetch('/api/keys/vault')).json()) as { byPassword?: string | null };
  return typeof vault.byPassword === 'string';
}

const sealed = (page: Page) => expect.poll(() => page.evaluate(isSealed)).toBe(true);

/** What the browser keeps for the encryption. */
const errands = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith('holler-errand '))
      .toSorted(),
  );

async function freshPage(): Promise<Profile> {
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
  let form: Profile;
  beforeAll(async () => {
    form = await freshPage();
    await form.page
      .getByRole('group', { name: 'Log in' })
      .getByRole('button', { name: 'Create account' })
      .click();
  });
  afterAll(() => form.context.close());

  it.each(refused)('%s is refused with a sentence that says why', async (userName, sentence) => {
    const { page } = form;
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.locator('form').getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
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

  it('that is wrong gets the same answer for one who is known as for one who is not; none leaves the browser', async () => {
    const { page, context } = await freshPage();
    const bodies: string[] = [];
    page.on('request', (request) => bodies.push(request.postData() ?? ''));
    for (const userName of ['ada', 'nobody-here']) {
      const answered = page.waitForResponse((response) => response.url().endsWith('/api/auth/login/start'));
      await logIn(page, userName, WRONG_PASSWORD);
      await answered;
      await page.getByRole('alert').filter({ hasText: 'User name and password do not match.' }).waitFor();
    }
    await logIn(page, 'ada');
    await page.getByRole('navigation', { name: 'Friends' }).waitFor();
    expect(bodies.some((body) => body.includes('startLoginRequest'))).toBe(true);
    for (const password of [PASSWORD, WRONG_PASSWORD]) expect(bodies.join('\n')).not.toContain(password);
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
    const codeButton = (page: Page) => page.getByRole('button', { name: 'Make a recovery code' });
    await codeButton(ada.page).waitFor();
    await sealed(ada.page);
    // As on a page that is closed right after: what it would do for the new password later on does not arrive.
    await ada.page.route('**/api/keys/vault', (route) =>
      route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await ada.page.getByLabel('Current password').fill(PASSWORD);
    await ada.page.getByLabel('New password').fill(NEXT_PASSWORD);
    await ada.page.getByRole('button', { name: 'Change password' }).click();
    await ada.page.getByText('Password changed.').first().waitFor();
    await other.page.getByText('You were logged out from another device').waitFor();
    await logIn(other.page, 'ada');
    await other.page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor();
    await logIn(other.page, 'ada', NEXT_PASSWORD);
    await other.page.getByRole('navigation', { name: 'Friends' }).waitFor();
    // It has its keys, without being asked for the password again.
    await other.page.getByRole('button', { name: 'Your presence' }).click();
    await other.page.getByRole('button', { name: 'Settings' }).click();
    await codeButton(other.page).waitFor();
    await ada.page.unrouteAll();
    await other.context.close();
  });
});

describe('a page that goes before the encryption came', () => {
  it('leaves it to the next one to seal the keys for the password, and to tell which device was logged out', async () => {
    const who = { userName: 'hasty', displayName: 'Hasty' };
    const { page, context } = await join(browser, holler.url, who, {}, async (before) => {
      await before.route('**/*.wasm', (route) => route.abort());
    });
    const old = await freshPage();
    await logIn(old.page, who.userName);
    await old.page.getByRole('navigation', { name: 'Friends' }).waitFor();
    await openSettings(page);
    await page.getByRole('button', { name: 'Log out all other devices' }).click();
    await old.page.getByText('You were logged out from another device').waitFor();
    const removed = expect.stringContaining('tell-removed') as string;
    await expect.poll(() => errands(page)).toEqual([removed, expect.stringContaining('unlock')]);

    await context.unroute('**/*.wasm');
    await page.reload();
    await sealed(page);
    await expect.poll(() => errands(page)).toEqual([]);
    await Promise.all([context.close(), old.context.close()]);
  });
});

describe('an encryption that does not arrive at first', () => {
  it('is fetched again, and the page goes on as if nothing had been', async () => {
    let asked = 0;
    const who = { userName: 'tunnel', displayName: 'Tunnel' };
    // As on a first visit, when nothing is kept yet.
    const { page, context } = await join(
      browser,
      holler.url,
      who,
      { serviceWorkers: 'block' },
      async (before) => {
        await before.route('**/*.wasm', (route) => ((asked += 1) < 3 ? route.abort() : route.continue()));
      },
    );
    await sealed(page);
    expect(asked).toBe(3);
    await context.close();
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
