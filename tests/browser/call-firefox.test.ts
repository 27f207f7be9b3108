/** Chromium and Firefox together: a chat, a file and a call between two engines. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import type { Browser as Chromium } from 'playwright-core';
import type { Browser as Firefox, Page as FirefoxPage } from 'puppeteer-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  devices,
  hungUp,
  look,
  makeCamera,
  makeMicrophone,
  press,
  ring,
  talking,
} from './lib/call-people.ts';
import { launchChromium } from './lib/chromium.ts';
import { card, chooseFile, sha256Of } from './lib/file-people.ts';
import { launchFirefox } from './lib/firefox.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import { join, openConversation, PASSWORD, type Person, say, waitForPath } from './lib/person.ts';

const CONTENT = randomBytes(20 * 1024 * 1024);

let folder: string;
let holler: Holler;
let chromium: Chromium;
let firefox: Firefox;
let ada: Person;
let fay: FirefoxPage;

beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'holler-engines-'));
  const [camera, microphone] = [joinPath(folder, 'camera.y4m'), joinPath(folder, 'tone.wav')];
  await makeCamera(camera);
  await makeMicrophone(microphone);
  const settings = {
    'media.navigator.streams.fake': true,
    'media.navigator.permission.disabled': true,
    'media.autoplay.default': 0,
    'intl.accept_languages': 'en-US',
    'browser.download.folderList': 2,
    'browser.download.dir': joinPath(folder, 'downloads'),
    'browser.download.alwaysOpenPanel': false,
  };
  [holler, chromium, firefox] = await Promise.all([
    startHoller(),
    launchChromium(devices(camera, microphone)),
    launchFirefox(settings),
  ]);
  [ada] = await Promise.all([
    join(chromium, holler.url, { userName: 'ada', displayName: 'Ada' }),
    fayRegisters(),
  ]);
});
afterAll(async () => {
  await firefox?.close();
  await chromium?.close();
  await holler?.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function fayRegisters(): Promise<void> {
  fay = await firefox.newPage();
  await fay.setViewport({ width: 1280, height: 800 });
  await fay.goto(holler.url);
  await pressNamed('Create account');
  await fillNamed('User name', 'fay');
  await fillNamed('Your name', 'Fay');
  await fillNamed('Password', PASSWORD);
  await pressNamed('Create account', 'form button');
  await seen('nav[aria-label="Friends"], [aria-label="Friends"]');
}

const seen = (selector: string) => fay.waitForSelector(selector, { timeout: 30_000 });

/** Presses what a screen reader would call by this name. */
async function pressNamed(name: string, selector = 'button, a'): Promise<void> {
  const found = await fay.waitForFunction(
    (wanted, which) =>
      [...document.querySelectorAll<HTMLElement>(which)].find(
        (element) =>
          (element.getAttribute('aria-label') ?? element.textContent ?? '').includes(wanted) &&
          !element.hasAttribute('disabled'),
      ),
    { timeout: 30_000 },
    name,
    selector,
  );
  const element = found.asElement();
  if (!element) throw new Error(`no ${name}`);
  await (element as Awaited<ReturnType<typeof seen>>)!.click();
}

async function fillNamed(label: string, text: string): Promise<void> {
  const found = await fay.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('label')].find(({ textContent }) => textContent?.trim() === wanted)
        ?.control,
    { timeout: 30_000 },
    label,
  );
  await (found.asElement() as Awaited<ReturnType<typeof seen>>)!.type(text);
}

const says = (text: string) =>
  fay.waitForFunction((wanted) => document.body.innerText.includes(wanted), { timeout: 30_000 }, text);

it('become friends and talk directly', async () => {
  await ada.page.getByRole('button', { name: 'Add a friend' }).first().click();
  await ada.page.getByRole('textbox', { name: 'Their exact user name' }).fill('fay');
  await ada.page.getByRole('button', { name: 'Send request' }).click();
  await ada.page.keyboard.press('Escape');
  await pressNamed('Accept');
  await openConversation(ada.page, 'Fay');
  await waitForPath(ada.page, 'direct', 40_000);
  await say(ada.page, 'hello from the other engine');
  await fay.waitForFunction(() => document.body.innerText.includes('hello from the other engine'));
  await pressNamed('Ada', 'li a, [role=listitem] a');
  const composer = await seen('textarea');
  await composer!.type('and back');
  await fay.keyboard.press('Enter');
  await ada.page.getByText('and back').first().waitFor();
});

it('send a file from Chromium to Firefox', async () => {
  await chooseFile(ada, { name: 'across.bin', mimeType: 'application/octet-stream', buffer: CONTENT });
  await pressNamed('Accept', '.file-card button');
  await says('Received and checked');
  await card(ada).getByText('has it').waitFor();
  const saved = joinPath(folder, 'downloads', 'across.bin');
  await expect
    .poll(() => readdir(joinPath(folder, 'downloads')).catch(() => []), { timeout: 20_000 })
    .toEqual(['across.bin']);
  await expect
    .poll(() => sha256Of(saved), { timeout: 20_000 })
    .toBe(createHash('sha256').update(CONTENT).digest('hex'));
});

it('hold a video call', async () => {
  await ring(ada, 'Video call');
  await pressNamed('Answer with camera', '[role=alertdialog] button');
  await talking(ada);
  await seen('.call-clock');
  // Firefox sees Ada's magenta with the wandering bar.
  await fay.waitForFunction(
    () => {
      const video = document.querySelector<HTMLVideoElement>('.their-picture');
      if (!video || video.videoWidth === 0) return false;
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 8;
      const context = canvas.getContext('2d')!;
      context.drawImage(video, 0, 0, 8, 8);
      const [red, green] = context.getImageData(1, 6, 1, 1).data;
      return red! > 120 && green! < red! - 40;
    },
    { timeout: 20_000, polling: 200 },
  );
  // And Chromium sees Firefox's picture, which is one colour at a time and changes.
  const looks = new Set<string>();
  await expect
    .poll(async () => looks.add(JSON.stringify(await look(ada))).size, { timeout: 20_000 })
    .toBeGreaterThan(3);
  await press(ada, 'Hang up');
  await hungUp(ada);
  await fay.waitForFunction(() => document.querySelector('.call-room') === null, { timeout: 20_000 });
});
