/** What a person does on the real page, by the names that a screen reader would say, in English or Chinese. */
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { contactEn } from '../../../web/app/contacts/words-en.ts';
import { contactZhCN } from '../../../web/app/contacts/words-zh-cn.ts';
import { type EnterWords, enterEn } from '../../../web/app/enter/words-en.ts';
import { enterZhCN } from '../../../web/app/enter/words-zh-cn.ts';
import { en, type Messages } from '../../../web/app/i18n/en.ts';
import { zhCN } from '../../../web/app/i18n/zh-cn.ts';
import { pathEn } from '../../../web/app/network/words-en.ts';
import { pathZhCN } from '../../../web/app/network/words-zh-cn.ts';
import { launchProfile, openProfile, type Profile } from './chromium.ts';

/** The page's own words, in the language of this browser. */
function wordsOf(page: Page): Messages {
  return chinese.has(page.context()) ? zhCN : en;
}
const enterWordsOf = (page: Page): EnterWords => (chinese.has(page.context()) ? enterZhCN : enterEn);
const chinese = new WeakSet<BrowserContext>();

export const PASSWORD = 'mellow-otter-paints-74-doors';

export interface Person extends Profile {
  readonly userName: string;
  readonly displayName: string;
}

export async function join(
  browser: Browser,
  url: string,
  who: { userName: string; displayName: string },
  options: BrowserContextOptions = {},
  prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
): Promise<Person> {
  const profile = await openProfile(browser, options);
  if (options.locale === 'zh-CN') chinese.add(profile.context);
  await prepare(profile.context);
  await profile.page.goto(url);
  await register(profile.page, who);
  return { ...profile, ...who };
}

/** As `join`, in a browser whose profile is kept in `folder`: its storage is on the disk, as at home. */
export async function joinAtHome(
  folder: string,
  url: string,
  who: { userName: string; displayName: string },
  prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
): Promise<Person> {
  const profile = await launchProfile(folder);
  await prepare(profile.context);
  await profile.page.goto(url);
  await register(profile.page, who);
  return { ...profile, ...who };
}

export async function register(page: Page, who: { userName: string; displayName: string }): Promise<void> {
  const enter = enterWordsOf(page);
  const ways = page.getByRole('group', { name: enter.logIn });
  await ways.getByRole('button', { name: enter.register }).click();
  await page.getByLabel(enter.userName).fill(who.userName);
  await page.getByLabel(enter.displayName).fill(who.displayName);
  await page.getByLabel(enter.password, { exact: true }).fill(PASSWORD);
  await page.locator('form').getByRole('button', { name: enter.register }).click();
  await friendList(page).waitFor();
}

export async function logIn(page: Page, userName: string, password = PASSWORD): Promise<void> {
  const enter = enterWordsOf(page);
  await page.getByLabel(enter.userName).fill(userName);
  await page.getByLabel(enter.password, { exact: true }).fill(password);
  await page.locator('form').getByRole('button', { name: enter.logIn }).click();
}

/** The link that a friend would open. `kind` as the tabs of the dialog say it. */
export async function makeLink(page: Page, kind: 'Invite link' | 'Guest link'): Promise<string> {
  await page.getByRole('button', { name: 'Add a friend' }).click();
  await page.getByRole('tab', { name: kind }).click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByRole('textbox', { name: 'Your link' }).inputValue();
  await page.keyboard.press('Escape');
  return link;
}

/** `from` asks by user name, `to` accepts. */
export async function befriend(from: Person, to: Person): Promise<void> {
  await askByName(from.page, to.userName);
  await to.page.getByRole('button', { name: wordsOf(to.page).list.accept, exact: true }).click();
  await friendRow(from.page, to.displayName).waitFor();
  await friendRow(to.page, from.displayName).waitFor();
}

export async function askByName(page: Page, userName: string): Promise<void> {
  const { title } = wordsOf(page).add;
  const { add } = chinese.has(page.context()) ? contactZhCN : contactEn;
  await page.getByRole('button', { name: title }).click();
  await page.getByLabel(add.nameLabel).fill(userName);
  await page.getByRole('button', { name: add.send }).click();
  await page.getByText(add.sent(userName)).first().waitFor();
}

function friendList(page: Page): Locator {
  return page.getByRole('navigation', { name: wordsOf(page).list.title });
}

export function friendRow(page: Page, displayName: string): Locator {
  return friendList(page).getByRole('link').filter({ hasText: displayName });
}

export async function openConversation(page: Page, displayName: string): Promise<void> {
  await friendRow(page, displayName).click();
  // Another conversation may have been open, whose composer would be taken for this one's.
  await page.locator('.chat-name', { hasText: displayName }).waitFor();
  await composer(page).waitFor();
}

export function composer(page: Page): Locator {
  return page.locator('textarea.composer-input');
}

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

type Path = 'direct' | 'relayed' | 'server' | 'mailbox';

/** Waits until the line says that messages go this way. */
export async function waitForPath(page: Page, path: Path, timeout = 20_000): Promise<void> {
  const { lineLabel } = chinese.has(page.context()) ? pathZhCN : pathEn;
  const { word } = wordsOf(page).path;
  await page.getByRole('button', { name: lineLabel(word[path]) }).waitFor({ timeout });
}

/** The texts of the messages that are drawn, oldest first; a long history draws only what is near. */
export function shownTexts(page: Page): Promise<string[]> {
  return page.locator('.message .bubble-text').allInnerTexts();
}

/** Everything that this browser has stored of its conversations, oldest first: what a person would see by scrolling through all of it. */
export async function storedTexts(page: Page): Promise<string[]> {
  const messages = await recordsOf<{ id: string; body: { text?: string } }>(page, 'messages');
  return messages.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ body }) => body.text ?? '');
}

/** How many letters some device that should have them has not. */
export const waitingLetters = async (page: Page): Promise<number> =>
  (await recordsOf<unknown>(page, 'outbox')).length;

function recordsOf<T>(page: Page, store: 'messages' | 'outbox'): Promise<T[]> {
  return page.evaluate(async (name) => {
    const database = (await indexedDB.databases()).find(({ name }) => /^holler-[\w-]{22}$/.test(name ?? ''));
    const open = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(database?.name ?? '');
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error ?? new Error('no database')));
    });
    const records = await new Promise<T[]>((resolve, reject) => {
      const request = open.transaction(name).objectStore(name).getAll();
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error ?? new Error('no records')));
    });
    open.close();
    return records;
  }, store);
}

/** The id of this browser's device. */
export const deviceOf = async (page: Page): Promise<string> => (await addressOf(page)).deviceId;

/** The id of the person who uses this browser. */
export const personOf = async (page: Page): Promise<string> => (await addressOf(page)).userId;

/** As the engine's store is called, once it is there. */
function addressOf(page: Page): Promise<{ userId: string; deviceId: string }> {
  return page.evaluate(async () => {
    for (let tries = 0; tries < 600; tries++) {
      for (const { name = '' } of await indexedDB.databases()) {
        const [, userId, deviceId] = /^holler-engine-(.{22})-(.{22})/.exec(name) ?? [];
        if (userId !== undefined && deviceId !== undefined) return { userId, deviceId };
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('This page has no engine.');
  });
}
