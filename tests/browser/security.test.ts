/** What the page asks of a person before it trusts another, and that nothing is answered or sent by accident. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import encodeQR from 'qr';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asPicture, cameraFilm, writeFilm } from './lib/camera-film.ts';
import { launchChromium } from './lib/chromium.ts';
import { type Gallery, startGallery } from './lib/gallery.ts';
import { QR } from '../fakes/security.ts';
import { composer } from './lib/person.ts';

let browser: Browser;
let gallery: Gallery;
let context: BrowserContext;
let folder: string;
const film = () => join(folder, 'camera.y4m');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holler-camera-'));
  browser = await launchChromium([cameraFilm(film())]);
  gallery = await startGallery();
});
afterAll(async () => {
  await browser.close();
  await gallery.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
});
afterEach(() => context.close());

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

describe('a friend whose identity changed', () => {
  it('can be sent nothing until one has said twice that one goes on', async () => {
    const page = await gallery.open(context, 'identity-changed', '/c/jose');
    await page.getByRole('alert').getByText('José Ñandú’s identity has changed').waitFor();
    expect(await composer(page).count()).toBe(0);
    expect(await button(page, 'Voice call').count()).toBe(0);
    await page.evaluate(() => {
      const files = new DataTransfer();
      files.items.add(new File(['x'], 'dropped.txt'));
      document
        .querySelector('.chat-body')
        ?.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }));
    });

    await button(page, 'Continue anyway').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await composer(page).count()).toBe(0);

    await button(page, 'Continue anyway').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Continue anyway' }).click();
    await composer(page).waitFor();
    // What was being written is still there, and what was dropped meanwhile was not sent.
    expect(await composer(page).inputValue()).toBe('I wanted to ask you whether');
    expect(await page.locator('.message').count()).toBe(0);
  });
});

describe('comparing emoji', () => {
  it('asks by itself, and what is being typed neither answers nor closes it', async () => {
    const page = await gallery.open(context, 'base', '/c/tom');
    await composer(page).pressSequentially('Hello');
    await page.evaluate(() => window.messenger.security.show({ userId: 'tom', phase: { at: 'asked' } }));
    const dialog = page.getByRole('dialog', { name: 'Verify Tom Okafor' });
    await dialog.waitFor();
    // The focus has come into it, so that a screen reader is there too, but to no control.
    await expect.poll(() => dialog.evaluate((popup) => popup.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await page.mouse.click(5, 5);
    await dialog.getByText('Tom Okafor wants to be sure').waitFor();

    await button(page, 'Compare').click();
    await dialog.getByRole('img', { name: 'Code for the other side to scan' }).waitFor();
    await dialog.getByRole('button', { name: 'Compare emoji' }).click();
    const emoji = dialog.getByRole('listitem');
    expect((await emoji.allInnerTexts()).map((text) => text.split('\n').at(-1))).toEqual([
      'Octopus',
      'Umbrella',
      'Santa',
      'Spanner',
      'Strawberry',
      'Headphones',
      'Octopus',
    ]);
    await button(page, 'They match').click();
    await dialog.getByText('Tom Okafor is verified').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.chat-head').getByText('Verified').waitFor({ state: 'attached' });
  });

  it('or scanning: what is no code of ours is passed over, and whose code it was has to say so', async () => {
    const codes = ['https://example.org/', QR].map((text) =>
      asPicture('gif', encodeQR(text, 'gif', { scale: 4 })),
    );
    await writeFilm(browser, film(), codes);
    const page = await gallery.open(context, 'choosing', '/c/tom');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Scan their code' }).click();
    await dialog.getByText('Waiting for Tom Okafor').waitFor();
    await page.evaluate(() => window.messenger.security.show({ userId: 'tom', phase: { at: 'scanned' } }));
    await dialog.getByRole('button', { name: 'Yes', exact: true }).click();
    await dialog.getByText('Tom Okafor is verified').waitFor();
  });

  it('that are different says what that may mean, and verifies nobody', async () => {
    const page = await gallery.open(context, 'comparing', '/c/tom');
    await button(page, 'They don’t match').click();
    await page.getByRole('dialog').getByText('Somebody may stand between you').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.locator('.chat-head .trust-mark').count()).toBe(0);
  });
});

describe('a device without the keys', () => {
  it('says so over the list and is unlocked by the password', async () => {
    const page = await gallery.open(context, 'locked', '/');
    const banner = page.getByText('your friends do not get what you write here');
    await banner.waitFor();
    await button(page, 'Unlock').click();
    const dialog = page.getByRole('dialog', { name: 'Unlock this device' });
    await dialog.getByLabel('Your password', { exact: true }).fill('a password');
    await dialog.getByRole('button', { name: 'Unlock', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await banner.waitFor({ state: 'detached' });
  });

  it('gets a recovery code, which is saved as it is shown', async () => {
    const page = await gallery.open(context, 'base', '/settings');
    await button(page, 'Make a recovery code').click();
    const dialog = page.getByRole('dialog', { name: 'Recovery code for Holler' });
    await dialog.getByLabel('Your password', { exact: true }).fill('a password');
    await button(page, 'Make the code').click();
    const shown = await dialog.locator('.recovery-code').innerText();
    await page.mouse.click(5, 5);
    const saving = page.waitForEvent('download');
    await button(page, 'Save as a file').click();
    const stream = await (await saving).createReadStream();
    const saved = (await stream.toArray()).join('').trim();
    expect(saved.split('-')).toEqual(shown.trim().split(/\s+/));
    await button(page, 'I have kept it').click();
    await dialog.waitFor({ state: 'detached' });
    // There is one now, and it is not shown any more.
    await button(page, 'Make a new recovery code').waitFor();
  });
});
