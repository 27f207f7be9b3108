/** What end-to-end encryption is for: friends who are away, several devices, being sure, and a server that learns nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openProfile } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { befriend, composer, friendRow, join, logIn, openConversation, PASSWORD } from './lib/person.ts';
import { type Person, say, shownTexts, storedTexts, waitForPath } from './lib/person.ts';

let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;
/** Everything that any page sent to the server or heard from it over its socket. */
const frames: string[] = [];

beforeAll(async () => {
  holler = await startHoller();
  browser = await launchChromium();
  ada = await join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }, {}, listen);
  bo = await join(browser, holler.url, { userName: 'bob', displayName: 'Bo' }, {}, listen);
  await befriend(ada, bo);
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
});

function listen(context: BrowserContext): Promise<void> {
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => frames.push(String(payload)));
      socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
    });
    page.on('request', (request) => frames.push(request.url(), request.postData() ?? ''));
  });
  return Promise.resolve();
}

const texts = (page: Page) => expect.poll(() => shownTexts(page), { timeout: 40_000 });

describe('a friend who is away', () => {
  it('gets what was written, though the one who wrote it is gone by then', async () => {
    const url = bo.page.url();
    await bo.page.close();
    await openConversation(ada.page, 'Bo');
    await waitForPath(ada.page, 'mailbox');
    await say(ada.page, 'see you when you are back');
    await ada.page.locator('.message').last().getByText('Sent').waitFor();
    const adaUrl = ada.page.url();
    await ada.page.close();

    bo = { ...bo, page: await bo.context.newPage() };
    await bo.page.goto(url);
    await openConversation(bo.page, 'Ada');
    await texts(bo.page).toEqual(['see you when you are back']);
    await say(bo.page, 'I am, and where are you?');
    await bo.page.locator('.message').last().getByText('Sent').waitFor();

    ada = { ...ada, page: await ada.context.newPage() };
    await ada.page.goto(adaUrl);
    await composer(ada.page).waitFor();
    await texts(ada.page).toEqual(['see you when you are back', 'I am, and where are you?']);
    await ada.page
      .locator('.message')
      .first()
      .getByText(/^(Delivered|Read)$/)
      .waitFor();
  });
});

describe('a second device', () => {
  it('is trusted by the password alone, fetches the history, and both show what either says and hears', async () => {
    const second = await openProfile(browser, {});
    await listen(second.context);
    await second.page.goto(holler.url);
    await logIn(second.page, 'ada');
    await friendRow(second.page, 'Bo').waitFor();
    await openConversation(second.page, 'Bo');
    await say(second.page, 'from my other device');
    // What was said before comes from the first device.
    const before = ['see you when you are back', 'I am, and where are you?'];
    await texts(second.page).toEqual([...before, 'from my other device']);
    await expect.poll(() => storedTexts(bo.page), { timeout: 40_000 }).toContain('from my other device');
    await expect.poll(() => storedTexts(ada.page), { timeout: 40_000 }).toContain('from my other device');
    await say(bo.page, 'heard by both');
    await expect.poll(() => storedTexts(second.page), { timeout: 40_000 }).toContain('heard by both');
    await expect.poll(() => storedTexts(ada.page), { timeout: 40_000 }).toContain('heard by both');
    await second.context.close();
  });
});

describe('two people', () => {
  it('compare emoji, and are verified', async () => {
    await openConversation(bo.page, 'Ada');
    await ada.page.getByRole('button', { name: 'Details', exact: true }).click();
    await ada.page.getByRole('button', { name: 'Compare emoji' }).click();
    await bo.page.getByRole('dialog').getByRole('button', { name: 'Compare', exact: true }).click();
    // Each shows a code, and somebody decides for emoji.
    const dialog = bo.page.getByRole('dialog');
    for (const { page } of [ada, bo])
      await page.getByRole('img', { name: 'Code for the other side to scan' }).waitFor();
    await dialog.getByRole('button', { name: 'Compare emoji' }).click();
    const emoji = (page: Page) => page.getByRole('dialog').locator('.emoji-table').innerText();
    await ada.page.getByRole('button', { name: 'They match' }).waitFor();
    await bo.page.getByRole('button', { name: 'They match' }).waitFor();
    expect(await emoji(ada.page)).toBe(await emoji(bo.page));
    await ada.page.getByRole('button', { name: 'They match' }).click();
    await bo.page.getByRole('button', { name: 'They match' }).click();
    for (const { page } of [ada, bo]) await page.getByRole('dialog').getByText('is verified').waitFor();
  });
});

describe('the server', () => {
  it('has nothing of it: not in what went through, not in its files, not in its log', async () => {
    await holler.stop();
    const files = readdirSync(holler.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(joinPath(entry.parentPath, entry.name)).toString('latin1'));
    expect(files.length).toBeGreaterThan(10);
    expect(frames.length).toBeGreaterThan(50);
    // Base64 of a text depends on where in it the text begins.
    const secrets = ['see you when you are back', 'from my other device', 'heard by both', PASSWORD];
    const forms = secrets.flatMap((text) => [text, ...base64Forms(text)]);
    for (const where of [...frames, ...files, holler.output()]) {
      for (const form of forms) expect(where.includes(form)).toBe(false);
    }
    // So that this finds what is there: the names of people are.
    expect([...frames, ...files].some((where) => where.includes('Ada'))).toBe(true);
  });
});

/** What every base64 text that holds this one contains. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(' '.repeat(offset) + text)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
  });
}
