/** Files between two people, and everything that can come between: a cut, a cancel, a reload, a bad name, a full disk. */
import type { Browser } from 'playwright-core';
import { link, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { acceptAndSave, card, chooseFile, makeFile, press, progressOf, sha256Of } from './lib/file-people.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { watchPeers } from './lib/peers.ts';
import { befriend, join, joinAtHome, openConversation, type Person, say, waitForPath } from './lib/person.ts';

const MIB = 1024 * 1024;

let folder: string;
let sha256: string;
let holler: Holler;
let browser: Browser;
let ada: Person;
let bo: Person;

beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'holler-file-'));
  await makeFile(joinPath(folder, 'content'), 32);
  sha256 = await sha256Of(joinPath(folder, 'content'));
  [holler, browser] = await Promise.all([startHoller(), launchChromium()]);
  // Only storage on the disk has a quota that a write can run into.
  const home = joinPath(folder, 'bo');
  [ada, bo] = await Promise.all([
    join(browser, holler.url, { userName: 'ada', displayName: 'Ada' }, {}, watchPeers),
    joinAtHome(home, holler.url, { userName: 'bob', displayName: 'Bo' }, watchPeers),
  ]);
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
});
afterAll(async () => {
  await browser?.close();
  await bo?.context.close();
  await holler?.dispose();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await waitForPath(ada.page, 'direct', 40_000);
  await waitForPath(bo.page, 'direct', 40_000);
});

const phase = (person: Person, expected: string, timeout = 60_000) =>
  expect.poll(() => card(person).getAttribute('data-phase'), { timeout }).toBe(expected);

/** The offer is on both pages, by its name: the cards of earlier tests are there too. */
async function offer(name: string): Promise<void> {
  // One content under many names.
  await link(joinPath(folder, 'content'), joinPath(folder, name));
  await chooseFile(ada, joinPath(folder, name));
  await card(ada).getByText(name).waitFor();
  await card(bo).getByText(name).waitFor();
}

/** Slow enough to be caught in the middle: the reading of each piece takes this long; 0 is the usual speed. */
async function slowDown(person: Person, pieceMs: number): Promise<void> {
  await person.page.evaluate((ms) => {
    const blobs = Blob.prototype as Blob & { real?: (this: Blob) => Promise<ArrayBuffer> };
    const real = (blobs.real ??= Reflect.get(blobs, 'arrayBuffer'));
    blobs.arrayBuffer = async function (this: Blob) {
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      return real.call(this);
    };
  }, pieceMs);
}

const underWay = () => expect.poll(() => progressOf(bo), { timeout: 60_000 }).toBeGreaterThan(8 * MIB);

describe('a file', () => {
  it('is offered, accepted and saved, the same to the last byte', async () => {
    await offer('photos.zip');
    await card(ada).getByText('Waits for').waitFor();
    const saved = await acceptAndSave(bo);
    expect(saved.name).toBe('photos.zip');
    expect(await sha256Of(saved.path)).toBe(sha256);
    await phase(ada, 'complete');
    await phase(bo, 'complete');
  });

  it('that is empty arrives too', async () => {
    await chooseFile(ada, { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) });
    await card(bo).getByText('empty.txt').waitFor();
    const saved = await acceptAndSave(bo);
    expect(saved.name).toBe('empty.txt');
    await phase(ada, 'complete');
  });

  it('dropped on the conversation is offered', async () => {
    const data = await ada.page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
      return transfer;
    });
    await ada.page.locator('.history').dispatchEvent('drop', { dataTransfer: data });
    await card(bo).getByText('dropped.txt').waitFor();
    await press(bo, 'Decline');
    await phase(bo, 'declined');
    await phase(ada, 'declined');
    await card(ada).getByText('declined').waitFor();
  });

  it('goes straight to where the person chose to save it', async () => {
    await bo.page.evaluate(() => {
      // The browser's own dialog cannot be operated from here; the handle that it would give is a real one.
      const choose = async () =>
        (await navigator.storage.getDirectory()).getFileHandle('chosen', { create: true });
      Object.assign(window, { showSaveFilePicker: choose });
    });
    await offer('to-a-place.bin');
    await press(bo, 'Save to…');
    await phase(bo, 'complete');
    await phase(ada, 'complete');
    const written = await bo.page.evaluate(async () => {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle('chosen');
      const bytes = await (await handle.getFile()).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    });
    expect(written).toBe(sha256);
  });

  it.each([
    ['../../etc/\u0007pass\u202ewd.txt', 'passwd.txt'],
    ['..\\..\\CON.txt', '_CON.txt'],
  ])('named %j is saved under a harmless name', async (evil, clean) => {
    await ada.page.evaluate((name) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['harmless'], name, { type: 'text/plain' }));
      const drop = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.querySelector('.history')?.dispatchEvent(drop);
    }, evil);
    await card(bo).getByText(clean, { exact: true }).waitFor();
    const saved = await acceptAndSave(bo);
    expect(saved.name).toBe(clean);
  });
});

describe('in the middle', () => {
  beforeEach(() => slowDown(ada, 150));

  it('the network is cut: it goes on from the last verified piece, and ends whole', async () => {
    await offer('cut.bin');
    const reached = { before: 0, after: 0 };
    const saved = await acceptAndSave(bo, async () => {
      await underWay();
      reached.before = await progressOf(bo);
      // Both ends of the connection go at once, as by a pulled cable; chat and file share it.
      await Promise.all(
        [ada, bo].map(({ page }) =>
          page.evaluate(() => {
            for (const peer of window.hollerTestPeers) peer.close();
          }),
        ),
      );
      await waitForPath(ada.page, 'direct', 60_000);
      await phase(bo, 'moving');
      reached.after = await progressOf(bo);
      await slowDown(ada, 0);
    });
    expect(reached.after).toBeGreaterThanOrEqual(reached.before);
    expect(await sha256Of(saved.path)).toBe(sha256);
    await phase(ada, 'complete');
  });

  it('the receiving page is reloaded: it goes on, and is there to be saved', async () => {
    await offer('reload.bin');
    await press(bo, 'Accept');
    await underWay();
    await bo.page.reload();
    await openConversation(bo.page, 'Ada');
    await card(bo).getByText('reload.bin').waitFor();
    await slowDown(ada, 0);
    await phase(bo, 'complete', 90_000);
    const [download] = await Promise.all([bo.page.waitForEvent('download'), press(bo, 'Save')]);
    expect(await sha256Of(await download.path())).toBe(sha256);
  });

  it.each([
    ['sender', () => ada, () => bo],
    ['receiver', () => bo, () => ada],
  ])('the %s cancels, and both pages say so', async (role, by, other) => {
    await offer(`cancelled-by-${role}.bin`);
    await press(bo, 'Accept');
    await underWay();
    await press(by(), 'Cancel');
    await card(by()).getByText('You cancelled.').waitFor();
    await card(other()).getByText('cancelled.').waitFor();
    await phase(ada, 'stopped');
    await phase(bo, 'stopped');
    await say(ada.page, `still talking after the ${role}`);
    await bo.page.locator('.bubble-text').getByText(`still talking after the ${role}`).waitFor();
  });
});

/** What this browser may store for the page; without a size, the usual. */
async function setQuota({ context, page }: Person, quotaSize?: number): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: holler.url,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  });
}

describe('a browser without room', () => {
  it('refuses before the first byte, says so, and takes the file once there is room', async () => {
    await slowDown(ada, 0);
    await offer('no-room.bin');
    await setQuota(bo, 5 * MIB);
    await press(bo, 'Accept');
    await card(bo).getByText('There is no room for it').waitFor();
    await card(ada).getByText('Waits for').waitFor();
    await setQuota(bo);
    const downloading = bo.page.waitForEvent('download');
    await press(bo, 'Try again');
    expect(await sha256Of(await (await downloading).path())).toBe(sha256);
  });

  it('in the middle stops on both pages, and goes on from there once there is room', async () => {
    await slowDown(ada, 150);
    await offer('fills.bin');
    await press(bo, 'Accept');
    await underWay();
    await setQuota(bo, MIB);
    await card(bo).getByText('There is no room for it').waitFor();
    await card(ada).getByText('no room').waitFor();
    await setQuota(bo);
    const downloading = bo.page.waitForEvent('download');
    await press(bo, 'Try again');
    await phase(bo, 'moving');
    expect(await progressOf(bo)).toBeGreaterThan(8 * MIB);
    await slowDown(ada, 0);
    expect(await sha256Of(await (await downloading).path())).toBe(sha256);
  });
});

describe('a friend who is away', () => {
  // Last: it leaves both pages elsewhere.
  it('finds a small file on the server, when whoever sent it is away', async () => {
    const small = joinPath(folder, 'small.bin');
    await makeFile(small, 3);
    await slowDown(ada, 0);
    await bo.page.goto('about:blank');
    await waitForPath(ada.page, 'mailbox');
    await chooseFile(ada, small);
    await card(ada).getByText('Waits on the server').waitFor();
    await ada.page.locator('.message').last().getByText('Sent').waitFor();
    await ada.page.goto('about:blank');
    await bo.page.goto(holler.url);
    await openConversation(bo.page, 'Ada');
    await card(bo).getByText('small.bin').waitFor();
    const saved = await acceptAndSave(bo);
    expect(await sha256Of(saved.path)).toBe(await sha256Of(small));
    await phase(bo, 'complete');
  });
});
