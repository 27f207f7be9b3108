/** The installed shell: it opens without the server, says when a newer build is there, and moves to it when asked. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from './lib/chromium.ts';
import { type Holler, startHoller } from './lib/holler.ts';
import {
  befriend,
  composer,
  friendRow,
  join as register,
  openConversation,
  type Person,
  say,
} from './lib/person.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
/** A build of its own that may be changed; inside the repository, so that the server in it finds its packages. */
const BUILD = join(REPOSITORY, 'tests/.out/update');

let holler: Holler;
let browser: Browser;
let ada: Person;

beforeAll(async () => {
  await rm(BUILD, { recursive: true, force: true });
  await cp(join(REPOSITORY, 'dist'), join(BUILD, 'dist'), { recursive: true });
  await cp(join(REPOSITORY, 'package.json'), join(BUILD, 'package.json'));
  await cp(join(REPOSITORY, 'db/migrations'), join(BUILD, 'db/migrations'), { recursive: true });
  [holler, browser] = await Promise.all([
    startHoller({}, undefined, join(BUILD, 'dist/server/signaling/main.js')),
    launchChromium(),
  ]);
  const [first, bo] = await Promise.all([
    register(browser, holler.url, { userName: 'ada', displayName: 'Ada Lovelace' }),
    register(browser, holler.url, { userName: 'bob', displayName: 'Bo' }),
  ]);
  ada = first;
  await befriend(ada, bo);
  await openConversation(ada.page, 'Bo');
  await say(ada.page, 'Before the update');
});
afterAll(async () => {
  await browser.close();
  await holler.dispose();
  await rm(BUILD, { recursive: true, force: true });
});

/** Changes one file of the build; its compressed twin would otherwise be served instead. */
async function change(file: string, edit: (text: string) => string): Promise<void> {
  const path = join(BUILD, 'dist/web', file);
  const before = await readFile(path, 'utf8');
  const after = edit(before);
  expect(after).not.toBe(before);
  await writeFile(path, after);
  await rm(`${path}.br`, { force: true });
}

async function publishNewerBuild(): Promise<void> {
  await holler.stop();
  await change('index.html', (text) => text.replace('</head>', '<meta name="build" content="newer"></head>'));
  await change('service-worker.js', (text) => text.replace(/"version":"[0-9a-f]{12}"/, '"version":"newer"'));
  await holler.start();
}

const isNewer = () => ada.page.locator('meta[name=build][content=newer]').count();

describe('the shell', () => {
  it('opens without the server, with friends and history', async () => {
    await ada.page.evaluate(() => navigator.serviceWorker.ready);
    await holler.stop();
    const missed: string[] = [];
    ada.page.on('requestfailed', (request) => missed.push(new URL(request.url()).pathname));
    await ada.page.reload();
    await composer(ada.page).waitFor();
    await ada.page.getByText('Before the update').first().waitFor();
    await friendRow(ada.page, 'Bo').waitFor();
    // A network that says nothing would hold up what waits for one of its files, for as long as it says nothing.
    expect(missed.filter((path) => !path.startsWith('/api/'))).toEqual([]);
    await holler.start();
  });

  it('says that a newer build is there, and moves to it only when asked', async () => {
    await publishNewerBuild();
    await ada.page.reload();
    await composer(ada.page).fill('Half a thought');
    expect(await isNewer()).toBe(0);
    await ada.page.getByText('A new version of Holler is ready.').waitFor();
    await ada.page.getByRole('button', { name: 'Reload' }).click();
    await expect.poll(isNewer).toBe(1);
    await composer(ada.page).waitFor();
    await ada.page.getByText('Before the update').first().waitFor();
    expect(await composer(ada.page).inputValue()).toBe('Half a thought');
  });
});
