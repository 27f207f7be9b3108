/** `npm run bench:waiting`: how soon somebody who was away has all that waits for them: fetched, opened, stored and shown. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../browser/lib/chromium.ts';
import { serveCorePages } from '../browser/lib/core-page.ts';
import { startHoller } from '../browser/lib/holler.ts';
import { friendRow, joinAtHome, PASSWORD, type Person, storedTexts } from '../browser/lib/person.ts';
import { report } from './report.ts';

const { values } = parseArgs({ options: { messages: { type: 'string', default: '10000' } } });
const count = Number(values.messages);
/** Written at once; the next when these are stored. */
const BATCH = 50;
/** The last of them may wait for the server's patience with one sender. */
const SENDING_LIMIT = 1_200_000;
const SHOWING_LIMIT = 300_000;

const holler = await startHoller();
const pages = await serveCorePages(holler.url);
const browser = await launchChromium();
const home = await mkdtemp(join(tmpdir(), 'holler-waiting-'));
const bob = await joinAtHome(home, holler.url, { userName: 'bob', displayName: 'Bob' });
try {
  const { page: adas, bobId } = await adaWith(browser, bob);
  await friendRow(bob.page, 'Ada').click();
  const conversation = bob.page.url();
  const page = await bob.context.newPage();
  await bob.page.close();
  const sent = await timed(() => writeAll(adas, bobId));
  // Her machine would be another one: what receipts cost her is not what is measured here.
  await adas.context().close();
  const shown = await timed(() => showAll(page, conversation));
  const stored = (await storedTexts(page)).filter((text) => text.startsWith('waiting ')).length;
  if (stored !== count) throw new Error(`${stored} of ${count} messages were stored`);
  const bare = await openAndStoreBare(page);
  report('waiting', [
    { name: `${count} sealed, sent and safe in the mailbox`, value: sent / 1_000, unit: 's' },
    { name: `${count} bare AES-GCM records opened and stored`, value: bare / 1_000, unit: 's' },
    {
      name: `${count} fetched, opened, stored and shown`,
      value: shown / 1_000,
      unit: 's',
      ratio: shown / bare,
    },
  ]);
} finally {
  await bob.context.close();
  await rm(home, { recursive: true });
  await browser.close();
  await pages.close();
  await holler.dispose();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

/** A friend of Bob's who is all core and no page, so that writing takes no time to draw. */
async function adaWith(on: Browser, bob: Person): Promise<{ page: Page; bobId: string }> {
  const page = await (await on.newContext()).newPage();
  await page.goto(`${pages.url}/messenger.html`);
  await page.waitForFunction(() => window.core !== undefined);
  await page.evaluate(async (password) => {
    const { account, people } = window.core.messenger;
    await account.register({ userName: 'ada', displayName: 'Ada', password });
    await people.request('bob');
  }, PASSWORD);
  await bob.page.getByRole('button', { name: 'Accept', exact: true }).click();
  await page.waitForFunction(() => window.core.contact() !== null);
  const bobId = await page.evaluate(() => window.core.contact()!);
  await page.evaluate(async (id) => {
    await window.core.conversation(id).sendText('hello');
  }, bobId);
  await friendRow(bob.page, 'Ada').getByText('hello').waitFor();
  return { page, bobId };
}

async function writeAll(page: Page, bobId: string): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    await page.evaluate(
      async ([id, first, end]) => {
        const conversation = window.core.conversation(id);
        const numbers = Array.from({ length: end - first }, (_none, at) => first + at);
        await Promise.all(numbers.map((n) => conversation.sendText(`waiting ${n}`)));
      },
      [bobId, from, Math.min(count, from + BATCH)] as const,
    );
  }
  await page.waitForFunction(
    ([id, last]) => window.core.lines(id).includes(`me waiting ${last} sent`),
    [bobId, count - 1] as const,
    { timeout: SENDING_LIMIT, polling: 200 },
  );
}

/**
 * The conversation is there before what waits, so that the page follows it to its end, and does not stop at the first
 * unread. Looked at ten times a second: to look at every frame has the browser draw frames in which nothing changed.
 */
async function showAll(page: Page, conversation: string): Promise<void> {
  await page.goto(conversation);
  await page.waitForFunction(
    (last) =>
      [...document.querySelectorAll('.message .bubble-text')].some(({ textContent }) => textContent === last),
    `waiting ${count - 1}`,
    { timeout: SHOWING_LIMIT, polling: 100 },
  );
}

/** As many small records as messages, opened by the browser's own cipher into a fresh database, in the mailbox's pages; ms. */
function openAndStoreBare(page: Page): Promise<number> {
  return page.evaluate(async (records) => {
    const request = indexedDB.open('bare');
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      request.onupgradeneeded = () => void request.result.createObjectStore('bare');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('no database'));
    });
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const cipher = { name: 'AES-GCM', iv: new Uint8Array(12) };
    const utf8 = new TextEncoder();
    const sealed: ArrayBuffer[] = [];
    for (let n = 0; n < records; n++) {
      const message = JSON.stringify({ author: 'friend', body: { kind: 'text', text: `waiting ${n}` } });
      sealed.push(await crypto.subtle.encrypt(cipher, key, utf8.encode(message)));
    }
    const before = performance.now();
    for (let from = 0; from < records; from += 200) {
      const page = sealed.slice(from, from + 200);
      const opened = await Promise.all(page.map((bytes) => crypto.subtle.decrypt(cipher, key, bytes)));
      const change = database.transaction('bare', 'readwrite');
      for (const [at, bytes] of opened.entries())
        change.objectStore('bare').put(JSON.parse(new TextDecoder().decode(bytes)), from + at);
      await new Promise<void>((resolve, reject) => {
        change.oncomplete = () => resolve();
        change.onabort = () => reject(change.error ?? new Error('not stored'));
      });
    }
    return performance.now() - before;
  }, count);
}
