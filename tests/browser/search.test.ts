/** The search on the real page, over messages that this browser keeps: from the keyboard, and with an input method. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, friendRow, join, type Person } from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
beforeAll(async () => {
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  const [first, bob] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }),
    join(browser, holler.url, { userName: 'bob', displayName: 'Bob' }),
  ]);
  ada = first;
  await befriend(ada, bob);
  await bob.context.close();
  const conversationId = (await friendRow(ada.page, 'Bob').getAttribute('href'))?.split('/').at(-1) ?? '';
  await ada.page.evaluate(keepMessages, { conversationId, count: 400 });
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

/** As the page keeps what comes, without waiting for a friend to type it. */
async function keepMessages({
  conversationId,
  count,
}: {
  conversationId: string;
  count: number;
}): Promise<void> {
  for (const { name = '' } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    await new Promise((resolve, reject) => {
      opening.onsuccess = resolve;
      opening.onerror = reject;
    });
    const database = opening.result;
    if (database.objectStoreNames.contains('searchQueue')) await fill(database);
    database.close();
  }

  function fill(database: IDBDatabase): Promise<unknown> {
    const transaction = database.transaction(['messages', 'searchQueue'], 'readwrite');
    for (let n = 0; n < count; n += 1) {
      const id = `01${String(n).padStart(24, '0')}`;
      const text = n === 3 ? '周六去看展览吗 <b>early</b>' : n === 300 ? 'The 展览 was good' : `filler ${n}`;
      const body = { kind: 'text', text };
      transaction
        .objectStore('messages')
        .put({ id, conversationId, author: 'friend', at: n, body, state: 'read' });
      transaction.objectStore('searchQueue').put({ conversationId, id });
    }
    return new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = reject;
    });
  }
}

declare global {
  interface Window {
    noted?: readonly string[];
  }
}

const options = (page: Page) => page.getByRole('option');

/** Notes every message that is marked, which each is for a moment only. */
const noteMarked = (page: Page) =>
  page.evaluate(() => {
    const noted: string[] = [];
    Object.assign(globalThis, { noted });
    const note = () => {
      for (const { textContent } of document.querySelectorAll('.message[data-highlighted]')) {
        if (noted.at(-1) !== textContent) noted.push(textContent);
      }
    };
    new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });
  });
const noted = (page: Page) => page.evaluate(() => (window.noted ?? []).join('\n'));

/** It is marked, and stands within the history's frame. */
async function expectShown(page: Page, text: string): Promise<void> {
  await expect.poll(() => noted(page)).toContain(text);
  const inView = () =>
    page.locator('.message', { hasText: text }).evaluate((message) => {
      const frame = message.closest('.history')?.getBoundingClientRect();
      const { top, bottom } = message.getBoundingClientRect();
      return frame !== undefined && top >= frame.top && bottom <= frame.bottom;
    });
  await expect.poll(inView).toBe(true);
}

describe('the search', () => {
  it('over all conversations leads to the message, however long ago it was', async () => {
    const { page } = ada;
    await noteMarked(page);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('展览');
    await expect.poll(() => options(page).count()).toBe(2);
    expect(await options(page).first().innerText()).toContain('The 展览 was good');
    expect(await options(page).locator('mark').allInnerTexts()).toEqual(['展览', '展览']);
    expect(await options(page).last().innerText()).toContain('<b>early</b>');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectShown(page, '周六去看展览吗');
    expect(await page.locator('.message', { hasText: 'filler 399' }).count()).toBe(0);
  });

  it('inside a conversation does not search for half words, and closes with Escape', async () => {
    const { page, context } = ada;
    await page.keyboard.press('Control+f');
    const field = page.getByRole('combobox', { name: 'Search the conversation with Bob' });
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    const inputMethod = await context.newCDPSession(page);
    await inputMethod.send('Input.imeSetComposition', { text: 'filler', selectionStart: 6, selectionEnd: 6 });
    await expect.poll(() => field.inputValue()).toBe('filler');
    await page.getByText('Type what was said').waitFor();
    await inputMethod.send('Input.insertText', { text: '展览' });
    const pane = page.getByRole('complementary');
    await expect.poll(() => pane.getByRole('option').count()).toBe(2);
    await page.keyboard.press('Enter');
    await expectShown(page, 'The 展览 was good');
    await page.keyboard.press('Escape');
    await pane.waitFor({ state: 'detached' });
  });
});
