/** Devices of one person: the history comes from another one, and goes on after a reload; from a file; and from the sealed copy on the server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterEn as enterWords } from '../../web/app/enter/words-en.ts';
import { historyEn as words } from '../../web/app/history/words-en.ts';
import { launchChromium, openProfile } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, friendRow, join, logIn, openConversation, type Person } from './lib/person.ts';
import { say, shownTexts, storedTexts } from './lib/person.ts';

/** So that it takes a while, and there is something to interrupt. */
const OLD = 3_000;
const PATIENCE = { timeout: 60_000 };

let holler: Holler;
let browser: Browser;
let ada: Person;
let second: Page;

beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  const [first, bo] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }),
    join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }),
  ]);
  ada = first;
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await say(ada.page, 'the newest');
  await openConversation(bo.page, 'Ada');
  await bo.page.locator('.message', { hasText: 'the newest' }).waitFor(PATIENCE);
  await remember(ada.page, OLD);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

/** Years of talk, put where the page keeps it. */
function remember(page: Page, count: number): Promise<void> {
  return page.evaluate(async (many) => {
    const name = (await indexedDB.databases()).find((each) =>
      /^holler-[\w-]{22}$/.test(each.name ?? ''),
    )!.name!;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name!);
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error!));
    });
    const transaction = database.transaction(['conversations', 'messages'], 'readwrite');
    const lines = transaction.objectStore('conversations').getAll();
    lines.addEventListener('success', () => {
      const [{ conversationId }] = lines.result as [{ conversationId: string }];
      for (let n = 1; n <= many; n++) {
        const id = String(n).padStart(26, '0');
        const body = { kind: 'text', text: `old words ${n}` };
        transaction
          .objectStore('messages')
          .put({ id, conversationId, author: 'friend', at: n, body, state: 'read' });
      }
    });
    await new Promise((resolve) => transaction.addEventListener('complete', resolve));
    database.close();
  }, count);
}

const bannerIn = (page: Page) => page.locator('.banner', { hasText: 'Fetching your history from' });

describe('a second device', () => {
  it('fetches the history from the first one, the newest first, and goes on after a reload', async () => {
    const profile = await openProfile(browser, {});
    second = profile.page;
    await second.goto(holler.url);
    await logIn(second, 'ada');
    await friendRow(second, 'Bo').waitFor();
    await bannerIn(second).waitFor(PATIENCE);
    await ada.page.locator('.banner', { hasText: 'Your history is being copied to' }).waitFor(PATIENCE);
    await openConversation(second, 'Bo');
    await expect.poll(() => shownTexts(second), PATIENCE).toContain('the newest');
    await second.reload();
    const part = (await storedTexts(second)).length;
    expect(part).toBeGreaterThan(0);
    await expect.poll(() => storedTexts(second).then((texts) => texts.length), PATIENCE).toBe(OLD + 1);
    expect(await storedTexts(second)).toEqual(await storedTexts(ada.page));
    await bannerIn(second).waitFor({ state: 'detached', ...PATIENCE });
  });
});

/** As when the browser evicts what a page stored. */
function forget(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const { name } = (await indexedDB.databases()).find((each) =>
      /^holler-[\w-]{22}$/.test(each.name ?? ''),
    )!;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name!);
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error!));
    });
    const transaction = database.transaction('messages', 'readwrite');
    transaction.objectStore('messages').clear();
    await new Promise((resolve) => transaction.addEventListener('complete', resolve));
    database.close();
  });
}

/** As when the disk is full: the browser deletes all that pages of this origin stored; the session's cookie stays. */
async function evict(page: Page): Promise<void> {
  const { origin } = new URL(page.url());
  await page.goto('about:blank');
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  await session.detach();
}

describe('a history as a file', () => {
  it('is saved under a passphrase, and brought in with it', async () => {
    const kept = await storedTexts(second);
    const passphrase = 'nine quiet herons wade by';
    const button = (name: string) => second.getByRole('button', { name, exact: true });
    const dialog = second.getByRole('dialog');
    await second.goto(`${holler.url}/settings`);
    await button(words.save.action).click();
    await dialog.getByLabel(words.save.passphrase).fill(passphrase);
    const download = second.waitForEvent('download', PATIENCE);
    await dialog.getByRole('button', { name: words.save.start, exact: true }).click();
    const file = await (await download).path();

    await forget(second);
    await button(words.open.action).click();
    await dialog.locator('input[type=file]').setInputFiles(file);
    const bringIn = async (by: string) => {
      await dialog.getByLabel(words.open.passphrase).fill(by);
      await dialog.getByRole('button', { name: words.open.start, exact: true }).click();
    };
    await bringIn('not that one');
    await dialog.getByText(words.problems['wrong-passphrase']).waitFor(PATIENCE);
    await bringIn(passphrase);
    await second.getByText(words.open.done(kept.length, '3,001')).waitFor(PATIENCE);
    expect(await storedTexts(second)).toEqual(kept);
  });
});

describe('a sealed copy on the server', () => {
  it('gives the history to a browser that lost its own, when no other device is there, and the server nothing', async () => {
    const kept = await storedTexts(second);
    const sent: string[] = [];
    second.on('request', (request) => {
      if (request.method() !== 'PUT' || !request.url().includes('/api/snapshot/')) return;
      sent.push((request.postDataJSON() as { data: string }).data);
    });
    await second.goto(`${holler.url}/settings`);
    await second.getByRole('switch', { name: words.snapshot.keep }).click();
    await second.getByRole('button', { name: words.snapshot.remove, exact: true }).waitFor(PATIENCE);
    await ada.page.context().close();

    await evict(second);
    await second.goto(holler.url);
    await second.getByText(enterWords.reason['storage-lost']).waitFor(PATIENCE);
    await logIn(second, 'ada');
    await friendRow(second, 'Bo').waitFor();
    await expect.poll(() => storedTexts(second).then((texts) => texts.length), PATIENCE).toBe(kept.length);
    expect(await storedTexts(second)).toEqual(kept);
    await openConversation(second, 'Bo');
    await expect.poll(() => shownTexts(second), PATIENCE).toContain('the newest');
    await second.getByText(/^Your history is here as it was on /).waitFor(PATIENCE);

    await holler.stop();
    const files = readdirSync(holler.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(joinPath(entry.parentPath, entry.name)).toString('latin1'));
    expect(sent.length).toBeGreaterThan(1);
    for (const where of [...sent.map(atob), ...files]) expect(where).not.toMatch(/old words|the newest/);
    // So that this finds what is there: the copy is among the files, as it was sent.
    const piece = atob(sent[0]!).slice(0, 40);
    expect(files.some((where) => where.includes(piece))).toBe(true);
  });
});
