/** Whom one believes, with the real server and one that lies, which stands between it and Bo (lib/hostile-server.ts). */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerMessage } from '../../signaling/protocol/socket.ts';
import { en } from '../../web/app/i18n/en.ts';
import { pathEn } from '../../web/app/network/words-en.ts';
import { idOf } from '../fakes/key-world.ts';
import { launchChromium } from './lib/chromium.ts';
import { devicesOf, hostileServer, withIdentityOf } from './lib/hostile-server.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { lockedDevice, makeRecoveryCode, unlocked } from './lib/locked.ts';
import { watchPeers } from './lib/peers.ts';
import { befriend, composer, deviceOf, join, openConversation, PASSWORD } from './lib/person.ts';
import { type Person, say, shownTexts, waitForPath } from './lib/person.ts';

type Relayed = Extract<ServerMessage, { type: 'relay' }>;

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;
const server = hostileServer();
/** Signals by which Ada's and Bo's first link was opened. */
const opened: string[] = [];

beforeAll(async () => {
  holler = await startHoller();
  browser = await launchChromium();
  server.onToPage((message) => {
    if (message.type === 'signal') opened.push(message.body);
    return [message];
  });
  ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' });
  bo = await join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }, {}, async (context) => {
    await watchPeers(context);
    await server.standBefore(context);
  });
  await befriend(ada, bo);
  await openConversation(bo.page, 'Ada');
  await openConversation(ada.page, 'Bo');
  await say(ada.page, 'known');
  await bo.page.locator('.message', { hasText: 'known' }).waitFor({ timeout: 60_000 });
  await waitForPath(bo.page, 'direct', 60_000);
  server.onToPage(null);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
  server.end();
});

const adasId = () => bo.page.evaluate(() => location.pathname.split('/')[2] ?? '');
const lastTexts = (page: Page, count: number) =>
  expect.poll(() => shownTexts(page).then((all) => all.slice(-count)), { timeout: 60_000 });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const warning = (page: Page) => page.getByRole('alert').getByText('Ada’s identity has changed');

async function goOn(page: Page): Promise<void> {
  await button(page, 'Continue anyway').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Continue anyway' }).click();
  await composer(page).waitFor();
}

describe('a server that comes between', () => {
  it('puts its own fingerprints into signals: no link opens, and both are told that the server carries it, sealed', async () => {
    const attacker = await (await browser.newContext()).newPage();
    const sdp = await attacker.evaluate(async () => {
      const peer = new RTCPeerConnection();
      window.hollerTestPeers = [peer];
      peer.createDataChannel('control', { negotiated: true, id: 0 });
      await peer.setLocalDescription();
      return peer.localDescription?.sdp ?? '';
    });
    expect(opened.length).toBeGreaterThan(0);
    let forged = 0;
    server.onToPage((message) => {
      if (message.type !== 'signal') return [message];
      forged += 1;
      const { linkId } = message;
      const said = (type: 'offer' | 'answer') =>
        Buffer.from(JSON.stringify({ linkId, body: JSON.stringify({ type, round: 1, sdp }) }));
      const bodies = [said('offer'), said('answer')].flatMap((bytes) => [
        bytes,
        // As what the engine seals begins, and what two devices seal by a key of their own.
        Buffer.concat([Buffer.from([2, 2, 0]), bytes]),
        Buffer.concat([Buffer.from([2, 5]), bytes]),
      ]);
      // And true ones that opened the link before.
      return [...bodies.map((bytes) => bytes.toString('base64')), ...opened].map((body) => ({
        ...message,
        body,
      }));
    });
    await bo.page.reload();
    await composer(bo.page).waitFor();
    for (const { page } of [ada, bo]) await waitForPath(page, 'server', 60_000);
    await say(bo.page, 'the long way');
    await lastTexts(ada.page, 1).toEqual(['the long way']);
    await say(ada.page, 'it works');
    await lastTexts(bo.page, 2).toEqual(['the long way', 'it works']);

    expect(forged).toBeGreaterThan(0);
    const remote = await bo.page.evaluate(() =>
      window.hollerTestPeers.map(({ remoteDescription }) => remoteDescription?.sdp ?? '').join(),
    );
    expect(remote).not.toContain(/a=fingerprint:(.+)/.exec(sdp)?.[1]?.trim());
    expect(await attacker.evaluate(() => window.hollerTestPeers[0]?.connectionState)).toBe('new');
    await bo.page.getByRole('button', { name: pathEn.lineLabel(en.path.word.server) }).click();
    await bo.page.getByText(pathEn.says.server).waitFor();
    await bo.page.keyboard.press('Escape');
    await attacker.context().close();
  });

  it('forges senders, repeats and reorders: each message is there once, in order', async () => {
    const stranger = idOf('nobody');
    const seen: Relayed[] = [];
    let held: Relayed | null = null;
    server.onToPage((message) => {
      const late = held === null ? [] : [held];
      held = null;
      // Signals stay out, so that no link takes the messages past the server.
      if (message.type === 'signal') return late;
      if (message.type !== 'relay') return [...late, message];
      seen.push(message);
      const { from } = message;
      const forged = [
        { ...message, from: { ...from, deviceId: stranger } },
        { ...message, from: { userId: stranger, deviceId: stranger } },
      ];
      if (late.length === 0) held = message;
      return [...forged, ...(late.length === 0 ? [] : [message, ...late]), ...seen.slice(0, -1)];
    });
    const lines = Array.from({ length: 4 }, (_, n) => `line ${n}`);
    for (const line of lines) await say(ada.page, line);
    await lastTexts(bo.page, 5).toEqual(['it works', ...lines]);
    await say(bo.page, 'all four');
    await lastTexts(ada.page, 1).toEqual(['all four']);
    expect(await shownTexts(bo.page)).toEqual(['known', 'the long way', 'it works', ...lines, 'all four']);
    expect(seen.length).toBeGreaterThan(3);
    server.onToPage((message) => (message.type === 'signal' ? [] : [message]));
  });

  it('injects a device: it is sent nothing, and nobody needs to be warned', async () => {
    const id = await adasId();
    const evil = await server.impostor(id, 'evil');
    let asked = 0;
    server.onQuery(id, (answer, user) => {
      asked += 1;
      const injected = { ...answer.device_keys[user], ...devicesOf(evil) };
      return { ...answer, device_keys: { ...answer.device_keys, [user]: injected } };
    });
    await expect.poll(() => asked).toBeGreaterThan(0);
    server.sent.length = 0;
    await say(bo.page, 'just for you');
    await lastTexts(ada.page, 1).toEqual(['just for you']);
    await bo.page
      .locator('.message')
      .last()
      .getByText(/^(Delivered|Read)$/)
      .waitFor();
    const sent = JSON.stringify(server.sent);
    expect(sent).toContain(await deviceOf(ada.page));
    expect(sent).not.toContain(idOf('evil'));
    expect(await warning(bo.page).count()).toBe(0);
    server.onQuery(id, null);
    server.onToPage(null);
  });
});

describe('a device without its keys', () => {
  it('gets them back by the recovery code, after a wrong password and a wrong code', async () => {
    const code = await makeRecoveryCode(ada.page, holler.url);
    const page = await lockedDevice(browser, holler.url, 'ada', 'Bo');
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
    await unlocked(page);
    await openConversation(page, 'Bo');
    await say(page, 'back again');
    await expect.poll(() => shownTexts(bo.page), { timeout: 40_000 }).toContain('back again');
    await page.context().close();
  });

  it('starts over with new keys: friends are warned and decide, one’s other devices are unlocked by the password', async () => {
    const page = await lockedDevice(browser, holler.url, 'ada', 'Bo');
    await button(page, 'Start over with new keys').click();
    const sure = page.getByRole('alertdialog');
    await sure.getByLabel('Your password', { exact: true }).fill(PASSWORD);
    await sure.getByRole('button', { name: 'Make new keys' }).click();
    await unlocked(page);
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
    await unlocked(ada.page);
    await page.context().close();
  });
});

describe('a server that shows another identity of a friend', () => {
  it('is seen at once: nothing can be sent until one decides, and the true one is taken without a word', async () => {
    const id = await adasId();
    await composer(bo.page).waitFor();
    const lie = withIdentityOf(await server.impostor(id, 'evil'), id);
    server.onQuery(id, lie);
    await warning(bo.page).waitFor();
    expect(await composer(bo.page).count()).toBe(0);
    expect(await button(bo.page, 'Voice call').count()).toBe(0);
    server.onQuery(id, null);
    await composer(bo.page).waitFor();

    server.onQuery(id, lie);
    await warning(bo.page).waitFor();
    await goOn(bo.page);
  });
});
