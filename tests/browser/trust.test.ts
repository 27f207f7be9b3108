/** Whom one believes, with the real server and one that lies, which stands between it and Bo (lib/hostile-server.ts). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineUserId } from '../../signaling/protocol/keys.ts';
import type { ServerMessage } from '../../signaling/protocol/socket.ts';
import { chatEn } from '../../web/app/chat/words-en.ts';
import { en } from '../../web/app/i18n/en.ts';
import { pathEn } from '../../web/app/network/words-en.ts';
import { securityEn } from '../../web/app/security/words-en.ts';
import { settingsEn } from '../../web/app/settings/words-en.ts';
import { kindOf } from '../../web/core/crypto/sealed.ts';
import { idOf, type Query } from '../fakes/key-world.ts';
import { asPicture, cameraFilm, writeFilm } from './lib/camera-film.ts';
import { launchChromium } from './lib/chromium.ts';
import { devicesOf, hostileServer, withIdentityOf } from './lib/hostile-server.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { lockedDevice, makeRecoveryCode, unlocked } from './lib/locked.ts';
import { watchPeers } from './lib/peers.ts';
import { befriend, composer, deviceOf, join, openConversation, PASSWORD, personOf } from './lib/person.ts';
import { type Person, say, shownTexts, waitForPath, waitingLetters } from './lib/person.ts';

type Relayed = Extract<ServerMessage, { type: 'relay' }>;

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;
let folder: string;
const film = () => joinPath(folder, 'camera.y4m');
const server = hostileServer();
/** A device of Ada's, which she logs out. */
let removed = '';
/** Signals by which Ada's and Bo's first link was opened. */
const opened: string[] = [];

beforeAll(async () => {
  holler = await startHoller();
  folder = await mkdtemp(joinPath(tmpdir(), 'holler-camera-'));
  browser = await launchChromium([cameraFilm(film())]);
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
  await rm(folder, { recursive: true });
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

  it('injects a device, and shows other keys for a known one: neither is sent to, and nobody needs to be warned', async () => {
    const id = await adasId();
    const evil = await server.impostor(id, 'evil');
    const other = await server.impostor(id, await deviceOf(ada.page));
    let asked = 0;
    server.onQuery(id, (answer, user) => {
      asked += 1;
      const injected = { ...answer.device_keys[user], ...devicesOf(evil), ...devicesOf(other) };
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

describe('a server that hands out no keys of a friend who is new', () => {
  it('but somebody else’s, or none: what is written waits, and goes out with the first true key', async () => {
    const cy = await join(browser, holler.url, { userName: 'cyd', displayName: 'Cy' });
    const [cysId, cysDevice] = [await personOf(cy.page), await deviceOf(cy.page)];
    const mallory = await server.impostor(idOf('mallory'), 'mallory-phone');
    server.onQuery(cysId, withIdentityOf(mallory, idOf('mallory')));
    let claims = 0;
    server.onClaim(() => {
      claims += 1;
      return { one_time_keys: {}, failures: {} };
    });
    // Nor do Cy's signals come through, with which a session would begin from the other side.
    server.onToPage((message) => (message.type === 'signal' ? [] : [message]));
    await befriend(bo, cy);
    await openConversation(bo.page, 'Cy');
    await openConversation(cy.page, 'Bo');
    await say(bo.page, 'first words');
    const state = bo.page.locator('.message').last();
    await state.getByText(chatEn.state.queued).waitFor();
    await button(bo.page, chatEn.details).click();
    await bo.page.getByText(securityEn.friend.says.unknown('Cy')).waitFor();

    server.onQuery(cysId, null);
    await bo.page.getByText(securityEn.friend.says['first-use']('Cy')).waitFor();
    await expect.poll(() => claims, { timeout: 60_000 }).toBeGreaterThan(0);
    await state.getByText(chatEn.state.queued).waitFor();
    expect(JSON.stringify(server.sent)).not.toMatch(new RegExp(`${cysDevice}|mallory|first words`));
    expect(await shownTexts(cy.page)).toEqual([]);

    // All that one friend is given, until there is the fallback key alone.
    const request = {
      headers: { origin: holler.url },
      data: { one_time_keys: { [engineUserId(cysId)]: { [cysDevice]: 'signed_curve25519' } } },
    };
    const claim = async () => (await bo.context.request.post(`${holler.url}/api/keys/claim`, request)).text();
    await expect.poll(claim, { interval: 0 }).toContain('"fallback":true');
    let given = '';
    server.onClaim((answer) => {
      given += JSON.stringify(answer);
      return answer;
    });
    await lastTexts(cy.page, 1).toEqual(['first words']);
    await state.getByText(/^(Delivered|Read)$/).waitFor();
    expect(given).toContain('"fallback":true');
    server.onClaim(null);
    server.onToPage(null);
    await button(bo.page, chatEn.details).click();
    await openConversation(bo.page, 'Ada');
    await cy.context.close();
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
    removed = await deviceOf(page);
    await page.context().close();
  });
});

describe('a server that goes on listing a device', () => {
  it('which its owner removed, and drops what tells of it: all that the owner says names it, and it is sent nothing more', async () => {
    const id = await adasId();
    let listed: Query['device_keys'][string] = {};
    server.onQuery(id, (answer, user) => {
      listed = { ...answer.device_keys[user], ...listed };
      return { ...answer, device_keys: { ...answer.device_keys, [user]: listed } };
    });
    const sentToIt = () => JSON.stringify(server.sent).includes(removed);
    server.sent.length = 0;
    await say(bo.page, 'to both of you');
    await expect.poll(sentToIt, { timeout: 60_000 }).toBe(true);

    await ada.page.goto(`${holler.url}/settings`);
    let dropped = 0;
    server.onToPage((message) => {
      if (message.type !== 'mail-page') return [message];
      const items = message.items.filter(({ body }) => kindOf(Buffer.from(body, 'base64')) !== 'event');
      dropped += message.items.length - items.length;
      return [{ ...message, items }];
    });
    await button(ada.page, settingsEn.logOutOthers).click();
    await expect.poll(() => dropped, { timeout: 60_000 }).toBeGreaterThan(0);
    await say(bo.page, 'do you still hear me?');
    // The server refuses mail for that device, so as long as Bo believes in it this waits for it.
    const waiting = () => expect.poll(() => waitingLetters(bo.page), { timeout: 60_000 });
    await waiting().toBe(0);
    server.sent.length = 0;
    await openConversation(ada.page, 'Bo');
    await say(bo.page, 'to you alone');
    await lastTexts(ada.page, 2).toEqual(['do you still hear me?', 'to you alone']);
    await waiting().toBe(0);
    expect(Object.keys(listed)).toContain(removed);
    expect(sentToIt()).toBe(false);
    expect(await warning(bo.page).count()).toBe(0);
    server.onQuery(id, null);
    server.onToPage(null);
  });
});

describe('the code on a friend’s screen', () => {
  it('is seen by the camera, and both are sure of each other', async () => {
    await bo.page.getByRole('button', { name: 'Details', exact: true }).click();
    await button(bo.page, 'Compare emoji').click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Compare', exact: true }).click();
    const code = ada.page.getByRole('img', { name: 'Code for the other side to scan' });
    await code.waitFor();
    await writeFilm(browser, film(), [asPicture('png', await code.screenshot())]);
    await button(bo.page, 'Scan their code').click();
    await ada.page.getByText('Did Bo scan your code just now?').waitFor();
    await button(ada.page, 'Yes').click();
    for (const { page } of [ada, bo]) {
      await page.getByRole('dialog').getByText('is verified').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await bo.page.getByRole('button', { name: 'Details', exact: true }).click();
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
