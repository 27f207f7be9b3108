/** Whom one believes, with the real server: a device gets its keys back or new ones, and a server that swaps a friend's identity. */
import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineUserId } from '../../signaling/protocol/keys.ts';
import { createKeyWorld, type KeyWorld, type Query } from '../fakes/key-world.ts';
import { launchChromium, openProfile } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, composer, friendRow, join, logIn, openConversation, PASSWORD } from './lib/person.ts';
import { type Person, say, shownTexts } from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;
const server = lyingServer();

beforeAll(async () => {
  holler = await startHoller();
  browser = await launchChromium();
  ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' });
  bo = await join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }, {}, (context) =>
    server.standBefore(context),
  );
  await befriend(ada, bo);
  await openConversation(bo.page, 'Ada');
  await openConversation(ada.page, 'Bo');
  await say(ada.page, 'known');
  await bo.page.locator('.message', { hasText: 'known' }).waitFor({ timeout: 60_000 });
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
  server.end();
});

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const warning = (page: Page) => page.getByRole('alert').getByText('Ada’s identity has changed');

async function goOn(page: Page): Promise<void> {
  await button(page, 'Continue anyway').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Continue anyway' }).click();
  await composer(page).waitFor();
}

/** Logged in on a device that was reloaded before its keys came, so that the password is not at hand any more. */
async function lockedDevice(): Promise<Page> {
  const { context, page } = await openProfile(browser);
  await context.route('**/api/keys/vault', (route) => route.abort());
  await page.goto(holler.url);
  await logIn(page, 'ada');
  await friendRow(page, 'Bo').waitFor();
  await page.goto('about:blank');
  await context.unroute('**/api/keys/vault');
  await page.goto(holler.url);
  await button(page, 'Unlock').click();
  return page;
}

const isReady = (page: Page) =>
  page.getByText('your friends do not get what you write here').waitFor({ state: 'detached' });

describe('a device without its keys', () => {
  it('gets them back by the recovery code, after a wrong password and a wrong code', async () => {
    await ada.page.goto(`${holler.url}/settings`);
    await button(ada.page, 'Make a recovery code').click();
    await ada.page.getByRole('dialog').getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await button(ada.page, 'Make the code').click();
    const code = await ada.page.locator('.recovery-code').innerText();
    await button(ada.page, 'I have kept it').click();

    const page = await lockedDevice();
    const dialog = page.getByRole('dialog', { name: 'Unlock this device' });
    const unlock = dialog.getByRole('button', { name: 'Unlock', exact: true });
    await dialog.getByLabel('Your password', { exact: true }).fill(`${PASSWORD}-not`);
    await unlock.click();
    await dialog.getByText('That is not your password.').waitFor();
    await button(page, 'Use the recovery code instead').click();
    await dialog.getByLabel('Recovery code', { exact: true }).fill(code.replaceAll(/[0-9]/g, '7'));
    await unlock.click();
    await dialog.getByText('That is not the recovery code.').waitFor();
    await dialog.getByLabel('Recovery code', { exact: true }).fill(code.toLowerCase());
    await unlock.click();
    await isReady(page);
    await openConversation(page, 'Bo');
    await say(page, 'back again');
    await expect.poll(() => shownTexts(bo.page), { timeout: 40_000 }).toContain('back again');
    await page.context().close();
  });

  it('starts over with new keys: friends are warned and decide, one’s other devices are unlocked by the password', async () => {
    const page = await lockedDevice();
    await button(page, 'Start over with new keys').click();
    const sure = page.getByRole('alertdialog');
    await sure.getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await sure.getByRole('button', { name: 'Make new keys' }).click();
    await isReady(page);
    await warning(bo.page).waitFor();
    expect(await composer(bo.page).count()).toBe(0);
    await goOn(bo.page);
    await say(bo.page, 'is that you?');
    await openConversation(page, 'Bo');
    await expect.poll(() => shownTexts(page), { timeout: 40_000 }).toContain('is that you?');

    await ada.page.locator('.banner').getByRole('button', { name: 'Unlock' }).click();
    const dialog = ada.page.getByRole('dialog', { name: 'Unlock this device' });
    await dialog.getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Unlock', exact: true }).click();
    await isReady(ada.page);
    await page.context().close();
  });
});

describe('a server that shows another identity of a friend', () => {
  it('is seen at once: nothing can be sent until one decides, and the true one is taken without a word', async () => {
    const id = await bo.page.evaluate(() => location.pathname.split('/')[2] ?? '');
    await composer(bo.page).waitFor();
    await server.lieAbout(id);
    await warning(bo.page).waitFor();
    expect(await composer(bo.page).count()).toBe(0);
    expect(await button(bo.page, 'Voice call').count()).toBe(0);
    server.repent();
    await composer(bo.page).waitFor();

    await server.lieAbout(id);
    await warning(bo.page).waitFor();
    await goOn(bo.page);
  });
});

/** Between one browser and the real server: honest until told to lie about the keys of one person. */
function lyingServer() {
  let evil: { readonly world: KeyWorld; readonly userId: string } | null = null;
  let socket: WebSocketRoute | null = null;
  let version = 1_000_000;
  const worlds: KeyWorld[] = [];
  const announce = (userId: string) => {
    version += 1;
    socket?.send(JSON.stringify({ type: 'keys-changed', userId, version }));
  };

  function swapped(answer: Query): Query {
    if (!evil) return answer;
    const user = engineUserId(evil.userId);
    const identity = evil.world.identities.get(evil.userId);
    if (!(user in answer.device_keys) || !identity) return answer;
    const devices = [...evil.world.devices].map(([deviceId, { keys }]) => [deviceId, keys]);
    return {
      ...answer,
      device_keys: { ...answer.device_keys, [user]: Object.fromEntries(devices) },
      master_keys: { ...answer.master_keys, [user]: identity.master_key },
      self_signing_keys: { ...answer.self_signing_keys, [user]: identity.self_signing_key },
      versions: { ...answer.versions, [evil.userId]: version },
    };
  }

  return {
    async standBefore(context: BrowserContext) {
      await context.routeWebSocket(/./, (page) => {
        page.connectToServer();
        socket = page;
      });
      await context.route('**/api/keys/query', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: swapped((await response.json()) as Query) });
      });
    },
    async lieAbout(userId: string) {
      const world = createKeyWorld();
      worlds.push(world);
      await world.register(userId, 'evil');
      evil = { world, userId };
      announce(userId);
    },
    repent() {
      const userId = evil?.userId ?? '';
      evil = null;
      announce(userId);
    },
    end: () => worlds.forEach((world) => world.end()),
  };
}
