/** What end-to-end encryption is for: friends who are away, several devices, being sure, and a server that learns nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { openEmbedded } from '../../db/embedded.ts';
import { groupEn } from '../../web/app/groups/words-en.ts';
import { en } from '../../web/app/i18n/en.ts';
import { answer, hungUp, press as pressInCall, ring, talking } from './lib/call-people.ts';
import { launchChromium, openProfile } from './lib/chromium.ts';
import { acceptAndSave, card, chooseFile } from './lib/file-people.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { learnSecrets } from './lib/kept-back.ts';
import { findLeaks, type Place, type Secret } from './lib/leaks.ts';
import { lockedDevice, makeRecoveryCode, unlocked } from './lib/locked.ts';
import { befriend, composer, friendRow, join, logIn, makeLink, openConversation } from './lib/person.ts';
import { PASSWORD, type Person, say, shownTexts, storedTexts, waitForPath } from './lib/person.ts';
import { startWiretap, type Wiretap } from './lib/wiretap.ts';

let holler: Holler;
/** Everything that any page sent to the server or heard from it. */
let tap: Wiretap;
let browser: Browser;
let ada: Person;
let bo: Person;
/** What the server must not have seen, by its form: of some there are many. */
const secrets = new Map<string, Secret>();

function learn(secret: Secret): void {
  const form = secret.bytes.toString('base64');
  if (!secrets.has(form)) secrets.set(form, secret);
}
const learnText = (name: string, text: string) => learn({ name, bytes: Buffer.from(text) });
const missed: string[] = [];
const listen = (whose: string) => (context: BrowserContext) =>
  learnSecrets(context, whose, learn, (what) => missed.push(what));

/** Said, and never to be found. */
async function sayAside(page: Page, text: string): Promise<void> {
  learnText(`“${text}”`, text);
  await say(page, text);
}

/** A text file whose name and content are secrets. */
function secretFile(name: string, line: string) {
  learnText(`the name of ${name}`, name);
  learnText(`the content of ${name}`, line);
  return { name, mimeType: 'text/plain', buffer: Buffer.from(`${line}\n`.repeat(500)) };
}

beforeAll(async () => {
  learnText('the password', PASSWORD);
  holler = await startHoller({ LOG_LEVEL: 'trace' });
  tap = await startWiretap(holler.url);
  browser = await launchChromium(['--autoplay-policy=no-user-gesture-required']);
  [ada, bo] = await Promise.all([
    join(browser, tap.url, { userName: 'ada', displayName: 'Ada Lovelace' }, {}, listen('Ada’s')),
    join(browser, tap.url, { userName: 'bob', displayName: 'Bo' }, {}, listen('Bo’s')),
  ]);
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
  // Whoever left before their keys were published could be sent nothing.
  await sayAside(ada.page, 'so it begins');
  await bo.page.locator('.message', { hasText: 'so it begins' }).waitFor({ timeout: 60_000 });
});
afterAll(async () => {
  await browser?.close();
  await tap?.close();
  await holler?.dispose();
});

const texts = (page: Page) => expect.poll(() => shownTexts(page), { timeout: 40_000 });

describe('a friend who is away', () => {
  it('gets what was written, though the one who wrote it is gone by then', async () => {
    const url = bo.page.url();
    await bo.page.close();
    await waitForPath(ada.page, 'mailbox');
    await sayAside(ada.page, 'see you when you are back');
    await ada.page.locator('.message').last().getByText('Sent').waitFor();
    await chooseFile(ada, secretFile('waiting-marmalade.txt', 'the marmalade waits in the third cellar'));
    await card(ada).getByText('Waits on the server').waitFor();
    await ada.page.locator('.message').last().getByText('Sent').waitFor();
    const adaUrl = ada.page.url();
    await ada.page.close();

    bo = { ...bo, page: await bo.context.newPage() };
    await bo.page.goto(url);
    await openConversation(bo.page, 'Ada');
    await texts(bo.page).toEqual(['so it begins', 'see you when you are back']);
    await card(bo).getByText('waiting-marmalade.txt').waitFor();
    await acceptAndSave(bo);
    await sayAside(bo.page, 'I am, and where are you?');
    await bo.page.locator('.message').last().getByText('Sent').waitFor();

    ada = { ...ada, page: await ada.context.newPage() };
    await ada.page.goto(adaUrl);
    await composer(ada.page).waitFor();
    await texts(ada.page).toEqual(['so it begins', 'see you when you are back', 'I am, and where are you?']);
    await ada.page
      .locator('.message')
      .getByText(/^(Delivered|Read)$/)
      .first()
      .waitFor();
  });
});

describe('a second device', () => {
  it('is trusted by the password alone, fetches the history, and both show what either says and hears', async () => {
    const second = await openProfile(browser, {});
    await listen('Ada’s second device’s')(second.context);
    await second.page.goto(tap.url);
    await logIn(second.page, 'ada');
    await friendRow(second.page, 'Bo').waitFor();
    await openConversation(second.page, 'Bo');
    await sayAside(second.page, 'from my other device');
    // What was said before comes from the first device.
    const before = ['so it begins', 'see you when you are back', 'I am, and where are you?'];
    await texts(second.page).toEqual([...before, 'from my other device']);
    await expect.poll(() => storedTexts(bo.page), { timeout: 40_000 }).toContain('from my other device');
    await expect.poll(() => storedTexts(ada.page), { timeout: 40_000 }).toContain('from my other device');
    await sayAside(bo.page, 'heard by both');
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
    for (const { page } of [ada, bo]) {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });
});

describe('a guest', () => {
  it('comes by a link whose secret stays in the browsers', async () => {
    const link = await makeLink(ada.page, 'Guest link');
    learnText('the secret of the guest link', link.split('.').at(-1) ?? '');
    const guest = await openProfile(browser, {});
    await listen('the guest’s')(guest.context);
    await guest.page.goto(link);
    await guest.page.getByLabel('Your name').fill('Grace');
    await guest.page.getByRole('button', { name: 'Start talking' }).click();
    await composer(guest.page).waitFor();
    await sayAside(guest.page, 'only passing through');
    await openConversation(ada.page, 'Grace');
    await texts(ada.page).toEqual(['only passing through']);
    await guest.context.close();
  });
});

describe('a link', () => {
  it('carries a file and a video call', async () => {
    await openConversation(ada.page, 'Bo');
    await openConversation(bo.page, 'Ada');
    await waitForPath(ada.page, 'direct', 40_000);
    await chooseFile(ada, secretFile('direct-marmalade.txt', 'the marmalade goes the short way'));
    await card(bo).getByText('direct-marmalade.txt').waitFor();
    await acceptAndSave(bo);
    await ring(ada, 'Video call');
    await answer(bo, 'Answer with camera');
    await talking(ada, bo);
    await pressInCall(ada, 'Hang up');
    await hungUp(ada, bo);
  });
});

describe('a recovery code', () => {
  it('brings back a device without its keys', async () => {
    const code = await makeRecoveryCode(ada.page, tap.url);
    learnText('the recovery code', code);
    learnText('the recovery code without dashes', code.replaceAll('-', ''));
    const page = await lockedDevice(browser, tap.url, 'ada', 'Bo', listen('Ada’s restored device’s'));
    await page.getByRole('button', { name: 'Use the recovery code instead' }).click();
    const dialog = page.getByRole('dialog', { name: 'Unlock this device' });
    await dialog.getByLabel('Recovery code', { exact: true }).fill(code);
    await dialog.getByRole('button', { name: 'Unlock', exact: true }).click();
    await unlocked(page);
    await openConversation(page, 'Bo');
    await sayAside(page, 'restored and well');
    await texts(bo.page).toContain('restored and well');
    await page.context().close();
  });
});

describe('a group', () => {
  it('has a name, a picture, messages and a mention', async () => {
    learnText('the name of the group', 'Moonlit walkers');
    await ada.page.getByRole('button', { name: en.group.start }).click();
    const dialog = ada.page.getByRole('dialog');
    await dialog.getByLabel(groupEn.info.name, { exact: true }).fill('Moonlit walkers');
    const buffer = await ada.page.screenshot();
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer });
    const picture = await dialog.locator('.avatar-group img').getAttribute('src');
    // Past what all pictures begin with.
    const bytes = Buffer.from(picture?.split(',')[1] ?? '', 'base64').subarray(64, 160);
    learn({ name: 'the picture of the group', bytes });
    await dialog.getByRole('checkbox', { name: 'Bo' }).check();
    await dialog.getByRole('button', { name: groupEn.start.make }).click();
    await ada.page.locator('.chat-name', { hasText: 'Moonlit walkers' }).waitFor();
    await friendRow(bo.page, 'Moonlit walkers').waitFor({ timeout: 60_000 });
    await openConversation(bo.page, 'Moonlit walkers');
    await sayAside(ada.page, 'the owls are out tonight');
    await texts(bo.page).toEqual(['the owls are out tonight']);
    await composer(bo.page).pressSequentially('@Ad');
    await bo.page.getByRole('option', { name: 'Ada' }).click();
    learnText('a mention’s text', 'bring the brass telescope');
    await composer(bo.page).pressSequentially('bring the brass telescope');
    await composer(bo.page).press('Enter');
    await texts(ada.page).toEqual(['the owls are out tonight', '@Ada Lovelace bring the brass telescope']);
  });
});

describe('the server', () => {
  /** All that it keeps, said or was told. */
  let places: readonly Place[];

  it(
    'is searched whole: what went through, its database, its files, its log',
    { timeout: 240_000 },
    async () => {
      const cookies = await Promise.all([ada, bo].map(({ context }) => context.cookies()));
      await browser.close();
      await holler.stop();
      const frames = tap.heard.map((wire) => ({ ...wire, deep: true }));
      const log = { name: 'the log', bytes: Buffer.from(holler.output()), deep: true };
      // Of longer logs only the end is kept.
      expect(log.bytes.length).toBeLessThan(200_000);
      // The files as the server left them, before the database is opened once more.
      const files = allFiles(holler.dataDir);
      const rows = await allRows(holler.dataDir);
      places = [...frames, log, ...rows, ...files];
      expect(missed).toEqual([]);
      expect(frames.length).toBeGreaterThan(200);
      expect(rows.length).toBeGreaterThan(50);
      expect(files.length).toBeGreaterThan(10);
      expect(findLeaks([...secrets.values()], places)).toEqual([]);

      // Sessions go through, but are not kept as they are.
      const sessions = cookies.flat().map(({ name, value }) => ({ name, bytes: Buffer.from(value) }));
      expect(sessions).toHaveLength(2);
      expect(findLeaks(sessions, [log, ...rows, ...files])).toEqual([]);
    },
  );

  it.each([
    'the password',
    'Ada’s key for HKDF',
    'Ada’s identity key',
    'Ada’s key for AES-GCM',
    'Ada’s key for HMAC',
    'Ada’s sealed text',
    'Ada’s fingerprint',
    'Bo’s name in ICE',
    'Bo’s password in ICE',
    'Bo’s candidate',
    'the recovery code',
    'the picture of the group',
  ])('was searched for %s', (name) => {
    expect([...secrets.values()].map((secret) => secret.name)).toContain(name);
  });

  it('was really read: what it may know is found everywhere but in the log', () => {
    const known = { name: 'a name', bytes: Buffer.from(ada.displayName) };
    const found = findLeaks([known], places).join('\n');
    for (const place of ['body of POST', 'answer to POST', 'frame', 'the table', 'the file'])
      expect(found).toContain(` in ${place} `);
    expect(places.find(({ name }) => name === 'the log')?.bytes.toString()).toContain('"level":"info"');
  });

  it.each([
    ['as it is', (secret: Buffer) => secret],
    [
      'in base64 within base64',
      (secret: Buffer) => Buffer.from(`xy${secret.toString('base64')}`).toString('base64'),
    ],
    ['in hex', (secret: Buffer) => secret.toString('hex')],
    ['in UTF-16', (secret: Buffer) => Buffer.from(secret.toString(), 'utf16le')],
    ['percent-encoded', (secret: Buffer) => encodeURIComponent(secret.toString())],
    [
      'escaped in JSON',
      (secret: Buffer) =>
        JSON.stringify(secret.toString())
          .replace('“', String.raw`\u201c`)
          .replace('”', String.raw`\u201d`),
    ],
    ['compressed', (secret: Buffer) => gzipSync(secret)],
    ['compressed within base64', (secret: Buffer) => gzipSync(secret).toString('base64')],
  ])('would have been caught with a secret %s', (_how, leak) => {
    const secret = { name: 'a secret', bytes: Buffer.from('“meet me” at the old mill') };
    const frame = Buffer.concat([
      Buffer.from('{"type":"relay","body":"'),
      Buffer.from(leak(secret.bytes)),
      Buffer.from('"}'),
    ]);
    expect(findLeaks([secret], [{ name: 'a frame', bytes: frame, deep: true }])).not.toEqual([]);
  });
});

function allFiles(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => joinPath(entry.parentPath, entry.name))
    .map((path) => ({ name: `the file ${path}`, bytes: readFileSync(path), deep: false }));
}

/** As the database tells them: in its files, large values are compressed. */
async function allRows(dataDir: string): Promise<Place[]> {
  const pool = await openEmbedded(dataDir);
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const places: Place[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<Record<string, unknown>>(`select * from ${name}`);
    for (const row of rows)
      for (const [column, value] of Object.entries(row)) {
        const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
        places.push({ name: `the table ${name}, column ${column}`, bytes, deep: true });
      }
  }
  await pool.end();
  return places;
}
