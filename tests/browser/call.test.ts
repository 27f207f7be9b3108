/** Calls between real pages with devices of our own: what one sends is what the other sees and hears, and both end alike. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  answer,
  clock,
  devices,
  entry,
  hungUp,
  listen,
  look,
  makeCamera,
  makeMicrophone,
  press,
  ring,
  room,
  talking,
  TONE_HZ,
} from './lib/call-people.ts';
import { launchChromium } from './lib/chromium.ts';
import { acceptAndSave, card, chooseFile, sha256Of } from './lib/file-people.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { iceName, watchPeers } from './lib/peers.ts';
import { befriend, join, openConversation, type Person, say, waitForPath } from './lib/person.ts';

declare global {
  interface Window {
    /** The names of the devices that the page opened last. */
    testOpened: string[];
  }
}

let folder: string;
let holler: Holler;
/** Ada has a camera and a microphone of our making; the others have the browser's own fakes. */
let adasBrowser: Browser;
let othersBrowser: Browser;
let ada: Person;
let bo: Person;
let cy: Person;

beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'holler-call-'));
  const [camera, microphone] = [joinPath(folder, 'camera.y4m'), joinPath(folder, 'tone.wav')];
  await makeCamera(camera);
  await makeMicrophone(microphone);
  [holler, adasBrowser, othersBrowser] = await Promise.all([
    startHoller(),
    launchChromium(devices(camera, microphone)),
    launchChromium(['--autoplay-policy=no-user-gesture-required']),
  ]);
  [ada, bo, cy] = await Promise.all([
    join(adasBrowser, holler.url, { userName: 'ada', displayName: 'Ada' }, {}, watchPeers),
    join(othersBrowser, holler.url, { userName: 'bob', displayName: 'Bo' }),
    join(othersBrowser, holler.url, { userName: 'cyd', displayName: 'Cy' }),
  ]);
  await befriend(ada, bo);
  await befriend(cy, bo);
  await openConversation(ada.page, 'Bo');
  await openConversation(bo.page, 'Ada');
  await openConversation(cy.page, 'Bo');
});
afterAll(async () => {
  await adasBrowser?.close();
  await othersBrowser?.close();
  await holler?.dispose();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => waitForPath(ada.page, 'direct', 40_000));

const isAdasCamera = async () => {
  const seen = await look(bo);
  return seen !== null && seen.red > 120 && seen.blue > 100 && seen.green < seen.red - 40;
};
/** The bar wanders: what is shown is no frozen frame. */
const expectMoving = async () => {
  const bars = new Set<number>();
  await expect
    .poll(async () => bars.add((await look(bo))?.bar ?? -1).size, { timeout: 15_000 })
    .toBeGreaterThan(3);
};
const pollTrue = (check: () => Promise<boolean>) => expect.poll(check, { timeout: 15_000 }).toBe(true);

describe('a video call', () => {
  it('is rung, answered, and shows and sounds what the other side sends', async () => {
    await ring(ada, 'Video call');
    await room(ada).getByText('Ringing').waitFor();
    await answer(bo, 'Answer with camera');
    await talking(ada, bo);

    await pollTrue(isAdasCamera);
    await expectMoving();
    await expect.poll(async () => (await listen(bo)).level, { timeout: 15_000 }).toBeGreaterThan(0.02);
    expect(Math.abs((await listen(bo)).pitch - TONE_HZ)).toBeLessThan(15);
    // And the other way: Bo's fake camera is no magenta.
    await pollTrue(async () => ((await look(ada))?.green ?? 0) > 60);
  });

  it('mutes: the other side hears silence, and is told', async () => {
    await press(ada, 'Mute');
    await room(bo).getByText('Ada is muted').waitFor();
    await expect.poll(async () => (await listen(bo)).level, { timeout: 10_000 }).toBeLessThan(0.001);
    await press(ada, 'Unmute');
    await expect.poll(async () => (await listen(bo)).level, { timeout: 10_000 }).toBeGreaterThan(0.02);
  });

  it('switches the camera off and on', async () => {
    await press(ada, 'Camera off');
    await expect.poll(() => bo.page.locator('.their-picture[data-hidden]').count()).toBe(1);
    await press(ada, 'Camera on');
    await expect.poll(() => bo.page.locator('.their-picture[data-hidden]').count()).toBe(0);
    await pollTrue(isAdasCamera);
  });

  it('shares the screen in place of the camera, and takes it back', async () => {
    await press(ada, 'Share screen');
    await room(bo).getByText('Ada shares a screen').waitFor();
    await pollTrue(async () => !(await isAdasCamera()));
    await press(ada, 'Stop sharing');
    await pollTrue(isAdasCamera);
  });

  it('shows the own picture small, fills the screen, and takes another microphone', async () => {
    await expect
      .poll(() =>
        bo.page.locator('.own-picture video').evaluate((video: HTMLVideoElement) => video.videoWidth),
      )
      .toBeGreaterThan(0);
    const filled = () => bo.page.evaluate(() => document.fullscreenElement !== null);
    await press(bo, 'Full screen');
    await expect.poll(filled).toBe(true);
    // The menu is to be seen there too.
    await press(bo, 'Microphone and camera');
    await bo.page.evaluate(() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await real(constraints);
        window.testOpened = stream.getTracks().map(({ label }) => label);
        return stream;
      };
    });
    await bo.page.getByRole('menuitem', { name: 'Fake Audio Input 2' }).click();
    await expect.poll(() => bo.page.evaluate(() => window.testOpened)).toEqual(['Fake Audio Input 2']);
    await expect.poll(async () => (await listen(ada)).level, { timeout: 10_000 }).toBeGreaterThan(0.001);
    await press(bo, 'Leave full screen');
    await expect.poll(filled).toBe(false);
  });

  it('goes on through an ICE restart and without the server', async () => {
    const before = await iceName(ada.page);
    await holler.stop();
    // Also after a failure, or nothing that comes after would work.
    onTestFinished(() => holler.start());
    // The page takes this for another network, and restarts ICE over the link itself.
    for (const { page } of [ada, bo]) await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect.poll(() => iceName(ada.page), { timeout: 15_000 }).not.toBe(before);
    await talking(ada, bo);
    await pollTrue(isAdasCamera);
    await expectMoving();
    await expect.poll(async () => (await listen(bo)).level, { timeout: 10_000 }).toBeGreaterThan(0.02);
  });

  it('bears both sharing their screens at once', async () => {
    await Promise.all([press(ada, 'Share screen'), press(bo, 'Share screen')]);
    await room(bo).getByText('Ada shares a screen').waitFor();
    await room(ada).getByText('Bo shares a screen').waitFor();
    await Promise.all([press(ada, 'Stop sharing'), press(bo, 'Stop sharing')]);
    await pollTrue(isAdasCamera);
    await expectMoving();
  });

  it('tells a third person that it is busy', async () => {
    await waitForPath(cy.page, 'direct', 40_000);
    await ring(cy, 'Voice call');
    await hungUp(cy);
    await expect.poll(() => entry(cy)).toBe('Voice call, busy');
    await talking(ada, bo);
  });

  it('ends on both sides when one hangs up, and leaves an entry on both', async () => {
    await press(bo, 'Hang up');
    await hungUp(ada, bo);
    for (const person of [ada, bo]) {
      await expect.poll(() => entry(person)).toMatch(/^Video call, \d+:\d\d$/);
    }
    await say(ada.page, 'that was good');
    await bo.page.locator('.bubble-text').getByText('that was good').waitFor();
  });
});

describe('a call that is not taken', () => {
  it('is declined', async () => {
    await ring(ada, 'Voice call');
    await answer(bo, 'Decline');
    await hungUp(ada);
    await expect.poll(() => entry(ada)).toBe('Voice call, declined');
    await expect.poll(() => entry(bo)).toBe('Voice call, declined');
  });

  it('is given up, and missed', async () => {
    await ring(ada, 'Voice call');
    await bo.page.getByRole('alertdialog').waitFor();
    await press(ada, 'Hang up');
    await bo.page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await expect.poll(() => entry(ada)).toBe('Voice call, cancelled');
    await expect.poll(() => entry(bo)).toBe('Voice call, missed');
  });
});

describe('a voice call', () => {
  it('when both ring at once is one call', async () => {
    await Promise.all([ring(ada, 'Voice call'), ring(bo, 'Voice call')]);
    await talking(ada, bo);
    await expect.poll(async () => (await listen(bo)).level, { timeout: 10_000 }).toBeGreaterThan(0.02);
    expect(await clock(ada).count()).toBe(1);
    await press(ada, 'Hang up');
    await hungUp(ada, bo);
  });

  it('and a file that begin at the same moment both come through', async () => {
    const content = randomBytes(4 * 1024 * 1024);
    const file = { name: 'beside.bin', mimeType: 'application/octet-stream', buffer: content };
    await Promise.all([ring(ada, 'Voice call'), chooseFile(bo, file)]);
    await answer(bo, 'Answer');
    await talking(ada, bo);
    await press(ada, 'Hang up');
    await hungUp(ada, bo);
    await card(ada).getByRole('button', { name: 'Accept' }).waitFor();
    // And the other way round: a call that begins while a file is on its way.
    const saving = acceptAndSave(ada);
    await ring(bo, 'Voice call');
    await answer(ada, 'Answer');
    await talking(ada, bo);
    const saved = await saving;
    expect(await sha256Of(saved.path)).toBe(createHash('sha256').update(content).digest('hex'));
    await expect.poll(async () => (await listen(bo)).level, { timeout: 10_000 }).toBeGreaterThan(0.02);
    await press(ada, 'Hang up');
    await hungUp(ada, bo);
  });

  it('becomes a video call when a camera is switched on', async () => {
    await ring(ada, 'Voice call');
    await answer(bo, 'Answer');
    await talking(ada, bo);
    await press(ada, 'Camera on');
    await pollTrue(isAdasCamera);
  });

  it('ends on both sides when a page is closed', async () => {
    await ada.page.reload();
    await hungUp(bo);
    await openConversation(ada.page, 'Bo');
    for (const person of [ada, bo]) {
      await expect.poll(() => entry(person)).toMatch(/^Voice call, \d+:\d\d$/);
    }
  });
});

describe('without devices', () => {
  it.each([
    ['NotAllowedError', /The browser did not let Holler use/],
    ['NotFoundError', /No microphone was found/],
    ['NotReadableError', /Another program is using/],
  ])('%s is said in a sentence, and nobody is rung', async (name, sentence) => {
    await cy.page.evaluate((error) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('test', error));
    }, name);
    await ring(cy, 'Video call');
    await cy.page.locator('.toast-text').getByText(sentence).waitFor();
    expect(await room(cy).count()).toBe(0);
  });

  it('an insecure page says what to do, for a call and for a file', async () => {
    const port = new URL(holler.url).port;
    const browser = await launchChromium(['--host-resolver-rules=MAP holler.test 127.0.0.1']);
    try {
      const url = `http://holler.test:${port}`;
      const dee = await join(browser, url, { userName: 'dee', displayName: 'Dee' });
      expect(await dee.page.evaluate(() => window.isSecureContext)).toBe(false);
      await befriend(dee, bo);
      await openConversation(dee.page, 'Bo');
      await ring(dee, 'Voice call');
      await dee.page.locator('.toast-text').getByText(/HTTPS/).waitFor();
      expect(await room(dee).count()).toBe(0);
      await openConversation(bo.page, 'Dee');
      await chooseFile(bo, { name: 'for-dee.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
      await card(dee).getByText(/HTTPS/).waitFor();
    } finally {
      await browser.close();
    }
  });
});
